// onboard.mjs BASE CACERT JOBS SPEC: the organization of a SPEC, by Promises.
//
// Each thing begins as soon as what it needs is there, and the lists come
// together.  As in mkrun, JOBS things are written at a time, and a team or rule
// is looked at right before its PUT.  JOBS = 0: no bound, and no look.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual as same } from "node:util";
import { api, close, list, rulesOf } from "./api.mjs";

const [jobs, file] = process.argv.slice(4);

// A function that runs `work`, at most `count` at a time.
function slots(count) {
  const waiting = [];
  let free = count;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise((begin) => waiting.push(begin));
    try {
      return await work();
    } finally {
      if (waiting.length > 0) waiting.shift()();
      else free++;
    }
  };
}

const slot = slots(Number(jobs) || Infinity);
const look = jobs !== "0";

// PUT of something that a list did not have.
async function create(path, spec, isNew) {
  await slot(async () => {
    if (look && !isNew && await api("GET", path)) {
      throw new Error(`${path} has come in between`);
    }
    await api("PUT", path, { spec });
  });
}

// Does `have` say all that `want` says?
const holds = (have, want) => Object.keys(want).every((key) =>
  key === "authentication" || same(have[key], want[key]));

async function onboard(spec) {
  const { projects = [], teams = [], tokens = [] } = spec;
  const lines = [];
  const ask = (wanted, path) => wanted ? list(path) : [];
  const organization = (spec.organization || tokens[0]) &&
    api("GET", "/organization");
  const methods = ask(spec.paymentMethod, "/organization/paymentMethods");
  const haveProjects = ask(projects[0], "/projects");
  const haveTeams = ask(teams[0], "/organization/teams");
  const users = ask(teams[0], "/organization/users");
  const invites = ask(teams[0], "/organization/invites");
  const ownTokens = ask(tokens[0], "/user/tokens");
  const add = (kind, name, work) => {
    const done = work();
    lines.push(done.then((outcome) => `${outcome} ${kind} ${name}`));
    return done;
  };

  if (spec.organization) {
    add("organization", spec.organization.name, async () => {
      if (holds((await organization).spec, spec.organization)) return "=";
      await slot(() => api("PATCH", "/organization",
        { spec: spec.organization }));
      return "~";
    });
  }

  let method;
  const terms = spec.paymentMethod && add("payment method",
    spec.paymentMethod.displayName, async () => {
      method = (await methods).find((item) =>
        item.metadata.displayName === spec.paymentMethod.displayName);
      if (method.status.termsAndConditionsAccepted) return "=";
      await slot(() => api("POST", "/organization/paymentMethods/" +
        `${method.metadata.id}/acceptTermsAndConditions`));
      return "~";
    });

  const ids = {};
  const made = {};
  for (const wish of projects) {
    const { name, displayName, locationName } = wish;
    made[name] = add("project", name, async () => {
      const have = (await haveProjects).find((p) => p.metadata.name === name);
      ids[name] = have?.metadata.id;
      if (have?.metadata.displayName === displayName) return "=";
      await terms;
      const body = { displayName, locationName,
        paymentMethodId: method.metadata.id };
      const project = await slot(() => have
        ? api("PATCH", `/projects/${name}`, { metadata: { displayName } })
        : api("PUT", `/projects/${name}`, body));
      ids[name] = project.metadata.id;
      return have ? "~" : "+";
    });
    const rules = made[name].then((outcome) =>
      outcome === "+" ? [] : list(rulesOf(name)));
    for (const rule of wish.webhooks ?? []) {
      add("webhook rule", `${name}/${rule.name}`, async () => {
        const { name: ruleName, ...want } = { enabled: true, ...rule };
        const have = (await rules).find((r) => r.metadata.name === ruleName);
        if (have && holds(have.spec, want)) return "=";
        await create(`${rulesOf(name)}/${ruleName}`, want,
          await made[name] === "+");
        return "+";
      });
    }
  }

  const guests = {};
  const written = teams.map((wish) => add("team", wish.name, async () => {
    const ofEmail = new Map((await users).map((user) =>
      [user.spec.email, user.metadata.id]));
    const want = { description: wish.description, members: {},
      scopes: wish.scopes };
    for (const { email, isTeamAdmin = false } of wish.members ?? []) {
      const id = ofEmail.get(email);
      if (id) want.members[id] = { isTeamAdmin };
      else (guests[email] ??= []).push(wish.name);
    }
    await Promise.all(Object.keys(wish.scopes ?? {}).map((scope) =>
      made[scope.replace(/Scope$/, "")]));
    const have = (await haveTeams).find((t) => t.metadata.name === wish.name);
    const bare = (members) => Object.entries(members).map(
      ([id, member]) => [id, member.isTeamAdmin]).sort();
    if (have && have.spec.description === want.description &&
      same(have.spec.scopes, want.scopes) &&
      same(bare(have.spec.members), bare(want.members))) return "=";
    await create(`/organization/teams/${wish.name}`, want);
    return "+";
  }));

  for (const wish of tokens) {
    add("token", wish.description, async () => {
      const known = (await ownTokens).some((token) => !token.spec.revoked &&
        token.spec.description === wish.description);
      if (known && existsSync(wish.file)) return "=";
      const wanted = Object.entries(wish.permissions["core.project"]);
      await Promise.all(wanted.map(([name]) => made[name]));
      const expires = new Date(Date.now() + wish.days * 86400e3);
      const token = await slot(async () => api("POST", "/user/tokens", {
        type: "restricted", description: wish.description,
        organizationId: (await organization).metadata.id,
        expireDate: expires.toISOString().replace(/\.\d+/, ""),
        permissions: { "core.project": Object.fromEntries(
          wanted.map(([name, rights]) => [ids[name], rights])) },
      }));
      writeFileSync(wish.file, token.metadata.JWT, { mode: 0o600 });
      return "+";
    });
  }

  await Promise.all(written);
  const open = new Set((await invites).map((item) => item.spec.email));
  for (const [email, names] of Object.entries(guests)) {
    add("invite", email, async () => {
      if (open.has(email)) return "=";
      await slot(() => api("POST", "/organization/invites", { spec: {
        email, comment: spec.inviteComment, teams: names } }));
      return "+";
    });
  }
  console.log((await Promise.all(lines)).join("\n"));
}

await onboard(JSON.parse(readFileSync(file)));
await close();
