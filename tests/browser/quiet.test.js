// No page asks anything of anybody.

const http = require("node:http");
const fs = require("node:fs");
const { assert, test, open, close, fileOf } = require("./lib");

const PAGES = ["example.html", "hostile.html", "drift.html", "plan.html"];

async function use(page) {
  for (const tab of await page.$$("[role=tab]")) await tab.click();
  for (const summary of await page.$$("summary")) await summary.click();
  await page.mouse.wheel(0, 500);
  await page.waitForTimeout(100);
}

test("from a file, no request is made", async () => {
  for (const name of PAGES) {
    const page = await open(name);
    await use(page);
    assert.deepEqual(page.requests, []);
    await close(page);
  }
});

test("from a server, the page is all that is asked for", async () => {
  const asked = [];
  const server = http.createServer((request, response) => {
    asked.push(request.url);
    response.setHeader("content-type", "text/html");
    response.end(fs.readFileSync(fileOf("example.html")));
  });
  await new Promise(done => server.listen(0, "127.0.0.1", done));
  const page = await open("http://127.0.0.1:" + server.address().port + "/");
  await use(page);
  assert.deepEqual(asked, ["/"]);
  await close(page);
  server.close();
});

test("the policy lets nothing else in", async () => {
  for (const name of PAGES) {
    const page = await open(name);
    const outcome = await page.evaluate(async () => {
      const add = (kind, parts) =>
        new Promise(done => {
          const element = Object.assign(document.createElement(kind), parts, {
            onerror: () => done("refused"),
            onload: () => done("loaded"),
          });
          document.body.append(element);
          setTimeout(() => done("not run"), 200);
        });
      return {
        fetch: await fetch("http://127.0.0.1:9/").then(
          () => "sent",
          () => "refused",
        ),
        image: await add("img", {
          src: "data:image/gif;base64,R0lGODlhAQABAAAAACw=",
        }),
        inline: await add("script", { textContent: "window.hacked = 1" }),
        script: await add("script", { src: "data:text/javascript,hacked=1" }),
        frame:
          (await add("iframe", { src: "data:text/html,x" })) &&
          frames.length &&
          "framed",
        hacked: window.hacked,
        eval: (() => {
          try {
            return (0, eval)("1");
          } catch {
            return "refused";
          }
        })(),
        style: (() => {
          const e = document.createElement("p");
          e.setAttribute("style", "color: red");
          document.body.append(e);
          return e.style.color;
        })(),
      };
    });
    assert.equal(outcome.fetch, "refused");
    assert.equal(outcome.image, "refused");
    assert.equal(outcome.script, "refused");
    assert.equal(outcome.eval, "refused");
    assert.equal(outcome.style, "");
    assert.equal(outcome.hacked, undefined);
    assert.notEqual(page.faults.length, 0);
    await page.context().close();
  }
});
