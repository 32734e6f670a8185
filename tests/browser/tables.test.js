// The pages of drift and of a plan show what their JSON says.

const { assert, test, open, close, shown, json, NONE } = require("./lib");

// The texts of the cells; those of a folded cell as a list.
const cells = page =>
  page.$$eval("table.rows", tables =>
    tables.map(table =>
      [...table.tBodies[0].rows].map(row =>
        [...row.cells].map(cell =>
          [...cell.querySelectorAll("bdi, code, .none")].map(
            part => part.textContent,
          ),
        ),
      ),
    ),
  );

const list = value => {
  const texts = [].concat(value ?? []).map(shown);
  return texts.length > 0 ? texts : [NONE];
};

test("drift", async () => {
  const page = await open("drift.html"),
    drift = json("drift.json");
  assert.ok(drift.length > 2);
  const found = (await cells(page))[0].map(row => row.slice(0, 4));
  assert.deepEqual(
    found,
    drift.map(row => [row.change, row.kind, row.name, row.details].map(list)),
  );
  await close(page);
});

const text = value => (value === "(secret)" ? value : JSON.stringify(value));

// Text of a field, as in "a: 1 \u2192 2"; keys are sorted in both.
function fieldText({ path, before, after }) {
  if (before !== undefined && after !== undefined)
    return path + ": " + text(before) + " \u2192 " + text(after);
  return before === undefined
    ? "+ " + path + ": " + text(after)
    : "\u2212 " + path + ": " + text(before);
}

test("a plan", async () => {
  const page = await open("plan.html"),
    { changes } = json("plan.json");
  const words = { create: "create", update: "change", delete: "delete" };
  assert.ok(changes.length > 2);
  assert.deepEqual(
    (await cells(page))[0],
    changes.map(change => [
      [words[change.action]],
      [shown(change.kind)],
      [shown(change.name)],
      list(change.fields.map(fieldText)),
      [change.method + " " + change.path + ", by " + change.line],
    ]),
  );
  await close(page);
});
