// cells.js: what a cell of a table shows.

const listed = (names, most) =>
  names.length <= most
    ? names.join(", ")
    : names.slice(0, most).join(", ") +
      " and " +
      (names.length - most) +
      " more";

const dateOf = text => (text ? text.slice(0, 10) : "");

const mark = (text, tone) =>
  el("span", { class: "mark " + (tone || "") }, text);

// A date, with a mark if it is near.
function ending(text, days) {
  const left = daysTo(text);
  if (left === null) return el("span", {}, dateOf(text) || "never");
  if (left > days) return el("span", { class: "date" }, dateOf(text));
  const words =
    left < 0
      ? "past"
      : left === 0
        ? "today"
        : "in " + plural(left, "day", "days");
  return el("span", { class: "date" }, dateOf(text), " ", mark(words, "warn"));
}

// Capabilities as verbs, each with the families that have these verbs and no
// others: "create, get" of "ams.asset, ams.job".
function verbsOf(list) {
  const families = new Map();
  for (const { name } of list) {
    const at = name.lastIndexOf("."),
      family = name.slice(0, at);
    if (!families.has(family)) families.set(family, []);
    families.get(family).push(name.slice(at + 1));
  }
  const byVerbs = new Map();
  for (const [family, verbs] of [...families].sort()) {
    const key = verbs.join(", ");
    byVerbs.set(key, [...(byVerbs.get(key) || []), family]);
  }
  return [...byVerbs]
    .map(([verbs, own]) => [verbs, own.join(", ")])
    .sort((a, b) => b[0].length - a[0].length);
}

// A short name for each role, for the matrix: "administrator" is A.
const shortRoles = (() => {
  const taken = new Set(),
    short = new Map();
  for (const role of roles) {
    const initials = role.name
      .replace(/[^\p{L}\p{N}]+(.)/gu, (_, c) => c.toUpperCase())
      .replace(/^(.)/u, c => c.toUpperCase());
    const base = (initials.match(/\p{Lu}|\p{N}/gu) || ["?"])
      .join("")
      .slice(0, 3);
    let name = base;
    for (let n = 2; taken.has(name); n++) name = base + n;
    taken.add(name);
    short.set(role, name);
  }
  return short;
})();
