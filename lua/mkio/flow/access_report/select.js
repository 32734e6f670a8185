// select.js: what the search and the menus choose.

// The state of the page, which its address keeps after "#".
const START = {
  view: "people",
  q: "",
  team: "",
  scope: "",
  capability: "",
  finding: "",
  sort: "",
  open: "",
  rows: "people",
};

const state = { ...START };

function readAddress() {
  const found = new URLSearchParams(location.hash.slice(1));
  for (const key of Object.keys(START))
    state[key] = found.get(key) ?? START[key];
}

function address() {
  const parts = new URLSearchParams();
  for (const key of Object.keys(START))
    if (state[key] !== START[key]) parts.set(key, state[key]);
  return "#" + parts;
}

const named = (list, name) =>
  name === ""
    ? null
    : list.find(item => item.name === name) || { name, at: -1 };

// The grants, teams and people that the menus leave over.
class Choice {
  constructor() {
    this.team = named(teams, state.team);
    this.scope = named(scopes, state.scope);
    this.capability = named(capabilities, state.capability);
    this.words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    this.isNarrow = !!(this.scope || this.capability);
    this.hasMenu = this.isNarrow || !!this.team;
    this.kept = new Uint8Array(teams.length);
    for (const team of teams) this.kept[team.at] = this.keepsTeam(team) ? 1 : 0;
  }

  keepsGrant(grant) {
    return (
      (!this.team || grant.team === this.team) &&
      (!this.scope || grant.scope === this.scope) &&
      (!this.capability || grant.can.has(this.capability))
    );
  }

  keepsTeam(team) {
    if (this.team && team !== this.team) return false;
    return !this.isNarrow || team.grants.some(grant => this.keepsGrant(grant));
  }

  keepsPerson(person) {
    if (!this.hasMenu) return true;
    for (const team of person.teams) if (this.kept[team.at]) return true;
    return false;
  }

  hasWords(text) {
    for (const word of this.words) if (!text.includes(word)) return false;
    return true;
  }

  people() {
    return people.filter(p => this.keepsPerson(p) && this.hasWords(p.text));
  }

  teams() {
    return teams.filter(t => this.kept[t.at] && this.hasWords(t.text));
  }

  scopes() {
    return scopes.filter(
      s =>
        (!this.scope || s === this.scope) &&
        ((!this.team && !this.capability) ||
          s.grants.some(g => this.keepsGrant(g))) &&
        this.hasWords(s.text),
    );
  }

  capabilities() {
    const held = new Set();
    for (const grant of grants)
      if (this.keepsGrant(grant))
        for (const capability of grant.can) held.add(capability);
    return capabilities.filter(
      c =>
        (!this.capability || c === this.capability) &&
        (!this.hasMenu || held.has(c)) &&
        this.hasWords(c.text),
    );
  }

  // Rows of the table "access"; the words may stand in any column.
  grants() {
    const rows = accessRows(
      (team, grant) =>
        this.kept[team.at] &&
        (!this.isNarrow || (grant && this.keepsGrant(grant))),
    );
    if (!this.hasMenu)
      for (const person of report.loose)
        rows.push({ team: null, grant: null, person, k: -1 });
    return this.words.reduce((left, word) => rowsWith(left, word), rows);
  }

  tokens() {
    return tokens.filter(
      t =>
        this.hasWords(t.text) &&
        (!this.hasMenu || (t.owner && this.keepsPerson(t.owner))),
    );
  }

  invites() {
    return (invites || []).filter(
      i =>
        this.hasWords(i.text) &&
        (!this.hasMenu ||
          i.teams.some(name =>
            teams.some(t => t.name === name && this.kept[t.at]),
          )),
    );
  }
}

// The rows of access with a word in any column.
function rowsWith(rows, word) {
  const has = list => list.map(item => item.text.includes(word));
  const ofPerson = has(personOf),
    ofTeam = has(teams),
    ofScope = has(scopes);
  const ofRole = roles.map(role => role.name.toLowerCase().includes(word));
  return rows.filter(
    ({ team, grant, person }) =>
      ofPerson[person] ||
      (team && ofTeam[team.at]) ||
      (grant && (ofScope[grant.scope.at] || ofRole[grant.role.at])),
  );
}

// How many people the teams have together.
function peopleIn(list) {
  if (list.length === 1) return list[0].members.length;
  const seen = new Uint8Array(people.length);
  let count = 0;
  for (const team of list)
    for (const member of team.members)
      if (!seen[member.at]) count += seen[member.at] = 1;
  return count;
}

const unique = list => [...new Set(list)];
