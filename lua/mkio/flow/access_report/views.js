// views.js: the tables, each with its columns and the order of its rows.

const grantText = grant => grant.role.name + " on " + grant.scope.name;

// The roles with most capabilities first.
const rolesOf = (person, choice) =>
  unique(
    person.teams.flatMap(team =>
      team.grants.filter(g => choice.keepsGrant(g)).map(g => g.role),
    ),
  )
    .sort((a, b) => b.capabilities.length - a.capabilities.length)
    .map(role => role.name);

// The smallest teams first: they say most about a person.
const bySize = list =>
  list.slice().sort((a, b) => a.members.length - b.members.length);

const teamsOf = (list, choice) =>
  unique(list.filter(g => choice.keepsGrant(g)).map(g => g.team));

const found = name =>
  (report.findings.find(f => f.finding === name) || { items: [] }).items;

const administrators = new Set(found("administrators"));

function personCell(person) {
  const name = data(nameOf(person));
  if (!administrators.has(person.at)) return name;
  return el("span", {}, name, " ", mark("admin"));
}

// Each view: rows(choice), columns(choice), and the word for its rows.
const views = {
  __proto__: null,
  people: {
    words: ["person", "people"],
    kind: "person",
    rows: choice => choice.people(),
    columns: choice => [
      { title: "Person", key: "email", wide: true, cell: personCell },
      { title: "Name", key: "name", minor: true, cell: p => p.name },
      {
        title: "Teams",
        key: "teams",
        cell: p =>
          listed(
            bySize(p.teams).map(t => t.name),
            3,
          ),
      },
      {
        title: choice.hasMenu ? "Roles that match" : "Roles",
        cell: p => listed(rolesOf(p, choice), 4),
      },
      {
        title: "Tokens",
        key: "tokens",
        number: true,
        cell: p => number(p.tokens.length),
      },
      {
        title: "Token last used",
        key: "lastUsed",
        narrow: true,
        cell: p => (p.lastUsed ? dateOf(p.lastUsed) : "never"),
      },
    ],
    keys: {
      __proto__: null,
      email: p => nameOf(p).toLowerCase(),
      name: p => (p.name || "").toLowerCase(),
      teams: p => p.teams.length,
      tokens: p => p.tokens.length,
      lastUsed: p => p.lastUsed || "",
    },
  },
  teams: {
    words: ["team", "teams"],
    kind: "team",
    rows: choice => choice.teams(),
    columns: () => [
      { title: "Team", key: "name", cell: t => t.name },
      {
        title: "Members",
        key: "members",
        number: true,
        cell: t => number(t.members.length),
      },
      {
        title: "Team admins",
        key: "leaders",
        number: true,
        cell: t => number(t.leaders.size),
      },
      {
        title: "Roles",
        wide: true,
        cell: t => listed(t.grants.map(grantText), 3),
      },
    ],
    keys: {
      __proto__: null,
      name: t => t.text,
      members: t => t.members.length,
      leaders: t => t.leaders.size,
    },
  },
  scopes: {
    words: ["scope", "scopes"],
    kind: "scope",
    rows: choice => choice.scopes(),
    columns: choice => [
      { title: "Scope", key: "name", cell: s => s.name },
      {
        title: "Resources",
        key: "resources",
        wide: true,
        cell: s => listed(s.resources, 4),
      },
      {
        title: "Teams",
        key: "teams",
        number: true,
        cell: s => number(teamsOf(s.grants, choice).length),
      },
      {
        title: "People",
        key: "people",
        number: true,
        cell: s => number(peopleIn(teamsOf(s.grants, choice))),
      },
    ],
    keys: {
      __proto__: null,
      name: s => s.text,
      resources: s => s.resources.length,
      teams: (s, choice) => teamsOf(s.grants, choice).length,
      people: (s, choice) => peopleIn(teamsOf(s.grants, choice)),
    },
  },
  capabilities: {
    words: ["capability", "capabilities"],
    kind: "capability",
    rows: choice => choice.capabilities(),
    columns: choice => [
      { title: "Capability", key: "name", cell: c => c.name },
      {
        title: "Roles",
        wide: true,
        cell: c =>
          listed(
            c.roles.map(r => r.name),
            4,
          ),
      },
      {
        title: "Teams",
        key: "teams",
        number: true,
        cell: c => number(teamsOf(grantsWith(c), choice).length),
      },
      {
        title: "People",
        key: "people",
        number: true,
        cell: c => number(peopleIn(teamsOf(grantsWith(c), choice))),
      },
    ],
    keys: {
      __proto__: null,
      name: c => c.text,
      teams: (c, choice) => teamsOf(grantsWith(c), choice).length,
      people: (c, choice) => peopleIn(teamsOf(grantsWith(c), choice)),
    },
  },
  grants: {
    words: ["grant", "grants"],
    kind: "grant",
    rows: choice => choice.grants(),
    columns: () => [
      {
        title: "Person",
        key: "email",
        wide: true,
        cell: r =>
          r.person < 0
            ? ""
            : report.people.user[r.person] || report.people.userId[r.person],
      },
      { title: "Team", key: "team", cell: r => r.team && r.team.name },
      {
        title: "Team admin",
        narrow: true,
        cell: r =>
          r.k < 0 ? "" : r.team.leaders.has(personOf[r.person]) ? "yes" : "no",
      },
      {
        title: "Scope",
        key: "scope",
        cell: r => r.grant && r.grant.scope.name,
      },
      { title: "Role", key: "role", cell: r => r.grant && r.grant.role.name },
    ],
    keys: {
      __proto__: null,
      email: r => (r.person < 0 ? "" : nameOf(personOf[r.person])),
      team: r => (r.team ? r.team.name : ""),
      scope: r => (r.grant ? r.grant.scope.name : ""),
      role: r => (r.grant ? r.grant.role.name : ""),
    },
  },
  tokens: {
    words: ["token", "tokens"],
    kind: "token",
    rows: choice => choice.tokens(),
    columns: () => [
      { title: "Person", key: "user", wide: true, cell: t => t.user },
      {
        title: "Description",
        key: "description",
        cell: t => t.description,
      },
      { title: "Type", key: "type", narrow: true, cell: t => t.type },
      {
        title: "Expires",
        key: "expires",
        due: true,
        cell: t => ending(t.expires, 30),
      },
      {
        title: "Last used",
        key: "lastUsed",
        narrow: true,
        cell: t => (t.lastUsed ? dateOf(t.lastUsed) : "never"),
      },
      { title: "Token id", minor: true, cell: t => t.tokenId },
    ],
    keys: {
      __proto__: null,
      user: t => (t.user || "").toLowerCase(),
      description: t => (t.description || "").toLowerCase(),
      type: t => t.type || "",
      expires: t => t.expires || "9",
      lastUsed: t => t.lastUsed || "",
    },
  },
  invites: {
    words: ["invite", "invites"],
    kind: "invite",
    rows: choice => choice.invites(),
    columns: () => [
      { title: "Address", key: "user", wide: true, cell: i => i.user },
      { title: "Teams", wide: true, cell: i => listed(i.teams, 4) },
      { title: "Invited by", key: "by", minor: true, cell: i => i.invitedBy },
      {
        title: "Created",
        key: "created",
        narrow: true,
        cell: i => dateOf(i.created),
      },
      {
        title: "Lapses",
        key: "expires",
        due: true,
        cell: i => (i.expires ? ending(i.expires, 7) : ""),
      },
    ],
    keys: {
      __proto__: null,
      user: i => (i.user || "").toLowerCase(),
      by: i => i.invitedBy || "",
      created: i => i.created || "",
      expires: i => i.expires || "",
    },
  },
};

const grantsWith = capability =>
  grants.filter(grant => grant.can.has(capability));

// Sorts rows by the column that the state names: "members", "-members".
function sorted(rows, view, choice) {
  const isDown = state.sort.startsWith("-"),
    key = state.sort.replace(/^-/, "");
  const keyOf = views[view].keys[key];
  if (!keyOf) return rows;
  const keys = new Map(rows.map(row => [row, keyOf(row, choice)]));
  const sign = isDown ? -1 : 1;
  return rows.slice().sort((a, b) => {
    const x = keys.get(a),
      y = keys.get(b);
    return x < y ? -sign : x > y ? sign : 0;
  });
}
