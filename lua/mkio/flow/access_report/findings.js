// findings.js: the list on top: what a reviewer looks at first.

const SHOWN = 10;

// Each finding: one and many of what was found, why to look at it, and where
// its rows are.
const FINDINGS = {
  __proto__: null,
  administrators: [
    "administrator",
    "administrators",
    "can change every team, and so give every role to anybody",
    "people",
  ],
  allProjects: [
    "grant on all projects",
    "grants on all projects",
    "reach each project, later ones too",
    "grants",
  ],
  noTeam: [
    "person in no team",
    "people in no team",
    "are in no team but Everyone",
    "people",
  ],
  neverSeen: [
    "person never seen",
    "people never seen",
    "have no valid token that was ever used",
    "people",
  ],
  tokensWithoutExpiry: [
    "token without expiry",
    "tokens without expiry",
    "work until somebody revokes them",
    "tokens",
  ],
  tokensExpiring: [
    "token near its expiry",
    "tokens near their expiry",
    "expire within 30 days",
    "tokens",
  ],
  invitesLapsing: [
    "invite about to lapse",
    "invites about to lapse",
    "lapse within 7 days, or have lapsed",
    "invites",
  ],
};

function findingItem(name, item) {
  const view = FINDINGS[name][3];
  if (typeof item === "object" && view === "grants") {
    const team = teams.find(t => t.name === item.team);
    return [
      team ? openButton("team", team, item.team) : data(item.team),
      el("span", {}, data(item.role)),
      el("span", {}, plural(item.members, "person", "people")),
    ];
  }
  if (typeof item === "object") return data(item.user || item.userId);
  const kind = views[view].kind,
    row = kinds[kind][0][item];
  const title = kinds[kind][2](row);
  if (kind === "token")
    return [
      ending(row.expires, 30),
      openButton(kind, row, title),
      row.user && el("span", {}, data(row.user)),
    ];
  if (kind === "invite")
    return [ending(row.expires, 7), openButton(kind, row, title)];
  return openButton(kind, row, title);
}

function fillFinding(part) {
  const list = part.querySelector("ul"),
    name = part.dataset.finding;
  if (!list.firstChild)
    add(
      list,
      found(name)
        .slice(0, SHOWN)
        .map(item => el("li", {}, findingItem(name, item))),
    );
}

const showAll = (name, view) =>
  view === "grants"
    ? { ...START, view, scope: "allProjectsScope" }
    : { ...START, view, finding: name };

function findingPart({ finding: name, items }) {
  const [one, many, why, view] = FINDINGS[name];
  return el(
    "li",
    {},
    el(
      "details",
      {
        "data-finding": name,
        ontoggle: e => e.target.open && fillFinding(e.target),
      },
      el(
        "summary",
        {},
        el("span", { class: "amount" }, number(items.length)),
        el("span", { class: "what" }, items.length === 1 ? one : many),
        el("span", { class: "why" }, why),
      ),
      el("ul", { class: "found in-" + view }),
      items.length > SHOWN &&
        el(
          "p",
          { class: "rest" },
          "and " + number(items.length - SHOWN) + " more",
        ),
      el(
        "button",
        {
          type: "button",
          class: "action",
          onclick: () => change(showAll(name, view)),
        },
        items.length > SHOWN
          ? "Show all " + number(items.length)
          : "Show in " + view,
      ),
    ),
  );
}

function showFindings() {
  const known = report.findings.filter(f => FINDINGS[f.finding]);
  if (known.length === 0) return;
  const some = known.filter(f => f.items.length > 0);
  const none = known.filter(f => f.items.length === 0);
  add(byId("findings"), [
    el("ul", { class: "findings" }, some.map(findingPart)),
    none.length > 0 &&
      el(
        "p",
        { class: "note" },
        "Looked for and not found: " +
          none.map(f => FINDINGS[f.finding][1]).join(", ") +
          ".",
      ),
  ]);
  byId("findings").hidden = false;
}

// The rows of a view that a finding is about.
function narrowed(rows) {
  if (!state.finding) return rows;
  const [list] = kinds[views[state.view].kind] || [];
  if (!list) return rows;
  const wanted = new Set(found(state.finding).map(item => list[item]));
  return rows.filter(row => wanted.has(row));
}
