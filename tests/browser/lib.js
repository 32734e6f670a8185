// lib.js: a browser, pages in it, and what these pages show.

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { chromium } = require("playwright-core");

const cases = [];
const test = (name, run) => cases.push({ name, run });

let folder = "",
  browser = null;

const fileOf = name => path.resolve(folder, name);
const urlOf = name => "file://" + fileOf(name);
const json = name => JSON.parse(fs.readFileSync(fileOf(name), "utf8"));

async function start(dir) {
  folder = dir;
  const isRoot = process.getuid() === 0;
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: isRoot ? ["--no-sandbox"] : [],
  });
  return browser;
}

// Opens a page.  What goes wrong in it is in page.faults, and the requests
// other than for the page itself are in page.requests.
async function open(name, options = {}, hash = "") {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  page.faults = [];
  page.requests = [];
  page.on("console", m => page.faults.push(m.text()));
  page.on("pageerror", e => page.faults.push(String(e.stack)));
  page.on("dialog", d => {
    page.faults.push("dialog");
    d.dismiss();
  });
  page.on(
    "request",
    r => r.isNavigationRequest() || page.requests.push(r.url()),
  );
  await page.goto((name.includes("://") ? name : urlOf(name)) + hash);
  return page;
}

async function close(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

const view = (page, name) => page.click("#tab-" + name);

// Characters that nobody sees are shown by their number.
const UNSEEN = new RegExp(
  fs
    .readFileSync(path.join(__dirname, "../../lua/mkrun/unseen.lua"), "utf8")
    .match(/local UNSEEN <const> = \{([^]*?)\n\n/)[1]
    .match(/0x[0-9A-F]+, 0x[0-9A-F]+/g)
    .map(range => range.replace(/0x([0-9A-F]+)/g, "\\u{$1}").split(", "))
    .map(([first, last]) => "[" + first + "-" + last + "]")
    .join("|"),
  "gu",
);
const shown = text =>
  String(text).replace(
    UNSEEN,
    c =>
      "[U+" +
      c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") +
      "]",
  );

const NONE = "–";
const cell = value => (value === null || value === "" ? NONE : shown(value));
const yes = value => (value === null ? NONE : value ? "yes" : "no");

// The texts of the rows in the document, by their number in the whole table.
const drawn = page =>
  page.$$eval("#panel tr[data-i]", rows =>
    rows.map(row => [
      Number(row.dataset.i),
      [...row.cells].map(c => c.textContent),
    ]),
  );

// The rows of the whole table: scrolls from its top to its end.
async function rows(page) {
  const count = await page.$eval("#panel table", table =>
    table.hidden ? 0 : table.getAttribute("aria-rowcount") - 1,
  );
  const found = new Map();
  await page.evaluate(() => scrollTo(0, 0));
  while (found.size < count) {
    const before = found.size;
    for (const [i, cells] of await drawn(page)) found.set(i, cells);
    if (found.size === before) break;
    await page.evaluate(async () => {
      const last = [...document.querySelectorAll("#panel tr[data-i]")].pop();
      last.scrollIntoView({ block: "start" });
      await new Promise(done =>
        requestAnimationFrame(() => setTimeout(done, 20)),
      );
    });
  }
  assert.equal(found.size, count, "rows that scrolling shows");
  return [...found].sort((a, b) => a[0] - b[0]).map(([, cells]) => cells);
}

const byText = list => list.map(row => row.join(" | ")).sort();

// Compares rows in any order.
const same = (actual, expected) =>
  assert.deepEqual(byText(actual), byText(expected));

module.exports = {
  assert,
  test,
  cases,
  start,
  open,
  close,
  view,
  shown,
  cell,
  yes,
  drawn,
  rows,
  same,
  byText,
  json,
  fileOf,
  urlOf,
  NONE,
};
