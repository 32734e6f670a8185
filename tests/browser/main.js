// main.js DIR [NAME]...: runs the tests, one after the other.

const fs = require("node:fs");
const lib = require("./lib");

async function main() {
  const [dir, ...names] = process.argv.slice(2);
  const browser = await lib.start(dir);
  let passed = 0,
    failed = 0;
  for (const file of fs.readdirSync(__dirname).sort()) {
    if (!file.endsWith(".test.js")) continue;
    const name = file.replace(".test.js", "");
    if (names.length > 0 && !names.includes(name)) continue;
    lib.cases.length = 0;
    require("./" + file);
    for (const { name: title, run } of lib.cases) {
      const began = Date.now();
      try {
        await run();
        passed++;
        if (process.env.TIMES) console.log(Date.now() - began, name, title);
      } catch (fault) {
        failed++;
        console.log("FAILED " + name + ": " + title + "\n" + fault.stack);
      }
    }
  }
  await browser.close();
  console.log(passed + " passed, " + failed + " failed, 0 skipped");
  process.exit(failed > 0 ? 1 : 0);
}

main().catch(fault => {
  console.log(fault.stack);
  console.log("0 passed, 1 failed, 0 skipped");
  process.exit(1);
});
