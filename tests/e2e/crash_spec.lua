--- The crash matrix: each write of each flow is a place where the run is
--- killed (SIGKILL), at three moments; then it is resumed from its journal.
---
--- It must end as a run that nobody disturbed: the same state, nothing twice,
--- the one live token in its file.  Over a real socket.
---
--- @seconds 15

local json = require "mkrun.json"

local ending = require "tests.support.ending"
local process = require "tests.support.process"
local release = require "tests.support.release"
local secret = require "mkrun.secret"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local suicide = require "tests.support.suicide"
local temp = require "tests.support.temp"

local TOKEN <const> = "canary-9b02c4d1"
local EXAMPLE <const> = shell.output "pwd" .. "/scripts/examples/onboard.json"
local FILE <const> = "evening-news.token"
local NILS <const> = "nils@northlight.example"
local KILLED <const> = 128 + 9

--- Lua for `-e`: kills the run itself, when the journal is to get (`before`)
--- or has got (`after`) its n-th entry of a kind.
local function killed_at(kind, moment, n)
  return suicide.die .. ([[
    local journal, n = require "mkrun.journal".Journal, %d
    local real = journal.%s
    function journal.%s(...)
      n = n - 1
      local results = %s and { real(...) }
      if n == 0 then die() end
      return table.unpack(results or { real(...) })
    end
  ]]):format(n, kind, kind, moment == "after")
end

--- How a run is killed at its n-th write: words for the command line.
local moments = {
  ["before it is sent"] = function(_, _, n)
    return { "-e", killed_at("intent", "after", n) }
  end,
  ["after its effect"] = function(api, folder, n)
    api:kill(folder .. "/pid", n)
    return {}
  end,
  ["after its answer"] = function(_, _, n)
    return { "-e", killed_at("outcome", "before", n) }
  end,
}

--- What runs before, and the words of the flow.
local flows = {
  onboard = { words = { "onboard", EXAMPLE } },
  ["onboard, where much differs"] = { before = { "onboard", EXAMPLE },
    words = { "onboard", "changed.json" } },
  ["onboard --prune"] = { before = { "onboard", EXAMPLE },
    words = { "onboard", "--prune", "members,teams,scopes,rules,invites",
      "--yes", "less.json" } },
  ["token create --exec"] = { words = { "token", "create", "new", "--allow",
    "core.project.get", "--exec", "cat >" .. FILE } },
  ["rotate-tokens --exec"] = { before = { "onboard", EXAMPLE },
    words = { "rotate-tokens", "--exec", "cat >" .. FILE,
      "evening-news automation" } },
  ["rotate-tokens"] = { before = { "onboard", EXAMPLE },
    words = { "rotate-tokens", "--file", FILE, "evening-news automation" } },
  offboard = { before = { "-e", [[
      local org = require "mkio".connect()
      local nils = org.users:find "nils@northlight.example"
      org.teams:ensure("desk", { description = "day", members = {
        [nils.metadata.id] = { isTeamAdmin = true },
        [org.users:find "ola@northlight.example".metadata.id] = {} } })
      org.invites:ensure("guest@partner.example", { comment = "hello" })
    ]] }, login = NILS,
    words = { "offboard", "--yes", NILS, "guest@partner.example" } },
  invite = { words = { "invite", "guests.csv" } },
  webhooks = { before = { "onboard", EXAMPLE }, words = { "webhooks",
    "--prune", "--yes", "evening-news", "rules.json" } },
  undo = { before = { "--journal", "before", "-e", [[
      local org = require "mkio".connect()
      org.teams:ensure("desk", { description = "day" })
      org.invites:ensure("guest@partner.example", { comment = "hello" })
      org:patch { legalEntityContactEmail = "law@northlight.example" }
      org.me:patch_profile { jobRole = "Editor" }
    ]] }, words = { "undo", "--yes", "before" } },
}

--- Instead of the one rule of the example.
local RULES <const> = [=[ [
  { "name": "a", "url": "https://hooks.test/a", "enabled": true,
    "events": ["MediaKind.JobFinished"],
    "authentication": { "headers": { "X-Key": "some-secret" } } },
  { "name": "b", "url": "https://hooks.test/b", "enabled": false,
    "events": ["MediaKind.JobStarted"] } ] ]=]

local api, count, failures = nil, 0, {}

--- Run mkrun in a folder; its process id is in the file "pid".
local function run(folder, ...)
  local words = { "sh", "-c", 'echo $$ >pid; exec "$@"', "sh", release.path,
    "--base-url", api.url, ... }
  return process.run(words, { cwd = folder, env = { MKIO_TOKEN = TOKEN } })
end

local function succeed(folder, ...)
  local outcome = run(folder, ...)
  if outcome.code ~= 0 then error(outcome.err) end
  return outcome
