// details.js: what is known of one person, team, scope, ... in a dialog.

const details = {
  person(person) {
    const own = person.teams.flatMap(team => team.grants);
    return [
      facts([
        ["Name", person.name],
        ["User id", person.id],
      ]),
      section(
        "Roles",
        simpleTable(
          "Roles",
          ["Team", "Team admin", "Scope", "Role"],
          person.teams.flatMap(team => {
            const yes = person.leads.has(team) ? "yes" : "no";
            const name = () => openButton("team", team, team.name);
            return team.grants.length === 0
              ? [[name(), yes, "", ""]]
              : team.grants.map(g => [name(), yes, g.scope.name, g.role.name]);
          }),
        ),
      ),
      section("Tokens", tokenTable(person.tokens)),
      section("Can do", abilities(own)),
    ];
  },
  team(team) {
    return [
      facts([
        ["Members", number(team.members.length)],
        ["Team admins", number(team.leaders.size)],
      ]),
      section(
        "Roles",
        simpleTable(
          "Roles",
          ["Scope", "Role"],
          team.grants.map(g => [
            openButton("scope", g.scope, g.scope.name),
            g.role.name,
          ]),
        ),
      ),
      section(
        "Members",
        links(
          "person",
          [...team.members].sort(
            (a, b) => team.leaders.has(b) - team.leaders.has(a),
          ),
          p => nameOf(p) + (team.leaders.has(p) ? " (admin)" : ""),
          { team: team.name },
        ),
      ),
      section("Can do", abilities(team.grants)),
    ];
  },
  scope(scope) {
    const own = unique(scope.grants.map(grant => grant.team));
    return [
      facts([["People", number(peopleIn(own))]]),
      section(
        "Resources",
        el(
          "ul",
          { class: "links" },
          scope.resources.map(name => el("li", {}, data(name))),
        ),
      ),
      section(
        "Roles",
        simpleTable(
          "Roles",
          ["Team", "Role", "Members"],
          scope.grants.map(g => [
            openButton("team", g.team, g.team.name),
            g.role.name,
            number(g.team.members.length),
          ]),
        ),
      ),
      actionButton("Show these people", { ...START, scope: scope.name }),
    ];
  },
  capability(capability) {
    const own = grantsWith(capability);
    return [
      facts([
        ["Roles", capability.roles.map(r => r.name).join(", ")],
        ["People", number(peopleIn(unique(own.map(g => g.team))))],
      ]),
      section(
        "Where",
        simpleTable(
          "Where",
          ["Scope", "Role", "Team", "Members"],
          own.map(g => [
            openButton("scope", g.scope, g.scope.name),
            g.role.name,
            openButton("team", g.team, g.team.name),
            number(g.team.members.length),
          ]),
        ),
      ),
      actionButton("Show these people", {
        ...START,
        capability: capability.name,
      }),
    ];
  },
  token(token) {
    return [
      facts([
        [
          "Person",
          token.owner
            ? openButton("person", token.owner, nameOf(token.owner))
            : token.user,
        ],
        ["Type", token.type],
        ["Expires", token.expires || "never"],
        ["Last used", token.lastUsed || "never"],
        ["Token id", token.tokenId],
      ]),
      section(
        "Can do",
        token.permissions
          ? el(
              "ul",
              { class: "links" },
              token.permissions.map(text => el("li", {}, el("code", {}, text))),
            )
          : el("p", {}, "Everything that its person can do."),
      ),
    ];
  },
  invite(invite) {
    return [
      facts([
        ["Invited by", invite.invitedBy],
        ["Created", invite.created],
        ["Lapses", invite.expires],
        ["Invite id", invite.inviteId],
      ]),
      section(
        "Teams",
        simpleTable(
          "Teams",
          ["Team"],
          invite.teams.map(n => [n]),
        ),
      ),
    ];
  },
};

// The list, the key in the page's address and the title of each kind.
const kinds = {
  __proto__: null,
  person: [people, p => p.id, nameOf],
  team: [teams, t => t.name, t => t.name],
  scope: [scopes, s => s.name, s => s.name],
  capability: [capabilities, c => c.name, c => c.name],
  token: [tokens, t => t.tokenId, t => t.description || "Token of " + t.user],
  invite: [invites || [], i => i.inviteId, i => i.user],
};

function openDetails(kind, item) {
  if (kind === "grant") {
    if (item.person >= 0) return openDetails("person", personOf[item.person]);
    return openDetails("team", item.team);
  }
  change({ open: kind + "/" + kinds[kind][1](item) });
}

// Shows or closes the dialog, as the state says.
function showDetails() {
  const dialog = byId("details"),
    at = state.open.indexOf("/");
  const kind = kinds[state.open.slice(0, at)],
    key = state.open.slice(at + 1);
  const item = kind && kind[0].find(one => kind[1](one) === key);
  if (!item) return dialog.open && dialog.close();
  fill(
    byId("details-body"),
    el(
      "div",
      { class: "dialog-head" },
      el("p", { class: "kind" }, state.open.slice(0, at)),
      el("h2", { id: "details-title", tabindex: "-1" }, data(kind[2](item))),
      el(
        "button",
        {
          type: "button",
          class: "close",
          "aria-label": "Close",
          onclick: () => change({ open: "" }),
        },
        "×",
      ),
    ),
    details[state.open.slice(0, at)](item),
  );
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  byId("details-title").focus();
}
