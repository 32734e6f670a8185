--- How the time of a flow grows on the sandbox: at doubling sizes, with the
--- factor of each doubling.  What is linear doubles.

local json = require "mkrun.json"
local sandbox = require "mkio.sandbox"
local sys = require "mkrun.sys"

local measure = require "measure"
local programs = require "programs"
local report = require "report"

local M = {}

local MOST <const> = 2.4 -- for each doubling
local DAY <const> = 24 * 60 * 60

local function write(name, text)
  local path = programs.work .. "/" .. name
  local file <close> = assert(io.open(path, "w"))
  assert(file:write(text))
  return path
end

local function each(count, make)
  local list = json.array {}
  for i = 1, count do list[i] = make(i) end
  return list
end

local function guest(i) return ("guest%d@partner.example"):format(i) end

local function user(i) return ("user%d@northlight.example"):format(i) end

local function team_of(ids, i)
  local members = json.object {}
  for k = 1, 10 do
    members[ids[(i * 10 + k) % #ids + 1]] = { isTeamAdmin = false }
  end
  return { id = sys.uuid(), name = "team-" .. i, description = "",
    members = members,
    scopes = { allProjectsScope = { roles = json.array { "reader" } } } }
end

--- Users, all of them in Everyone, and a team for each ten.
local function add_users(state, count)
  local home, ids = state.organizations[1], {}
  for i = 1, count do
    local copy = {}
    for name, value in pairs(state.users[1]) do copy[name] = value end
    copy.id, copy.email = sys.uuid(), user(i)
    ids[i] = copy.id
    table.insert(state.users, copy)
    table.insert(home.members, copy.id)
    home.teams[2].members[copy.id] = { isTeamAdmin = false }
  end
  for i = 1, count // 10 do table.insert(home.teams, team_of(ids, i)) end
end

local function add_invites(state, count)
  local home = state.organizations[1]
  home.invites = each(count, function(i)
    return { id = sys.uuid(), email = guest(i), comment = "",
      created = sys.iso8601(math.floor(sys.now() - 10 * DAY)),
      teams = json.array { "Everyone" }, invitedById = state.users[1].id }
  end)
end

local function projects(count)
  return { paymentMethod = { displayName = "2026 contract",
    acceptTerms = true }, projects = each(count, function(i)
    return { name = "project-" .. i, displayName = "P",
      locationName = "westeurope" }
  end) }
end

local function spec(document)
  return { "onboard", write("growth-spec.json", json.encode(document)) }
end

--- Each takes the state of a new sandbox and a size, and returns a command.
local flows = {
  { "offboard one of n users", function(state, count)
    add_users(state, count)
    return { "offboard", "--yes", user(5) }
  end, 4 },
  { "onboard n projects", function(_, count)
    return spec(projects(count))
  end },
  { "onboard n invites", function(_, count)
    return spec { invites = each(count, function(i)
      return { email = guest(i), teams = { "Everyone" } }
    end) }
  end },
  { "onboard n teams", function(state, count)
    add_users(state, count)
    return spec { teams = each(count, function(i)
      return { name = "new-" .. i, members = { { email = user(i) } },
        scopes = { allProjectsScope = { roles = { "reader" } } } }
    end) }
  end },
  { "onboard n tokens", function(_, count)
    local document = projects(1)
    local permissions = { ["core.project"] =
      { ["project-1"] = { ["core.project"] = { "get" } } } }
    document.tokens = each(count, function(i)
      return { description = "token " .. i, permissions = permissions,
        file = ("%s/growth-tokens/%d"):format(programs.work, i) }
    end)
    return spec(document)
  end },
  { "prune-invites --cancel n", function(state, count)
    add_invites(state, count)
    return { "prune-invites", "--cancel", "--yes" }
  end },
}

--- Runs the flow on a copy of the state each time.
local function time(name, make, count)
  local model = sandbox.new()
  local words = make(model.world.state, count)
  local state = write("growth-state.json", model:save())
  local tokens = programs.work .. "/growth-tokens"
  local found = measure.run(programs.spawn, programs.work, { { name = name,
    "sh", "-c", ("rm -rf %s; mkdir %s; cp %s %s.run; exec %s --sandbox=%s.run "
      .. "%s >/dev/null 2>&1"):format(tokens, tokens, state, state,
      programs.mkrun, state, table.concat(words, " ")) } }, 1, 1)
  return found[name] and found[name].cpu
end

--- Print a row for each flow.
---@param base integer  the smallest of four sizes
function M.run(base)
  for _, flow in ipairs(flows) do
    local name, make, times = flow[1], flow[2], flow[3] or 1
    local sizes, found = {}, {}
    for i = 1, 4 do
      sizes[i] = base * times << i - 1
      found[i] = time(name, make, sizes[i])
      if not found[i] then break end
    end
    report.growth(name, sizes, found, MOST)
  end
end

return M
