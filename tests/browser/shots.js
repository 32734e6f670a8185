// shots.js DIR OUT: takes screenshots for a reviewer.

const path = require("node:path");
const lib = require("./lib");

const PHONE = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  deviceScaleFactor: 2,
};

// The name of a file, the page, its address, its window, what to click.
const SHOTS = [
  ["overview-light", "large.html", "", {}, ["summary >> nth=0"]],
  [
    "overview-dark",
    "large.html",
    "",
    { colorScheme: "dark" },
    ["summary >> nth=4"],
  ],
  ["people", "large.html", "#q=nguyen&capability=ams.asset.delete", {}, []],
  ["person", "example.html", "", {}, ["tr[data-i='0'] button"]],
  ["matrix-10000", "large.html", "", {}, ["#tab-matrix"]],
  [
    "matrix-teams-dark",
    "large.html",
    "#rows=teams",
    { colorScheme: "dark" },
    ["#tab-matrix"],
  ],
  ["tokens", "large.html", "#view=tokens&sort=expires", {}, []],
  ["phone", "large.html", "", PHONE, []],
  ["phone-people", "large.html", "", PHONE, ["#tab-people", "#q"]],
  ["phone-person", "example.html", "", PHONE, ["tr[data-i='0'] button"]],
  ["tables", "tables.html", "", {}, []],
];

async function main() {
  const [dir, out] = process.argv.slice(2);
  const browser = await lib.start(dir);
  for (const [name, file, hash, options, clicks] of SHOTS) {
    const page = await lib.open(file, options, hash);
    for (const place of clicks) await page.click(place);
    await page.waitForTimeout(200);
    await page.screenshot({ path: path.join(out, name + ".png") });
    await lib.close(page);
  }
  const page = await lib.open("large.html", {}, "#capability=core.team.update");
  await page.pdf({ path: path.join(out, "print.pdf"), format: "A4" });
  await lib.close(page);
  await browser.close();
}

main();
