// Everybody can use the page: axe-core, the keyboard, paper.

const { assert, test, open, close, view, rows, json } = require("./lib");
const axe = require("axe-core");

async function check(page, what) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => axe.run());
  const texts = violations.map(
    v =>
      what +
      ": " +
      v.impact +
      " " +
      v.id +
      ": " +
      v.nodes
        .slice(0, 3)
        .map(n => n.html + " " + n.failureSummary)
        .join("\n"),
  );
  assert.deepEqual(texts, []);
}

const VIEWS = [
  "people",
  "teams",
  "scopes",
  "capabilities",
  "matrix",
  "grants",
  "tokens",
  "invites",
];

// The window, the colours, and the page whose views are looked at.
const LOOKS = [
  ["light", 1280, "middle.html"],
  ["dark", 1280, "example.html"],
  ["light", 390, "example.html"],
];

for (const [colorScheme, width, name] of LOOKS)
  test("axe-core finds no fault: " + colorScheme + ", " + width, async () => {
    const options = { colorScheme, viewport: { width, height: 600 } };
    const page = await open(name, options);
    for (const summary of await page.$$("#findings summary"))
      await summary.click();
    for (const tab of VIEWS) {
      await view(page, tab);
      await check(page, tab);
    }
    for (const tab of VIEWS) {
      if (tab === "matrix" || tab === "grants") continue;
      await view(page, tab);
      await page.click("tr[data-i='0'] button");
      await check(page, "details of " + tab);
      await page.keyboard.press("Escape");
    }
    await close(page);
    const tables = await open("tables.html", options);
    await tables.click("text=Unfold all");
    await check(tables, "tables");
    await close(tables);
  });

test("axe-core finds no fault on paper", async () => {
  for (const name of ["middle.html", "tables.html", "plan.html"]) {
    const page = await open(name);
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await check(page, name);
    await close(page);
  }
});

const focused = page =>
  page.evaluate(() => {
    const at = document.activeElement,
      row = at.closest("tr[data-i]");
    return row ? "row " + row.dataset.i : at.id || at.textContent;
  });

async function tabTo(page, wanted, most = 40) {
  for (let i = 0; i < most; i++) {
    if ((await focused(page)) === wanted) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(wanted + " is not reached; at " + (await focused(page)));
}

test("the keyboard reaches and opens everything", async () => {
  const page = await open("large.html");
  await page.keyboard.press("Tab");
  assert.match(await focused(page), /administrators/);
  await page.keyboard.press("Enter");
  assert.ok(await page.$("#findings [open]"));
  await tabTo(page, "tab-people");
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(page), "tab-teams");
  assert.equal(await page.getAttribute("#tab-teams", "aria-selected"), "true");
  await page.keyboard.press("End");
  assert.equal(await focused(page), "tab-invites");
  await page.keyboard.press("Home");
  await tabTo(page, "q");
  await page.keyboard.type("berg");
  await tabTo(page, "row 0");
  const count = (await page.getAttribute("#panel table", "aria-rowcount")) - 1;
  for (const [key, row] of [
    ["ArrowDown", 1],
    ["ArrowDown", 2],
    ["ArrowUp", 1],
    ["End", count - 1],
    ["ArrowUp", count - 2],
    ["Home", 0],
    ["PageDown", null],
    ["Home", 0],
    ["ArrowUp", 0],
  ]) {
    await page.keyboard.press(key);
    if (row === null) assert.match(await focused(page), /^row \d\d$/);
    else assert.equal(await focused(page), "row " + row, key);
    const isSeen = await page.evaluate(() => {
      const { top, bottom } = document.activeElement.getBoundingClientRect();
      const bar = document.getElementById("bar").getBoundingClientRect().bottom;
      return top >= bar && bottom <= innerHeight;
    });
    assert.ok(isSeen, key + " shows its row");
  }
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal(await focused(page), "details-title");
  for (let i = 0; i < 30; i++) await page.keyboard.press("Tab");
  assert.ok(
    await page.evaluate(
      () =>
        document.activeElement === document.body ||
        !!document.activeElement.closest("dialog"),
    ),
    "focus stays in the dialog",
  );
  await page.keyboard.press("Escape");
  assert.ok(!(await page.$("dialog[open]")));
  assert.equal(await focused(page), "row 1");
  await close(page);
});

test("scrolling away and back loses no row and no focus order", async () => {
  const page = await open("large.html");
  await page.focus("tr[data-i='0'] button");
  await page.evaluate(() => scrollTo(0, 200000));
  await page.waitForTimeout(100);
  await page.keyboard.press("ArrowDown");
  assert.match(await focused(page), /^row \d+$/);
  await close(page);
});

test("on paper each row and each finding is there", async () => {
  const page = await open("middle.html");
  await page.evaluate(() => addEventListener("afterprint", () => {}));
  await page.evaluate(() =>
    addEventListener("beforeprint", () => {
      window.printed = [
        document.querySelectorAll("tr[data-i]").length,
        document.querySelectorAll("#findings details:not([open])").length,
        document.querySelectorAll("#findings .found:empty").length,
      ];
    }),
  );
  await page.pdf();
  const wanted = json("middle.json").users.length;
  assert.deepEqual(await page.evaluate(() => window.printed), [wanted, 0, 0]);
  assert.equal((await rows(page)).length, wanted);
  assert.equal(await page.$("#findings [open]"), null);
  await close(page);
});

test("on paper an open dialog is alone", async () => {
  const page = await open("example.html");
  await page.click("tr[data-i='0'] button");
  await page.emulateMedia({ media: "print" });
  const [dialog, main, close_] = await page.evaluate(() =>
    ["dialog", "main", "dialog .close"].map(
      place => document.querySelector(place).getClientRects().length > 0,
    ),
  );
  assert.deepEqual([dialog, main, close_], [true, false, false]);
  await close(page);
});

test("a phone shows nothing beyond its width", async () => {
  for (const name of ["large.html", "plan.html", "drift.html"]) {
    const page = await open(name, {
      viewport: { width: 360, height: 740 },
      isMobile: true,
    });
    const tabs = name === "large.html" ? VIEWS : [];
    for (const tab of [null, ...tabs]) {
      if (tab) await view(page, tab);
      assert.ok(
        await page.evaluate(
          () => document.documentElement.scrollWidth <= innerWidth,
        ),
        name + " " + tab,
      );
    }
    await close(page);
  }
});
