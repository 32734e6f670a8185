// The page of an access report shows what the JSON report says.

const {
  assert,
  test,
  open,
  close,
  view,
  cell,
  yes,
  rows,
  same,
  drawn,
  json,
  byText,
  NONE,
} = require("./lib");

const grants = report =>
  report.access.map(row => [
    cell(row.user),
    cell(row.team),
    yes(row.isTeamAdmin),
    cell(row.scope),
    cell(row.role),
  ]);

const day = text => (text === null ? null : text.slice(0, 10));

// Without the mark "in 5 days".
const dates = list =>
  list.map(row => row.map(text => text.replace(/^(\d{4}-\d\d-\d\d) .*/, "$1")));

// A run on the sandbox has a login token of its own, and so has each report.
const id = (type, text) => (type === "login" ? "of this run" : text);

const tokens = report =>
  report.tokens.map(row => [
    cell(row.user),
    cell(row.description),
    cell(row.type),
    day(row.expires) || "never",
    day(row.lastUsed) || "never",
    id(row.type, row.tokenId),
  ]);

const invites = report =>
  report.invites.map(row => [
    cell(row.user),
    row.teams.join(", "),
    cell(row.invitedBy),
    day(row.created),
    day(row.expires),
  ]);

for (const name of ["example", "middle"]) {
  const report = json(name + ".json");

  test(name + ": each grant", async () => {
    const page = await open(name + ".html", {}, "#view=grants");
    same(await rows(page), grants(report));
    await close(page);
  });

  test(name + ": each person, token and invite", async () => {
    const page = await open(name + ".html");
    const count = email => report.tokens.filter(t => t.user === email).length;
    same(
      (await rows(page)).map(row => [
        row[0].replace(/ admin$/, ""),
        row[1],
        row[4],
      ]),
      report.users.map(row => [
        cell(row.user),
        cell(row.name),
        String(count(row.user)),
      ]),
    );
    await view(page, "tokens");
    same(
      dates(await rows(page)).map(row => [
        ...row.slice(0, 5),
        id(row[2], row[5]),
      ]),
      tokens(report),
    );
    await view(page, "invites");
    same(dates(await rows(page)), invites(report));
    await close(page);
  });

  test(name + ": each scope, capability and team", async () => {
    const page = await open(name + ".html", {}, "#view=scopes");
    const people = test =>
      String(
        new Set(
          report.access
            .filter(row => row.userId && test(row))
            .map(row => row.userId),
        ).size,
      );
    const found = await rows(page);
    assert.deepEqual(
      found.map(row => row[0]),
      report.scopes.map(row => row.scope),
    );
    for (const [scope, , , count] of found)
      assert.equal(
        count,
        people(row => row.scope === scope),
        scope,
      );
    await view(page, "teams");
    const teams = [...new Set(report.access.map(row => row.team))].filter(
      Boolean,
    );
    same(
      (await rows(page)).map(row => [row[0], row[1]]),
      teams.map(team => [team, people(row => row.team === team)]),
    );
    await view(page, "capabilities");
    const all = new Set(report.roles.flatMap(role => role.capabilities));
    const listed = await rows(page);
    assert.deepEqual(listed.map(row => row[0]).sort(), [...all].sort());
    for (const [capability, roles] of listed)
      assert.equal(
        roles,
        report.roles
          .filter(role => role.capabilities.includes(capability))
          .map(r => r.role)
          .join(", "),
      );
    await close(page);
  });

  test(name + ": the findings", async () => {
    const page = await open(name + ".html");
    const counts = await page.$$eval("#findings details", list =>
      list.map(part => [
        part.dataset.finding,
        part.querySelector(".amount").textContent,
      ]),
    );
    assert.deepEqual(
      counts,
      report.findings
        .filter(f => f.items.length > 0)
        .map(f => [f.finding, String(f.items.length)]),
    );
    for (const { finding, items } of report.findings) {
      if (items.length === 0 || finding === "allProjects") continue;
      const part = page.locator("[data-finding=" + finding + "]");
      await part.locator("summary").click();
      await part.locator(".action").click();
      const names = (await rows(page)).map(row =>
        row[0].replace(/ admin$/, ""),
      );
      assert.deepEqual(
        names.sort(),
        items.map(i => cell(i.user)).sort(),
        finding,
      );
    }
    await close(page);
  });
}

const middle = json("middle.json");

test("each person's details", async () => {
  const page = await open("example.html");
  for (const user of json("example.json").users) {
    await page.getByRole("button", { name: user.user }).first().click();
    const shownRows = await page.$$eval("#details table", tables =>
      [...tables[0].tBodies[0].rows].map(r =>
        [...r.cells].map(c => c.textContent),
      ),
    );
    same(
      shownRows,
      json("example.json")
        .access.filter(row => row.userId === user.userId)
        .map(row => [row.team, yes(row.isTeamAdmin), row.scope, row.role]),
    );
    await page.keyboard.press("Escape");
  }
  await close(page);
});