end

--- The id of the token in the file, and whether it lives.
local function stored(folder, state)
  local token = secret.read(folder .. "/" .. FILE, FILE)
  local id = token and token:claims().jti
  for _, known in ipairs(state.tokens) do
    if known.id == id then return known.revoked == json.null end
  end
  return id ~= nil and "unknown" or "none"
end

--- What is compared: the API's state, and the token in the folder.
local function outcome_in(folder)
  local state = api:state()
  return { api = ending.of(state), stored = stored(folder, state) }
end

local function copy(folder)
  local other = temp.folder()
  shell.execute(("cp -a %s/. %s"):format(folder, other))
  return other
end

--- The example SPEC with something else in each part of it.
local function changed()
  local text = temp.read(EXAMPLE)
  for was, is in pairs {
    ['"night" }'] = '"day" }', ["Evening News"] = "Late News",
    ['["user"]'] = '["reader"]', ["May look"] = "Can look",
    ['["get"]'] = '["get", "update"]', ["legal@"] = "law@",
    ['{ "email": "nils@northlight.example" },\n        { "email": "free'] =
      '{ "email": "free',
  } do
    local before, after = text:find(was, 1, true)
    text = text:sub(1, before - 1) .. is .. text:sub(after + 1)
  end
  return text
end

--- The example SPEC with something less in each part of it.
local function less()
  local spec = json.decode(temp.read(EXAMPLE))
  local team = spec.teams[1]
  team.members = { team.members[1], { email = "ola@northlight.example" } }
  spec.teams, team.scopes = { team }, json.object {}
  spec.projects[1].webhooks, spec.invites = json.array {}, json.array {}
  spec.tokens, spec.ownTokens = json.array {}, "evening-news *"
  return json.encode(spec)
end

--- The world that a flow begins in: a state of the API, and a folder.
local function prepare(flow, blank)
  local folder = temp.folder()
  temp.write(folder .. "/guests.csv", "email\na@partner.example\n"
    .. "b@partner.example\nc@partner.example\n")
  temp.write(folder .. "/changed.json", changed())
  temp.write(folder .. "/less.json", less())
  temp.write(folder .. "/rules.json", RULES)
  api:begin(blank)
  if flow.before then succeed(folder, table.unpack(flow.before)) end
  if flow.login then api:login(flow.login) end
  return api:state(), folder
end

local function writes_in(path)
  local _, writes = temp.read(path):gsub('"method":', "")
  return writes
end

--- Seconds after which a token that a killed run made counts as nobody's: else
--- a rotation waits so long, in case another run is about to store it.
local OLD <const> = 61

--- Resumes, a minute later.
local function resume(folder)
  api:advance(OLD)
  local resumed = run(folder, "--resume", "journal", "-e", "")
  api:advance(-OLD)
  return resumed
end

--- Kill, resume, and say what was wrong, if anything.
local function case(flow, world, folder, how, n, expected)
  api:begin(world)
  folder = copy(folder)
  local words = how(api, folder, n)
  table.move({ "--journal", "journal", table.unpack(flow.words) }, 1,
    #flow.words + 2, #words + 1, words)
  local killed = run(folder, table.unpack(words))
  if killed.code ~= KILLED then return "not killed: " .. killed.err end
  local resumed = resume(folder)
  if resumed.code ~= 0 then return resumed.err end
  local ok, message = pcall(assert.same, expected, outcome_in(folder))
  return not ok and tostring(message) or nil
end

local function try(name, flow, world, folder, n, expected)
  for moment, how in pairs(moments) do
    count = count + 1
    local fault = case(flow, world, folder, how, n, expected)
    if fault then
      failures[#failures + 1] =
        ("%s, write %d, %s: %s"):format(name, n, moment, fault)
    end
  end
end

describe("a run that was killed and is resumed", function()
  local blank

  setup(function()
    api = served.start { token = TOKEN }
    blank = api:state()
  end)

  teardown(function()
    api:stop()
    io.write(("crash matrix: %d cases, %d failures\n"):format(count,
      #failures))
  end)

  for name, flow in pairs(flows) do
    it("ends as an undisturbed one: " .. name, function()
      local first = #failures + 1
      local world, folder = prepare(flow, blank)
      local undisturbed = copy(folder)
      succeed(undisturbed, "--journal", "journal", table.unpack(flow.words))
      local expected = outcome_in(undisturbed)
      local writes = writes_in(undisturbed .. "/journal")
      assert(writes >= 1, "a flow that writes")
      for n = 1, writes do try(name, flow, world, folder, n, expected) end
      assert(not failures[first], table.concat(failures, "\n", first))
    end)
  end
end)
