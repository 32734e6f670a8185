// main.js: the page as a whole: its address, tabs, menus, and the table shown.

let isFirst = true,
  table = null,
  shownFor = "",
  rowsFor = "";

// Changes the state.  Typing replaces the address; all else can be taken back.
function change(parts, isTyping) {
  if (parts.view && parts.view !== state.view && !("finding" in parts))
    parts = { sort: "", finding: "", ...parts };
  Object.assign(state, parts);
  const next = address();
  if (isTyping) history.replaceState(null, "", next);
  else if (next !== (location.hash || "#")) history.pushState(null, "", next);
  show();
}

function fillMenu(id, names) {
  add(
    byId(id),
    names.map(name => el("option", { value: name }, name)),
  );
  byId(id).addEventListener("change", e => change({ [id]: e.target.value }));
}

function showControls() {
  if (byId("q").value !== state.q) byId("q").value = state.q;
  for (const id of ["team", "scope", "capability"]) {
    byId(id).value = state[id];
    byId(id).classList.toggle("chosen", state[id] !== "");
  }
  byId("clear").hidden = !["q", "team", "scope", "capability", "finding"].some(
    key => state[key] !== "",
  );
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const isHere = tab.dataset.view === state.view;
    tab.setAttribute("aria-selected", isHere);
    tab.tabIndex = isHere ? 0 : -1;
    if (isHere) byId("panel").setAttribute("aria-labelledby", tab.id);
  }
}

function showStatus(count, whole, words) {
  const all = plural(whole, words[0], words[1]);
  fill(
    byId("status"),
    count === whole ? all : number(count) + " of " + all,
    chosen().map(text => ["; ", data(text)]),
  );
}

// The filters in words.
function chosen() {
  return [
    ["team", "team "],
    ["scope", "scope "],
    ["capability", "can "],
    ["q", "with "],
  ]
    .filter(([key]) => state[key] !== "")
    .map(([key, word]) => word + state[key])
    .concat(FINDINGS[state.finding] ? FINDINGS[state.finding][1] : []);
}

const totals = {
  people: people.length,
  teams: teams.length,
  scopes: scopes.length,
  capabilities: capabilities.length,
  tokens: tokens.length,
  invites: (invites || []).length,
  grants: teams.reduce(
    (sum, team) =>
      sum + Math.max(1, team.grants.length) * Math.max(1, team.members.length),
    report.loose.length,
  ),
};

function showTable(choice) {
  const view = views[state.view];
  const rows = sorted(narrowed(view.rows(choice)), state.view, choice);
  const kind = JSON.stringify([
    state.view,
    state.sort,
    choice.hasMenu,
    state.team,
    state.scope,
    state.capability,
  ]);
  if (table instanceof Windowed && rowsFor === kind) table.set(rows);
  else {
    table = new Windowed({
      caption: view.words[1],
      columns: view.columns(choice),
      rows,
      open: item => openDetails(view.kind, item),
      sort: state.sort && {
        key: state.sort.replace(/^-/, ""),
        down: state.sort.startsWith("-"),
      },
      onsort: key => {
        change({ sort: state.sort === key ? "-" + key : key });
        focusSort(key);
      },
    });
    fill(byId("panel"), table.element, el("p", { class: "nothing" }));
  }
  rowsFor = kind;
  fill(
    byId("panel").lastChild,
    rows.length > 0
      ? ""
      : state.view === "invites" && !invites
        ? "The invites were not read."
        : "Nothing matches.",
  );
  table.element.hidden = rows.length === 0;
  showStatus(rows.length, totals[state.view], view.words);
}

function focusSort(key) {
  const at = views[state.view]
    .columns(new Choice())
    .findIndex(c => c.key === key);
  const head = table.element.tHead.rows[0].cells[at];
  if (head) head.querySelector("button").focus();
}