test("the matrix, in both directions", async () => {
  const page = await open("middle.html", {}, "#view=matrix");
  const legend = Object.fromEntries(
    await page.$$eval(".legend li", list =>
      list.map(item => item.textContent.split(/ (.*)/s)),
    ),
  );
  const found = new Set();
  const place = () =>
    page.$eval(".scroller", s => [s.scrollHeight, s.scrollWidth]);
  const [height, width] = await place();
  for (let top = 0; top < height; top += 300)
    for (let left = 0; left < width; left += 500) {
      const cells = await page.$eval(
        ".scroller",
        async (s, [top, left]) => {
          s.scrollTo(left, top);
          await new Promise(d =>
            requestAnimationFrame(() => setTimeout(d, 30)),
          );
          const head = new Map(
            [...s.querySelectorAll("thead th")].map(th => [
              th.getAttribute("aria-colindex"),
              th.textContent,
            ]),
          );
          return [...s.querySelectorAll("td.held")].map(td => [
            td.parentNode.cells[0].textContent,
            head.get(td.getAttribute("aria-colindex")),
            td.textContent,
          ]);
        },
        [top, left],
      );
      for (const [person, scope, short] of cells)
        for (const one of short.split(" "))
          found.add([person, scope, legend[one]].join(" | "));
    }
  assert.deepEqual(
    [...found].sort(),
    [
      ...new Set(
        byText(
          middle.access
            .filter(row => row.scope)
            .map(row => [row.user, row.scope, row.role]),
        ),
      ),
    ].sort(),
  );
  await close(page);
});

for (const can of ["ams.asset.delete", "core.team.update", "core.project.get"])
  test("who can " + can + ", as --can says", async () => {
    const page = await open("middle.html", {}, "#capability=" + can);
    const wanted = json("can." + can + ".json").access.filter(
      row => row.userId,
    );
    assert.deepEqual(
      (await rows(page)).map(row => row[0].replace(/ admin$/, "")).sort(),
      [...new Set(wanted.map(row => row.user))].sort(),
    );
    await view(page, "grants");
    same(await rows(page), grants({ access: wanted }));
    await close(page);
  });

test("the grants on all projects", async () => {
  const page = await open("middle.html");
  await page.click("[data-finding=allProjects] summary");
  await page.click("[data-finding=allProjects] .action");
  const wanted = middle.access.filter(row => row.scope === "allProjectsScope");
  same(await rows(page), grants({ access: wanted }));
  await close(page);
});

test("a search, a team and a scope", async () => {
  const page = await open("middle.html");
  await page.fill("#q", "NGUYEN ola");
  const names = middle.users.filter(u =>
    [u.user, u.name, u.userId]
      .join("\n")
      .toLowerCase()
      .match(/^(?=[^]*nguyen)(?=[^]*ola)/),
  );
  assert.deepEqual(
    (await rows(page)).map(row => row[0]).sort(),
    names.map(u => u.user).sort(),
  );
  await page.fill("#q", "");
  const { team, scope } = middle.access.find(
    row => row.team !== "Everyone" && row.scope && row.user,
  );
  await page.selectOption("#team", team);
  await page.selectOption("#scope", scope);
  const wanted = new Set(
    middle.access.filter(row => row.team === team).map(row => row.user),
  );
  assert.deepEqual(
    (await rows(page)).map(row => row[0].replace(/ admin$/, "")).sort(),
    [...wanted].sort(),
  );
  await page.click("#clear");
  assert.equal((await rows(page)).length, middle.users.length);
  await page.fill("#q", "nobody has this");
  assert.equal((await rows(page)).length, 0);
  assert.match(await page.textContent("#panel"), /Nothing matches/);
  await close(page);
});

test("a table is sorted by its columns, both ways", async () => {
  const page = await open("middle.html", {}, "#view=teams");
  for (const order of ["ascending", "descending"]) {
    await page.click("th .sort >> text=Members");
    const counts = (await rows(page)).map(row => Number(row[1]));
    const sign = order === "ascending" ? 1 : -1;
    assert.deepEqual(
      counts,
      [...counts].sort((a, b) => sign * (a - b)),
    );
    assert.equal(
      await page.getAttribute("th:nth-child(2)", "aria-sort"),
      order,
    );
  }
  await close(page);
});

test("the address keeps what is chosen, and Back takes it back", async () => {
  const page = await open("example.html");
  await view(page, "teams");
  await page.selectOption("#scope", "managementScope");
  const url = page.url(),
    before = await rows(page);
  await page.goBack();
  assert.ok((await rows(page)).length > before.length);
  const again = await open("example.html", {}, url.slice(url.indexOf("#")));
  assert.deepEqual(await rows(again), before);
  await close(page);
  await close(again);
});

test("an address that names nothing shows the people", async () => {
  for (const hash of [
    "#view=constructor",
    "#view=x&sort=__proto__&open=a/b",
    "#open=constructor/x",
    "#finding=toString",
    "#sort=-constructor",
    "#%E0%A4%A",
    "#team=nobody&view=grants",
  ]) {
    const page = await open("example.html", {}, hash);
    assert.ok(await page.locator("#panel").isVisible(), hash);
    await close(page);
  }
});

test("10,000 people: few rows are drawn, and each is right", async () => {
  const page = await open("large.html", {}, "#view=grants");
  const report = json("large.json"),
    all = new Set(byText(grants(report)));
  assert.equal(
    await page.getAttribute("#panel table", "aria-rowcount"),
    String(report.access.length + 1),
  );
  for (let part = 0; part <= 10; part++) {
    await page.evaluate(async part => {
      scrollTo(0, (document.documentElement.scrollHeight * part) / 10);
      await new Promise(d => requestAnimationFrame(() => setTimeout(d, 50)));
    }, part);
    const found = await drawn(page);
    assert.ok(found.length > 20 && found.length < 150, String(found.length));
    for (const row of byText(found.map(([, cells]) => cells)))
      assert.ok(all.has(row), row);
  }
  await close(page);
});

test("a filtered report says so, and has no findings", async () => {
  const page = await open("hostile.html");
  assert.match(await page.textContent(".facts"), /only --user <b>/);
  await close(page);
});
