// parts.js: what the details of a person, a team, ... are made of.

const SOME = 60;

function section(title, ...inner) {
  return el("section", {}, el("h3", {}, title), inner);
}

function simpleTable(caption, titles, rows) {
  if (rows.length === 0) return el("p", { class: "none" }, "None.");
  return el(
    "table",
    { class: "rows small" },
    el("caption", { class: "unseen" }, caption),
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        titles.map(t => el("th", { scope: "col" }, t)),
      ),
    ),
    el(
      "tbody",
      {},
      rows.map(cells =>
        el(
          "tr",
          {},
          cells.map((cell, i) =>
            el(
              i ? "td" : "th",
              { scope: !i && "row", "data-title": titles[i] },
              cell instanceof Node
                ? cell
                : cell === "" || cell == null
                  ? el("span", { class: "none" }, "–")
                  : data(cell),
            ),
          ),
        ),
      ),
    ),
  );
}

const openButton = (kind, item, text) =>
  el(
    "button",
    { type: "button", class: "link", onclick: () => openDetails(kind, item) },
    data(text),
  );

// Shows a part of the page, and closes the dialog.
const actionButton = (text, state) =>
  el(
    "p",
    {},
    el(
      "button",
      { type: "button", class: "action", onclick: () => change(state) },
      text,
    ),
  );

// Names that lead on, at most SOME of them.
function links(kind, items, nameOf, more) {
  if (items.length === 0) return el("p", { class: "none" }, "Nobody.");
  return [
    el(
      "ul",
      { class: "links" },
      items
        .slice(0, SOME)
        .map(item => el("li", {}, openButton(kind, item, nameOf(item)))),
    ),
    items.length > SOME &&
      actionButton("Show all " + number(items.length), { ...START, ...more }),
  ];
}

// What grants allow, scope by scope.
function abilities(list) {
  const byScope = new Map();
  for (const grant of list)
    byScope.set(grant.scope, [...(byScope.get(grant.scope) || []), grant]);
  if (byScope.size === 0) return el("p", { class: "none" }, "Nothing.");
  return [...byScope].map(([scope, own]) => {
    const can = unique(own.flatMap(grant => [...grant.can]));
    return el(
      "div",
      { class: "ability" },
      el("h4", {}, openButton("scope", scope, scope.name)),
      el("p", { class: "note" }, data(listed(scope.resources, 8))),
      simpleTable("Capabilities on " + scope.name, ["Can", "On"], verbsOf(can)),
    );
  });
}

const facts = list =>
  el(
    "dl",
    { class: "facts-of" },
    list
      .filter(([, value]) => value != null && value !== "")
      .map(([name, value]) =>
        el(
          "div",
          {},
          el("dt", {}, name),
          el("dd", {}, value instanceof Node ? value : data(value)),
        ),
      ),
  );

const tokenTable = list =>
  simpleTable(
    "Tokens",
    ["Description", "Type", "Expires", "Last used"],
    list.map(token => [
      openButton("token", token, token.description || token.tokenId),
      token.type,
      ending(token.expires, 30),
      dateOf(token.lastUsed) || "never",
    ]),
  );
