// model.js: the report, unpacked from the numbers of packed.lua.

const report = JSON.parse(byId("data").textContent);

// People: one for each id, even if a team knows another address for it.
const people = [];
const personOf = [];
{
  const byUser = new Map(),
    { user, userId, name } = report.people;
  userId.forEach((id, i) => {
    let person = byUser.get(id);
    if (!person) {
      person = {
        at: people.length,
        id,
        email: user[i],
        name: name[i],
        isListed: i < report.users,
        teams: [],
        leads: new Set(),
        tokens: [],
        lastUsed: null,
      };
      person.text = [user[i], name[i], id]
        .filter(Boolean)
        .join("\n")
        .toLowerCase();
      byUser.set(id, person);
      people.push(person);
    }
    personOf[i] = person;
  });
}
const nameOf = person => person.email || person.name || person.id;

const capabilities = report.capabilities.names.map((name, at) => ({
  at,
  name,
  text: name.toLowerCase(),
  on: report.capabilities.on[at],
  roles: [],
}));

const roles = report.roles.names.map((name, at) => ({
  at,
  name,
  capabilities: (report.roles.capabilities[at] || []).map(c => capabilities[c]),
}));
for (const role of roles)
  for (const capability of role.capabilities) capability.roles.push(role);

const scopes = report.scopes.names.map((name, at) => {
  const resources = report.scopes.resources[at] || [];
  return {
    at,
    name,
    resources,
    grants: [],
    can: new Map(),
    types: new Set(resources.map(resource => resource.split("/")[0])),
    text: [name, ...resources].join("\n").toLowerCase(),
  };
});

// The capabilities that a role gives under a scope: those that are valid on a
// resource of the scope.
function canUnder(role, scope) {
  if (!scope.can.has(role))
    scope.can.set(
      role,
      new Set(
        scope.types.size > 0
          ? role.capabilities.filter(
              ({ on }) =>
                on.length === 0 || on.some(type => scope.types.has(type)),
            )
          : [],
      ),
    );
  return scope.can.get(role);
}

const grants = [];
const teams = report.teams.map((packed, at) => {
  const team = {
    at,
    name: packed.name,
    text: packed.name.toLowerCase(),
    members: packed.members.map(i => personOf[i]),
    written: packed.members,
    leaders: new Set(packed.admins.map(i => personOf[i])),
  };
  team.grants = packed.grants.map(([scope, role]) => {
    const grant = {
      at: grants.length,
      team,
      scope: scopes[scope],
      role: roles[role],
      can: canUnder(roles[role], scopes[scope]),
    };
    grants.push(grant);
    scopes[scope].grants.push(grant);
    return grant;
  });
  for (const member of team.members) member.teams.push(team);
  for (const leader of team.leaders) leader.leads.add(team);
  return team;
});

// Addresses are the same if they differ in case and in how accents are written.
const keyOf = address => address.normalize("NFC").toLowerCase();

const ownerOf = new Map();
for (const person of people)
  if (person.email && !ownerOf.has(keyOf(person.email)))
    ownerOf.set(keyOf(person.email), person);

// Turns columns into rows.
function rowsOf(columns) {
  const names = Object.keys(columns);
  return columns[names[0]].map((_, i) => {
    const row = { at: i };
    for (const name of names) row[name] = columns[name][i];
    return row;
  });
}

const tokens = rowsOf(report.tokens);
for (const token of tokens) {
  token.owner = ownerOf.get(keyOf(token.user || ""));
  token.text = [token.user, token.description, token.type, token.tokenId]
    .filter(Boolean)
    .join("\n")
    .toLowerCase();
  if (!token.owner) continue;
  token.owner.tokens.push(token);
  const used = token.lastUsed;
  if (used && used > (token.owner.lastUsed || "")) token.owner.lastUsed = used;
}

const invites = report.invites && rowsOf(report.invites);
for (const invite of invites || []) {
  invite.text = [
    invite.user,
    invite.invitedBy,
    ...invite.teams,
    invite.inviteId,
  ]
    .filter(Boolean)
    .join("\n")
    .toLowerCase();
}

// One row for each row of the report's table "access", as numbers: a team, the
// place of a member in it, a grant; -1 for none.
function accessRows(isShown) {
  const rows = [];
  for (const team of teams) {
    const own = team.grants.length > 0 ? team.grants : [null];
    for (const grant of own) {
      if (!isShown(team, grant)) continue;
      team.written.forEach((person, k) =>
        rows.push({ team, grant, person, k }),
      );
      if (team.written.length === 0)
        rows.push({ team, grant, person: -1, k: -1 });
    }
  }
  return rows;
}

// Days (UTC) from the report's day to the day of a time of the API; null: it
// names none.
function daysTo(text) {
  const day = text ? Date.parse(text.slice(0, 10)) : NaN;
  if (Number.isNaN(day)) return null;
  return Math.round((day - Date.parse(report.at.slice(0, 10))) / 864e5);
}
