// window.js: a table of any length.  Only the rows near the window's visible
// part are in the document; two empty rows stand for the others.

const ROW = 37; // height of a row, in pixels, as in page.css
const AROUND = 12; // rows that are ready above and below the visible part
const PRINTED = 3000;

// columns: [{title, key?, cell(row) -> text or node, wide?, minor?}]
// options: {caption, columns, rows, open(row), sort, onsort(key)}
class Windowed {
  constructor(options) {
    this.options = options;
    this.active = 0;
    this.drawn = new Map();
    this.above = el("tr", { "aria-hidden": "true", class: "gap" });
    this.below = el("tr", { "aria-hidden": "true", class: "gap" });
    this.body = el("tbody", {
      onkeydown: e => this.key(e),
      onfocusin: e => this.focused(e),
      onclick: e => this.click(e),
    });
    this.element = el(
      "table",
      { class: "rows windowed" },
      el("caption", { class: "unseen" }, options.caption),
      this.head(),
      this.body,
    );
    this.set(options.rows);
  }

  head() {
    const { columns, sort, onsort } = this.options;
    const cells = columns.map(column => {
      const isSorted = sort && sort.key === column.key;
      const order = sort && sort.down ? "descending" : "ascending";
      return el(
        "th",
        {
          scope: "col",
          class: classOf(column),
          "aria-sort": !!isSorted && order,
        },
        column.key
          ? el(
              "button",
              {
                type: "button",
                class: "sort",
                onclick: () => onsort(column.key),
              },
              column.title,
            )
          : column.title,
      );
    });
    return el("thead", {}, el("tr", {}, cells));
  }

  set(rows) {
    this.rows = rows;
    this.active = 0;
    this.drawn.clear();
    this.element.setAttribute("aria-rowcount", rows.length + 1);
    this.body.replaceChildren(this.above, this.below);
    this.draw(0, Math.min(rows.length, 60));
  }

  // The rows that the window shows, and some around them.
  range() {
    const top = this.body.getBoundingClientRect().top;
    const first = Math.floor(-top / ROW) - AROUND;
    const count = Math.ceil(innerHeight / ROW) + 2 * AROUND;
    const start = Math.max(0, Math.min(first, this.rows.length - count));
    return [start, Math.min(this.rows.length, start + count)];
  }

  update() {
    if (!this.isPrinted && this.element.isConnected) this.draw(...this.range());
  }

  draw(first, last) {
    const hadFocus = this.body.contains(document.activeElement);
    this.first = first;
    for (const [i, row] of this.drawn) {
      if (i >= first && i < last) continue;
      row.remove();
      this.drawn.delete(i);
    }
    let next = this.above.nextSibling;
    for (let i = first; i < last; i++) {
      const old = this.drawn.get(i);
      if (old) {
        next = old.nextSibling;
        continue;
      }
      const row = this.row(i);
      this.drawn.set(i, row);
      this.body.insertBefore(row, next);
    }
    this.stretch(this.above, first);
    this.stretch(this.below, this.rows.length - last);
    this.rove();
    if (hadFocus && !this.body.contains(document.activeElement)) {
      const start = this.button(
        Math.max(first, Math.min(this.active, last - 1)),
      );
      if (start) start.focus({ preventScroll: true });
    }
  }

  stretch(gap, count) {
    gap.hidden = count <= 0;
    gap.style.height = count * ROW + "px";
  }

  row(i) {
    const { columns, open } = this.options,
      item = this.rows[i];
    const cells = columns.map((column, k) => {
      const value = column.cell(item);
      const inner =
        value instanceof Node
          ? value
          : value === "" || value == null
            ? el("span", { class: "none" }, "–")
            : data(value);
      return el(
        k ? "td" : "th",
        {
          scope: !k && "row",
          class: classOf(column),
          "data-title": column.title,
          title: titleOf(value),
        },
        k || !open
          ? inner
          : el(
              "button",
              { type: "button", class: "open", tabindex: "-1" },
              inner,
            ),
      );
    });
    return el("tr", { "aria-rowindex": i + 2, "data-i": i }, cells);
  }

  button(i) {
    const row = this.drawn.get(i);
    return row && row.querySelector("button");
  }

  // One button of the table can be reached by Tab; the arrows lead on.
  rove() {
    const hasFocus = this.body.contains(document.activeElement);
    if (!hasFocus && !this.drawn.has(this.active)) this.active = this.first;
    for (const i of this.drawn.keys()) {
      const button = this.button(i);
      if (button) button.tabIndex = i === this.active ? 0 : -1;
    }
  }

  focused(event) {
    const row = event.target.closest("tr[data-i]");
    if (!row) return;
    this.active = Number(row.dataset.i);
    this.rove();
  }

  click(event) {
    const row = event.target.closest("tr[data-i]");
    if (!row || !this.options.open || String(getSelection())) return;
    this.options.open(this.rows[row.dataset.i]);
  }

  key(event) {
    const page = Math.max(1, Math.floor(innerHeight / ROW) - 6);
    const steps = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -this.rows.length,
      End: this.rows.length,
    };
    const step = steps[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.go(Math.max(0, Math.min(this.rows.length - 1, this.active + step)));
  }

  // Scrolls to a row and focuses it.
  go(i) {
    this.active = i;
    const top = this.body.getBoundingClientRect().top + i * ROW;
    const low = this.stuck(),
      high = innerHeight - 2 * ROW;
    if (top < low) scrollBy({ top: top - low, behavior: "instant" });
    else if (top > high) scrollBy({ top: top - high, behavior: "instant" });
    this.update();
    const button = this.button(i);
    if (button) button.focus({ preventScroll: true });
  }

  // The height of what stays at the top of the window.
  stuck() {
    const head = this.element.tHead.rows[0].cells[0];
    return parseFloat(getComputedStyle(head).top || 0) + 2 * ROW;
  }

  print(isPrinted) {
    this.isPrinted = isPrinted;
    this.below.replaceChildren();
    if (!isPrinted) return this.update();
    this.draw(0, Math.min(this.rows.length, PRINTED));
    const left = this.rows.length - PRINTED;
    if (left > 0)
      add(this.below, [
        el(
          "td",
          { colspan: this.options.columns.length },
          "and " + number(left) + " more, which are not printed",
        ),
      ]);
    this.below.style.height = "";
  }
}

function classOf(column) {
  const names = [
    column.wide && "wide",
    column.minor && "minor",
    column.number && "number",
    column.narrow && "narrow",
    column.due && "due",
  ].filter(Boolean);
  return names.length > 0 && names.join(" ");
}

const titleOf = value =>
  value instanceof Node
    ? shown(value.textContent)
    : value == null || value === ""
      ? null
      : shown(value);