function showMatrix(choice) {
  table = new Matrix(choice, openDetails);
  rowsFor = "";
  fill(byId("panel"), table.element);
  const isTeams = state.rows === "teams";
  showStatus(
    table.rows.length,
    isTeams ? teams.length : people.length,
    views[isTeams ? "teams" : "people"].words,
  );
  table.update();
}

function show() {
  if (!views[state.view] && state.view !== "matrix") state.view = "people";
  showControls();
  const { open, ...rest } = state,
    key = JSON.stringify(rest);
  if (key !== shownFor) {
    shownFor = key;
    const choice = new Choice();
    if (state.view === "matrix") showMatrix(choice);
    else showTable(choice);
    keepInView();
  }
  showDetails();
}

// After a filter the table begins below the bar, if the bar is at the top.  The
// matrix, which scrolls in itself, gets the whole window.
function keepInView() {
  const top = byId("explorer").getBoundingClientRect().top;
  const isCut = table instanceof Matrix && top > 0 && !isFirst;
  if (top < 0 || isCut) scrollBy({ top, behavior: "instant" });
  isFirst = false;
  if (table.update) table.update();
}

function onTabKey(event) {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const steps = { ArrowRight: 1, ArrowLeft: -1, Home: -99, End: 99 };
  const step = steps[event.key];
  if (!step) return;
  event.preventDefault();
  const at = tabs.findIndex(tab => tab.dataset.view === state.view) + step;
  const next =
    Math.abs(step) > 1
      ? Math.max(0, Math.min(tabs.length - 1, at))
      : (at + tabs.length) % tabs.length;
  change({ view: tabs[next].dataset.view });
  tabs[next].focus();
}

// The heads of the tables stand below the bar, however high it is.
function measureBar() {
  const bar = byId("bar"),
    isStuck = getComputedStyle(bar).position === "sticky";
  document.documentElement.style.setProperty(
    "--bar",
    (isStuck ? bar.offsetHeight - 1 : 0) + "px",
  );
}

function showCounts() {
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const count = totals[tab.dataset.view];
    fill(tab.querySelector(".count"), count === undefined ? "" : number(count));
  }
}

function begin() {
  fillMenu(
    "team",
    teams.map(team => team.name),
  );
  fillMenu(
    "scope",
    scopes.map(scope => scope.name),
  );
  fillMenu("capability", capabilities.map(c => c.name).sort());
  showCounts();
  showFindings();
  byId("q").addEventListener("input", e => change({ q: e.target.value }, true));
  byId("tools").addEventListener("submit", e => e.preventDefault());
  byId("clear").addEventListener("click", () => {
    change({ q: "", team: "", scope: "", capability: "", finding: "" });
    byId("q").focus();
  });
  byId("tabs").addEventListener("click", e => {
    const tab = e.target.closest("[role=tab]");
    if (tab) change({ view: tab.dataset.view });
  });
  byId("tabs").addEventListener("keydown", onTabKey);
  byId("details").addEventListener("cancel", e => {
    e.preventDefault();
    change({ open: "" });
  });
  byId("details").addEventListener("click", e => {
    if (e.target === byId("details")) change({ open: "" });
  });
  addEventListener("popstate", () => {
    readAddress();
    show();
  });
  addEventListener("hashchange", () => {
    readAddress();
    show();
  });
  let isAsked = false;
  const update = () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      table.update();
    });
  };
  addEventListener("scroll", update, { passive: true });
  addEventListener("resize", update);
  new ResizeObserver(measureBar).observe(byId("bar"));
  addEventListener("beforeprint", () => {
    openFindings(true);
    table.print(true);
  });
  addEventListener("afterprint", () => {
    openFindings(false);
    table.print(false);
  });
  readAddress();
  show();
}

// On paper each finding has its list.
function openFindings(isOpen) {
  for (const part of document.querySelectorAll("#findings details")) {
    if (isOpen) {
      part.dataset.was = part.open ? "open" : "";
      fillFinding(part);
    }
    part.open = isOpen || part.dataset.was === "open";
  }
}

begin();
