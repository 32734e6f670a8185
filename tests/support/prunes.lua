--- A sandbox with more than a SPEC names, for the specs of `onboard --prune`.

local assert = require "luassert"

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"

local M = { ALL = "members,teams,scopes,rules,invites,tokens",
  KARI = "kari@northlight.example", NILS = "nils@northlight.example",
  OLA = "ola@northlight.example" }

local KARI <const>, NILS <const> = M.KARI, M.NILS

local RIGHTS <const> = { ["core.customer"] = {
  ["Northlight Broadcasting"] = { ["core.team"] = { "get" } } } }

--- A token of a SPEC; its file is NAME.tok.
function M.token(name, rights)
  return { description = name, file = name .. ".tok",
    permissions = rights or RIGHTS }
end

--- A webhook rule of a SPEC; `key`: a secret of it.
function M.rule(name, key)
  return { name = name, url = "https://hooks.test/" .. name,
    events = { "MediaKind.JobFinished" },
    authentication = key and { headers = { ["X-Key"] = key } } }
end

--- The project of the SPECs, with these rules.
function M.project(...)
  return { name = "news", displayName = "News", locationName = "westeurope",
    webhooks = json.array { ... } }
end

--- More than `less` names, with one of each kind.
function M.more()
  return {
    paymentMethod = { displayName = "2026 contract", acceptTerms = true },
    projects = { M.project(M.rule "keep", M.rule "drop",
      M.rule("hidden", "geheim")) },
    teams = {
      { name = "desk", members = { { email = KARI }, { email = NILS } },
        scopes = { allProjectsScope = { roles = { "reader" } },
          newsScope = { roles = { "user" } } } },
      { name = "old", description = "as it was", members = { { email = NILS } },
        scopes = { newsScope = { roles = { "reader" } } } },
    },
    invites = { { email = "kept@x.example", teams = { "desk" } },
      { email = "gone@x.example", teams = { "old" } } },
    tokens = { M.token "night a", M.token "night b" },
  }
end

--- A SPEC with something less of each kind.
function M.less()
  return {
    projects = { M.project(M.rule "keep") }, ownTokens = "night *",
    teams = { { name = "desk", members = json.array { { email = KARI } },
      scopes = { allProjectsScope = { roles = { "reader" } } } } },
    invites = json.array { { email = "kept@x.example", teams = { "desk" } } },
    tokens = json.array { M.token "night a" },
    paymentMethod = { displayName = "2026 contract", acceptTerms = true },
  }
end

--- Makes a sandbox that has what a SPEC says (default: `more`).
function M.grown(spec)
  local here = flow.new()
  local outcome = here:onboard(spec or M.more())
  assert.equal(0, outcome.code, outcome.err)
  return here
end

--- Runs `onboard --prune` with a SPEC, a Lua value, and more options.
function M.prune(here, spec, kinds, ...)
  here:write("less.json", json.encode(spec))
  local words = { "onboard", "--prune", kinds, ... }
  words[#words + 1] = "less.json"
  return here:counted(table.unpack(words))
end

--- Returns a team of the sandbox, or nil.
function M.team_of(here, name)
  for _, team in ipairs(here:state().organizations[1].teams) do
    if team.name == name then return team end
  end
end

--- Returns the addresses of the members of a team, sorted.
function M.members_of(here, name)
  local emails, by_id = {}, {}
  for _, user in ipairs(here:state().users) do by_id[user.id] = user.email end
  for id in pairs(M.team_of(here, name).members) do
    emails[#emails + 1] = by_id[id]
  end
  table.sort(emails)
  return emails
end

--- Returns what there is, as "KIND NAME".
function M.inventory(here)
  local organization, list = here:state().organizations[1], {}
  local function add(...) list[#list + 1] = table.concat({ ... }, " ") end
  for _, one in ipairs(organization.projects) do
    for _, hook in ipairs(one.webhooks) do add("rule", hook.name) end
  end
  for _, team in ipairs(organization.teams) do
    local count = 0
    for _ in pairs(team.members) do count = count + 1 end
    add("team", team.name, tostring(count))
    for scope in pairs(team.scopes) do add("scope", team.name, scope) end
  end
  for _, invite in ipairs(organization.invites) do
    add("invite", invite.email)
  end
  for _, one in ipairs(here:state().tokens) do
    if one.revoked == json.null and one.type == "restricted" then
      add("token", one.description)
    end
  end
  table.sort(list)
  return list
end

--- The inventory of an organization with nothing but the predefined teams.
M.PREDEFINED = { "scope Administrators allProjectsScope",
  "scope Administrators managementScope", "scope Everyone allProjectsScope",
  "scope Everyone managementScope", "team Administrators 1",
  "team Everyone 3" }

--- Fails unless a run was refused with this message and wrote nothing.
function M.refuses(outcome, writes, message)
  assert.equal(2, outcome.code, outcome.err)
  assert.equal(0, writes)
  assert.matches(message, outcome.err, 1, true)
end

return M
