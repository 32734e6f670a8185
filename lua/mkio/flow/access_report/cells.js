// cells.js: what a cell of a table shows.

const listed = (names, most) => names.length <= most ? names.join(", ")
  : names.slice(0, most).join(", ") + " and " + (names.length - most) + " more";

const dateOf = text => text ? text.slice(0, 10) : "";

const mark = (text, tone) => el("span", { class: "mark " + (tone || "") }, text);

// A date, with a mark if it is near.
function ending(text, days) {
  const left = daysTo(text);
  if (left === null) return el("span", {}, dateOf(text) || "never");
  if (left > days) return el("span", {}, dateOf(text));
  const words = left < 0 ? "past" : left < 1 ? "today"
    : "in " + plural(Math.floor(left), "day", "days");
  return el("span", {}, dateOf(text), " ", mark(words, "warn"));
}

// The families of capabilities, each with its verbs: "ams.asset", "get".
function familiesOf(list) {
  const families = new Map();
  for (const { name } of list) {
    const at = name.lastIndexOf("."), family = name.slice(0, at);
    if (!families.has(family)) families.set(family, []);
    families.get(family).push(name.slice(at + 1));
  }
  return [...families].sort();
}

// A short name for each role, for the matrix: "administrator" is A.
const shortRoles = (() => {
  const taken = new Set(), short = new Map();
  for (const role of roles) {
    const initials = role.name.replace(/[^\p{L}\p{N}]+(.)/gu, (_, c) => c.toUpperCase())
      .replace(/^(.)/u, c => c.toUpperCase());
    const base = (initials.match(/\p{Lu}|\p{N}/gu) || ["?"]).join("").slice(0, 3);
    let name = base;
    for (let n = 2; taken.has(name); n++) name = base + n;
    taken.add(name);
    short.set(role, name);
  }
  return short;
})();
