--- The section "far": flows on a server whose answers take 50 ms, as those
--- from another continent do.  It is the served sandbox, with nginx before it
--- for TLS.
---
--- Every program begins with the same state and must end in mkrun's: a row
--- whose end differs is an error.  Wall times of whole processes, the best of
--- some rounds.

local http = require "mkrun.http"
local json = require "mkrun.json"

local measure = require "measure"
local programs = require "programs"
local report = require "report"
local targets = require "targets"

local ending = dofile "tests/support/ending.lua"

local M = {}

local DELAY <const> = 0.05
local SECONDS <const> = 120 -- ends nothing: each command is run once at a time

local folder = programs.work .. "/far"
local token = folder .. "/evening-news.token"
local login -- the token of all programs, a JWT as the API's are

-- --- The server -----------------------------------------------------------

--- Sends a request that is not of the API.
local function control(method, name, body)
  local response = assert(http.request { method = method,
    url = os.getenv "SANDBOX" .. "/.sandbox/" .. name,
    body = body and json.encode(body), timeout = 60 })
  assert(response.status == 200, response.body)
  return assert(json.decode(response.body))
end

local function state() return control("GET", "state") end

local function begin(from) control("POST", "state", from) end

local function sent() return #control("GET", "requests") end

-- --- What is set up -------------------------------------------------------

local function read(path)
  local file <close> = io.open(path)
  return file and file:read "a"
end

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  assert(file:write(text))
end

local function each(count, make)
  local list = json.array {}
  for i = 1, count do list[i] = make(i) end
  return list
end

local function example()
  local spec = json.decode(assert(read "scripts/examples/onboard.json"))
  spec.tokens[1].file = token
  return spec
end

local function teams(count)
  return { teams = each(count, function(i)
    return { name = "team-" .. i, description = "T " .. i,
      scopes = { allProjectsScope = { roles = { "reader" } } },
      members = { { email = "nils@northlight.example" } } }
  end) }
end

local function projects(count)
  return { paymentMethod = { displayName = "2026 contract",
    acceptTerms = true }, projects = each(count, function(i)
    return { name = "proj-" .. i, displayName = "P " .. i,
      locationName = "westeurope", webhooks = { { name = "done",
        url = "https://h.example/x", events = { "MediaKind.JobFinished" } } } }
  end) }
end

-- --- Where a run ends -----------------------------------------------------

--- What `ending` leaves out: where projects are, and who pays for them.
local function places(from)
  local list, home = {}, from.organizations[1]
  for _, project in ipairs(home.projects) do
    list[project.name] = { project.locationId, project.paymentMethodId }
  end
  return list
end

--- A text that is the same for the same things in another order.
local function canonical(value)
  local function sorted(part)
    if type(part) ~= "table" then return part end
    local copy, is_list = {}, #part > 0
    for key, item in pairs(part) do copy[key] = sorted(item) end
    if not is_list then return json.object(copy) end
    table.sort(copy, function(a, b) return json.encode(a, { sort = true })
      < json.encode(b, { sort = true }) end)
    return json.array(copy)
  end
  return json.encode(sorted(value), { sort = true })
end

--- Where a program has ended: the state, whether there is a token, and what it
--- has exported.
local function ended(exports)
  local now = state()
  return canonical { ending.of(now), places(now), #(read(token) or "") > 20,
    exports and json.decode(assert(read(folder .. "/out"))) or false }
end

-- --- Runs -----------------------------------------------------------------

---@class bench.Far
---@field what string
---@field spec? string      path of what is onboarded; nothing: export
---@field from table        the state before each run
---@field token? string     the text of the token's file before each run

local function run(row, command)
  begin(row.from)
  os.remove(token)
  if row.token then write(token, row.token) end
  local before = sent()
  local found = measure.run(programs.spawn, programs.work, { command }, 1,
    SECONDS)[command.name]
  if not found then return nil, "it failed: " .. read(programs.work
    .. "/errors"):sub(-400) end
  return { wall = found.wall, cpu = found.cpu, requests = sent() - before,
    ended = ended(not row.spec) }
end

local function best(row, command, rounds)
  local least
  for _ = 1, rounds do
    local found, problem = run(row, command)
    if not found then return nil, problem end
    if not least or found.wall < least.wall then least = found end
  end
  return least
end

local function hops(found) return found.wall / DELAY end

local function note(ours, theirs)
  return ("hops %.1f : %.1f, requests %d : %d, CPU %.0f : %.0f ms"):format(
    hops(ours), hops(theirs), ours.requests, theirs.requests,
    ours.cpu * 1000, theirs.cpu * 1000)
end

local function compare(row, rounds)
  local commands, absent = programs.far(login, row.spec, folder .. "/out")
  for _, name in ipairs(absent) do report.absent(row.what, name) end
  local ours, problem = best(row, commands[1], rounds)
  if not ours then return report.wrong(row.what, "mkrun", problem) end
  for i = 2, #commands do
    local name = commands[i].name
    local theirs, why = best(row, commands[i], rounds)
    if theirs and theirs.ended ~= ours.ended then
      write(folder .. "/ours", ours.ended)
      write(folder .. "/theirs", theirs.ended)
      theirs, why = nil, "it ends in another state"
    end
    if theirs then
      report.row { what = row.what, unit = "wall", ours = ours.wall,
        peer = name, theirs = theirs.wall, note = note(ours, theirs),
        target = targets.of(targets.far, name),
        why = targets.why(targets.far, name) }
    else
      report.wrong(row.what, name, why)
    end
  end
end

--- A state that mkrun has made of `from`, and the token's file.
local function onboarded(from, spec)
  local row = { spec = spec, from = from }
  assert(run(row, programs.far(login, spec)[1]))
  return { from = state(), token = read(token) }
end

--- Prints the rows of a flow's first run, and of the second.
local function onboard(name, document, from, rounds)
  local path = ("%s/%s.json"):format(folder, name:gsub("%W+", "-"))
  write(path, json.encode(document))
  compare({ what = name .. ", first", spec = path, from = from }, rounds)
  local after = onboarded(from, path)
  compare({ what = name .. ", unchanged", spec = path, from = after.from,
    token = after.token }, rounds)
  return after
end

--- Prints the section.
---@param rounds integer
function M.run(rounds)
  os.execute("mkdir -p " .. folder)
  control("POST", "faults", { rules = { { faults = { { delay = DELAY } } } } })
  login = control("POST", "login", json.object {}).token
  local from = state()
  local after = onboard("the example", example(), from, rounds)
  compare({ what = "export of it", from = after.from, token = after.token },
    rounds)
  onboard("200 teams", teams(200), from, rounds)
  onboard("50 projects", projects(50), from, rounds)
end

return M
