--- Makes the state of a sandbox large: so many users, teams and projects, with
--- tokens and invites as an organization has them after some years.
--
-- @usage  mkrun tests/browser/large.lua STATE USERS TEAMS PROJECTS
-- @arg    STATE     state file of a sandbox, which is changed
-- @arg    USERS     number of users
-- @arg    TEAMS     number of teams
-- @arg    PROJECTS  number of projects, each with a scope
-- @exit   0 done
-- @tags   write

local json = require "mkrun.json"
local sys = require "mkrun.sys"

local path, users, teams, projects = ...
users, teams, projects = tonumber(users), tonumber(teams), tonumber(projects)
local state = assert(json.decode(assert(sys.read(path))))
local org = state.organizations[1]

math.randomseed(14)
local random <const> = math.random

local GIVEN <const> = { "Aino", "Bjarne", "Chioma", "Dag", "Edda", "Farid",
  "Guro", "Hana", "Ingrid", "Jonas", "Kwame", "Leila", "Mateo", "Nora", "Olav",
  "Priya", "Runa", "Sindre", "Thea", "Yusuf" }
local FAMILY <const> = { "Aas", "Berg", "Chen", "Dahl", "Eide", "Foss",
  "Garcia", "Hansen", "Iversen", "Juhl", "Kaya", "Lund", "Moen", "Nguyen",
  "Okafor", "Patel", "Rossi", "Strand", "Tran", "Vik" }
local DESKS <const> = { "news", "sports", "drama", "archive", "captions",
  "ingest", "playout", "regional", "radio", "kids" }
local PLACES <const> = { "oslo", "bergen", "tromso", "stavanger", "bodo" }

local function id(kind, i)
  return ("%08x-0000-4000-8000-%012x"):format(kind, i)
end

local function day(ago) return sys.iso8601(sys.now() - ago * 86400) end

local function copy(value)
  return json.decode(json.encode(value))
end

local function name_of(i)
  local given, family = GIVEN[random(#GIVEN)], FAMILY[random(#FAMILY)]
  return given .. " " .. family, ("%s.%s%d@northlight.example")
    :format(given:lower(), family:lower(), i)
end

local function add_token(i, user)
  local kind = random(10)
  table.insert(state.tokens, {
    id = id(0x70, i), userId = user, organizationId = org.id,
    description = kind < 8 and "work of " .. DESKS[random(#DESKS)] or "laptop",
    digest = ("%064x"):format(i), issued = day(200), revoked = json.null,
    type = kind < 8 and "restricted" or "full-access",
    expires = day(-random(1, 360)),
    lastUsed = random(5) > 1 and day(random(180)):sub(1, 10) or json.null,
    permissions = kind < 8 and { ["core.project"] = {
      [org.projects[1].id] = { ["ams.asset"] = { "get" } } } } or json.null,
  })
end

local function add_users()
  local ids = {}
  for i = 1, users do
    local user = copy(state.users[1])
    user.id, ids[i] = id(1, i), id(1, i)
    user.name, user.email = name_of(i)
    table.insert(state.users, user)
    table.insert(org.members, user.id)
    if random(10) > 2 then add_token(i, user.id) end
  end
  return ids
end

local function add_projects()
  for i = 1, projects do
    local project = copy(org.projects[1])
    project.id, project.webhooks = id(3, i), json.array {}
    project.name = DESKS[(i - 1) % #DESKS + 1] .. "-" .. i
    table.insert(org.projects, project)
    table.insert(org.scopes, { id = id(4, i), name = project.name .. "Scope",
      description = "", resources = { { type = "core.project",
        id = project.id } } })
  end
end

local function scopes_of_team(i)
  local list, scopes = org.scopes, {}
  for _ = 1, random(1, 3) do
    scopes[list[random(math.min(3, #list), #list)].name] = {
      roles = { random(3) == 1 and "user" or "reader" } }
  end
  if i % 60 == 0 then scopes.allProjectsScope = { roles = { "user" } } end
  if i % 160 == 0 then
    scopes.managementScope = { roles = { "administrator" } }
  end
  return scopes
end

local function add_teams(ids)
  for i = 1, teams do
    local members = {}
    for _ = 1, random(20, 120) do
      members[ids[random(#ids * 95 // 100)]] = { isTeamAdmin = random(20) == 1 }
    end
    table.insert(org.teams, { id = id(2, i), description = "",
      name = ("%s-%s-%03d"):format(DESKS[random(#DESKS)],
        PLACES[random(#PLACES)], i),
      members = members, scopes = scopes_of_team(i) })
  end
end

local function fill_everyone(ids)
  for _, team in ipairs(org.teams) do
    if team.name == "Everyone" then
      for _, user in ipairs(ids) do
        team.members[user] = { isTeamAdmin = false }
      end
    end
  end
end

local function add_invites()
  for i = 1, users // 250 do
    local invite = copy(org.invites[1])
    local _, email = name_of(i)
    invite.id, invite.email = id(6, i), email:gsub("@.*", "@partner.example")
    invite.created, invite.teams = day(random(13)), json.array {
      org.teams[random(#org.teams)].name }
    table.insert(org.invites, invite)
  end
end

add_projects()
local ids = add_users()
add_teams(ids)
fill_everyone(ids)
add_invites()
assert(sys.write(path, assert(json.encode(state))))
