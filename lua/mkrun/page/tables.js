// tables.js: filters the rows of a page of tables, as mkrun/page/init.lua makes
// them.  The page is whole without this script.

const rows = [...document.querySelectorAll("table.rows > tbody > tr")].map(
  element => ({ element, text: element.textContent.toLowerCase() }),
);

// The columns with a menu: title -> the values of its cells.
function choices() {
  const menus = new Map();
  for (const cell of document.querySelectorAll("[data-value]")) {
    const title = cell.dataset.title;
    if (!menus.has(title)) menus.set(title, new Set());
    menus.get(title).add(cell.dataset.value);
  }
  return menus;
}

function fits(row, words, wanted) {
  if (!words.every(word => row.text.includes(word))) return false;
  return wanted.every(([title, value]) =>
    [...row.element.cells].some(
      cell => cell.dataset.title === title && cell.dataset.value === value,
    ),
  );
}

function filter() {
  const words = byId("q").value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = [...document.querySelectorAll("#tools select")]
    .filter(menu => menu.value !== "*")
    .map(menu => [menu.name, menu.value]);
  let count = 0;
  for (const row of rows) {
    const isShown = fits(row, words, wanted);
    row.element.hidden = !isShown;
    if (isShown) count++;
  }
  for (const menu of document.querySelectorAll("#tools select"))
    menu.classList.toggle("chosen", menu.value !== "*");
  fill(
    byId("status"),
    count === rows.length
      ? plural(count, "row", "rows")
      : number(count) + " of " + plural(rows.length, "row", "rows"),
  );
}

function menu(title, values) {
  return el(
    "label",
    {},
    el("span", {}, title),
    el(
      "select",
      { name: title, onchange: filter },
      el("option", { value: "*" }, "All"),
      [...values].sort().map(value => el("option", { value }, value || "–")),
    ),
  );
}

if (rows.length > 0) {
  const tools = byId("tools");
  add(tools, [
    el(
      "label",
      { class: "search" },
      el("span", {}, "Search"),
      el("input", {
        id: "q",
        type: "search",
        autocomplete: "off",
        oninput: filter,
      }),
    ),
    [...choices()]
      .filter(([, values]) => values.size > 1)
      .map(([title, values]) => menu(title, values)),
    el(
      "button",
      {
        type: "button",
        class: "action",
        onclick: () => {
          for (const part of document.querySelectorAll("details"))
            part.open = true;
        },
      },
      "Unfold all",
    ),
    el("p", { id: "status", role: "status", class: "none" }),
  ]);
  tools.addEventListener("submit", event => event.preventDefault());
  tools.hidden = false;
  filter();
}

// On paper nothing is folded.
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details")) part.open = true;
});
