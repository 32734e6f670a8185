// matrix.js: people or teams by scopes.  A cell has the short names of roles.

const CELL = { height: 33, width: 54, name: innerWidth < 736 ? 150 : 290 };

// The short names of the roles that a row has under a scope.
function cellRoles(row, scope, of) {
  const own = row.teams || [row],
    found = new Set();
  for (const team of own)
    for (const role of (of.get(team) || new Map()).get(scope) || [])
      found.add(role);
  return [...found].sort((a, b) => a.at - b.at);
}

// For each team, its roles under each scope.
function rolesByTeam(choice) {
  const of = new Map();
  for (const grant of grants) {
    if (!choice.keepsGrant(grant)) continue;
    if (!of.has(grant.team)) of.set(grant.team, new Map());
    const own = of.get(grant.team);
    own.set(grant.scope, [...(own.get(grant.scope) || []), grant.role]);
  }
  return of;
}

class Matrix {
  constructor(choice, open) {
    this.open = open;
    this.rows = state.rows === "teams" ? choice.teams() : choice.people();
    this.of = rolesByTeam(choice);
    const used = new Set([...this.of.values()].flatMap(own => [...own.keys()]));
    this.columns = scopes.filter(scope => used.has(scope));
    this.table = el("table", {
      class: "matrix",
      "aria-label": "Roles by scope",
      "aria-rowcount": this.rows.length + 1,
      "aria-colcount": this.columns.length + 1,
    });
    this.scroller = el(
      "div",
      {
        class: "scroller",
        tabindex: "0",
        role: "region",
        "aria-label": "Matrix, scrolls with the arrow keys",
        onscroll: () => requestAnimationFrame(() => this.update()),
      },
      this.table,
    );
    this.element = el("div", {}, this.chooser(), this.legend(), this.scroller);
    const longest = Math.max(
      0,
      ...this.columns.map(scope => scope.name.length),
    );
    this.table.style.setProperty(
      "--head",
      Math.min(11, 2 + longest * 0.5) + "rem",
    );
    this.table.style.width =
      CELL.name + this.columns.length * CELL.width + "px";
  }

  chooser() {
    const choose = value =>
      el(
        "label",
        {},
        el("input", {
          type: "radio",
          name: "rows",
          value,
          checked: state.rows === value,
          onchange: () => change({ rows: value }),
        }),
        " by " + value,
      );
    return el(
      "fieldset",
      { class: "rows-of" },
      el("legend", { class: "unseen" }, "Rows"),
      choose("people"),
      choose("teams"),
    );
  }

  legend() {
    const used = new Set(
      [...this.of.values()].flatMap(own => [...own.values()].flat()),
    );
    return el(
      "ul",
      { class: "legend", "aria-label": "Short names of roles" },
      roles
        .filter(role => used.has(role))
        .map(role =>
          el("li", {}, el("b", {}, shortRoles.get(role)), " ", data(role.name)),
        ),
    );
  }

  range() {
    const { scrollTop, scrollLeft, clientHeight, clientWidth } = this.scroller;
    const row = Math.max(0, Math.floor(scrollTop / CELL.height) - 4);
    const column = Math.max(0, Math.floor(scrollLeft / CELL.width) - 2);
    return [
      row,
      row + Math.ceil((clientHeight || 600) / CELL.height) + 8,
      column,
      column + Math.ceil((clientWidth || 900) / CELL.width) + 4,
    ];
  }

  update() {
    if (this.isPrinted || !this.element.isConnected) return;
    const range = this.range().join();
    if (range === this.last) return;
    this.last = range;
    this.draw(...this.range());
  }

  draw(top, bottom, left, right) {
    bottom = Math.min(bottom, this.rows.length);
    right = Math.min(right, this.columns.length);
    const shownColumns = this.columns.slice(left, right);
    const lead = left * CELL.width;
    fill(
      this.table,
      this.widths(lead, shownColumns.length),
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          el("td", { class: "corner" }),
          lead > 0 && gapCell(),
          shownColumns.map((scope, i) =>
            el(
              "th",
              {
                scope: "col",
                "aria-colindex": left + i + 2,
                title: shown(scope.resources.slice(0, 20).join("\n")),
              },
              el(
                "button",
                { type: "button", onclick: () => this.open("scope", scope) },
                data(scope.name),
              ),
            ),
          ),
        ),
      ),
      el(
        "tbody",
        {},
        gapRow(top),
        this.rows
          .slice(top, bottom)
          .map((row, i) => this.row(row, top + i, shownColumns, left, lead)),
        gapRow(this.rows.length - bottom),
      ),
    );
  }

  widths(lead, count) {
    const of = [
      CELL.name,
      ...(lead > 0 ? [lead] : []),
      ...Array(count).fill(CELL.width),
    ];
    return el(
      "colgroup",
      {},
      of.map(width => {
        const col = el("col");
        col.style.width = width + "px";
        return col;
      }),
      el("col"),
    );
  }

  row(row, i, shownColumns, left, lead) {
    const isTeam = !row.teams,
      name = isTeam ? row.name : nameOf(row);
    return el(
      "tr",
      { "aria-rowindex": i + 2 },
      el(
        "th",
        { scope: "row", "aria-colindex": 1, title: shown(name) },
        el(
          "button",
          {
            type: "button",
            onclick: () => this.open(isTeam ? "team" : "person", row),
          },
          data(name),
        ),
      ),
      lead > 0 && gapCell(),
      shownColumns.map((scope, k) => {
        const held = cellRoles(row, scope, this.of);
        return el(
          "td",
          {
            "aria-colindex": left + k + 2,
            class: held.length > 0 && "held",
            title:
              held.length > 0 && shown(held.map(role => role.name).join(", ")),
          },
          held.map(role => shortRoles.get(role)).join(" "),
        );
      }),
    );
  }

  print(isPrinted) {
    this.isPrinted = isPrinted;
    this.last = "";
    if (isPrinted) this.draw(0, 500, 0, 60);
    else this.update();
  }
}

const gapCell = () => el("td", { "aria-hidden": "true", class: "gap" });

function gapRow(count) {
  if (count <= 0) return null;
  const row = el("tr", { "aria-hidden": "true", class: "gap" });
  row.style.height = count * CELL.height + "px";
  return row;
}
