// Names are data, whatever is in them.

const {
  assert,
  test,
  open,
  close,
  view,
  shown,
  cell,
  yes,
  rows,
  same,
  json,
} = require("./lib");

const report = json("hostile.json");

const isSafe = async page =>
  assert.equal(await page.evaluate(() => window.hacked), undefined);

test("each table shows nasty names as they are", async () => {
  const page = await open("hostile.html");
  same(
    (await rows(page)).map(row => [row[0].replace(/ admin$/, ""), row[1]]),
    report.users.map(row => [cell(row.user), cell(row.name)]),
  );
  await view(page, "grants");
  same(
    await rows(page),
    report.access.map(row => [
      cell(row.user),
      cell(row.team),
      yes(row.isTeamAdmin),
      cell(row.scope),
      cell(row.role),
    ]),
  );
  await view(page, "scopes");
  same(
    (await rows(page)).map(row => [row[0], row[1]]),
    report.scopes.map(row => [shown(row.scope), shown(row.resources[0])]),
  );
  await view(page, "capabilities");
  same(
    (await rows(page)).map(row => [row[0], row[1]]),
    report.roles.map(row => [shown(row.capabilities[0]), shown(row.role)]),
  );
  await view(page, "tokens");
  same(
    (await rows(page)).map(row => [row[0], row[1], row[2], row[5]]),
    report.tokens.map(row =>
      [row.user, row.description, row.type, row.tokenId].map(shown),
    ),
  );
  await view(page, "invites");
  same(
    (await rows(page)).map(row => [row[0], row[1], row[2]]),
    report.invites.map(row =>
      [row.user, row.teams[0], row.invitedBy].map(shown),
    ),
  );
  await isSafe(page);
  await close(page);
});

test("each dialog shows nasty names as they are", async () => {
  const page = await open("hostile.html");
  const title = () => page.textContent("#details-title");
  for (const [name, key] of [
    ["people", "user"],
    ["tokens", "description"],
    ["invites", "user"],
    ["scopes", "scope"],
  ]) {
    const list = {
      people: report.users,
      tokens: report.tokens,
      invites: report.invites,
      scopes: report.scopes,
    }[name];
    await view(page, name);
    const wanted = new Set(list.map(row => shown(row[key])));
    for (let i = 0; i < list.length; i++) {
      await page.$eval("tr[data-i='" + i + "'] button", b => b.click());
      assert.ok(wanted.delete(await title()), await title());
      assert.equal(
        await page.$$eval(
          "#details :is(img, script, b[onmouseover])",
          list => list.length,
        ),
        0,
      );
      await page.keyboard.press("Escape");
    }
    assert.equal(wanted.size, 0);
  }
  await isSafe(page);
  await close(page);
});

test("menus, matrix, findings and title do, too", async () => {
  const page = await open("hostile.html", {}, "#view=matrix");
  const options = await page.$$eval("#team option", list =>
    list.map(o => o.text),
  );
  for (const { team } of report.access) {
    const text = shown(team).replace(/\s+/g, " ").trim();
    assert.ok(options.includes(text), text);
    await page.selectOption("#team", { value: team });
    assert.equal(await page.$$eval(".matrix tbody th", l => l.length), 1, text);
  }
  assert.equal(
    await page.title(),
    "Who can do what at " + shown(report.organization.name),
  );
  for (const summary of await page.$$("#findings summary"))
    await summary.click();
  await page.waitForFunction(() =>
    [...document.querySelectorAll("#findings .found")].every(l => l.firstChild),
  );
  assert.equal(await page.$$eval("#findings .found li", l => l.length), 2);
  await isSafe(page);
  await close(page);
});

for (const isOn of [true, false])
  test("a page of tables, script " + (isOn ? "on" : "off"), async () => {
    const page = await open("tables.html", { javaScriptEnabled: isOn });
    const found = await page.$$eval("table.rows tbody tr", list =>
      list.map(row =>
        [...row.cells].map(c =>
          [...c.querySelectorAll("bdi, code")]
            .map(part => part.textContent)
            .join(" / "),
        ),
      ),
    );
    const words = value => [].concat(value).map(shown).join(" / ");
    assert.deepEqual(
      found,
      json("tables.json").map(row =>
        [row.what, row.kind, row.name, row.details].map(words),
      ),
    );
    await isSafe(page);
    await close(page);
  });

test("a page of tables is filtered", async () => {
  const page = await open("tables.html"),
    list = json("tables.json");
  const visible = () =>
    page.$$eval("table.rows tbody tr:not([hidden])", l => l.length);
  await page.selectOption("#tools select[name=What]", "missing");
  assert.equal(await visible(), list.filter(r => r.what === "missing").length);
  await page.selectOption("#tools select[name=What]", "*");
  for (const { kind } of list) {
    await page.selectOption("#tools select[name=Kind]", { value: shown(kind) });
    assert.equal(await visible(), 1, kind);
  }
  await page.selectOption("#tools select[name=Kind]", "*");
  await page.fill("#q", "gpj.exe");
  assert.equal(
    await visible(),
    list.filter(row => JSON.stringify(row).includes("gpj.exe")).length,
  );
  await page.fill("#q", "");
  await page.click("text=Unfold all");
  assert.equal(await page.$$eval("details:not([open])", l => l.length), 0);
  await close(page);
});
