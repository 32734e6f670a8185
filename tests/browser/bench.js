// bench.js DIR: prints how large the page of the largest organization is, and
// how long it takes to open and to filter.  Figures, not verdicts.

const fs = require("node:fs");
const zlib = require("node:zlib");
const lib = require("./lib");

const TIMES = 5;

const median = list =>
  list.slice().sort((a, b) => a - b)[Math.floor(list.length / 2)];

const print = (name, value) => console.log(name.padEnd(44) + value);

const ms = list =>
  median(list).toFixed(0) + " ms (worst " + Math.max(...list).toFixed(0) + ")";

// Runs in the page: from a change to the next frame that shows it.
async function measure(steps) {
  const frame = () =>
    new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  const times = [];
  for (const [id, kind, value] of steps) {
    await frame();
    const element = document.getElementById(id);
    const began = performance.now();
    if (kind === "click") element.click();
    else {
      element.value = value;
      element.dispatchEvent(new Event(kind));
    }
    await frame();
    times.push(performance.now() - began);
  }
  return times;
}

async function openings(name) {
  const times = [],
    loads = [];
  for (let i = 0; i < TIMES; i++) {
    const began = Date.now();
    const page = await lib.open(name);
    await page.locator("tr[data-i]").first().waitFor();
    times.push(Date.now() - began);
    loads.push(
      await page.evaluate(
        () => performance.getEntriesByType("navigation")[0].loadEventEnd,
      ),
    );
    await lib.close(page);
  }
  return [times, loads];
}

async function main() {
  const browser = await lib.start(process.argv[2]);
  const text = fs.readFileSync(lib.fileOf("large.html"));
  print("size of the page", (text.length / 1e6).toFixed(2) + " MB");
  print(
    "the same, gzipped",
    (zlib.gzipSync(text).length / 1e6).toFixed(2) + " MB",
  );
  const [times, loads] = await openings("large.html");
  print("a new window, until rows are there", ms(times));
  print("navigation, until the load event", ms(loads));
  const views = [
    "people",
    "teams",
    "scopes",
    "capabilities",
    "matrix",
    "grants",
    "tokens",
    "invites",
  ];
  for (const view of views) {
    const page = await lib.open("large.html", {}, "#view=" + view);
    const steps = [
      ["q", "input", "a"],
      ["q", "input", "an"],
      ["q", "input", "nguyen 7"],
      ["q", "input", ""],
      ["capability", "change", "ams.asset.delete"],
      ["scope", "change", "allProjectsScope"],
      ["scope", "change", ""],
      ["capability", "change", ""],
    ];
    print("filter " + view, ms(await page.evaluate(measure, steps)));
    await lib.close(page);
  }
  const page = await lib.open("large.html");
  const steps = [...views.slice(1), "people"].map(view => [
    "tab-" + view,
    "click",
  ]);
  print("change to another view", ms(await page.evaluate(measure, steps)));
  await lib.close(page);
  await browser.close();
}

main();
