--- The crash matrix: each write of each flow is a place where the run is
--- killed (SIGKILL), at three moments; then it is resumed from its journal.
---
--- It must end as a run that nobody disturbed: the same state, nothing twice,
--- the one live token in its file.  Over a real socket.

local json = require "mkrun.json"

local flows = require "tests.support.crash_flows"
local ending = require "tests.support.ending"
local process = require "tests.support.process"
local release = require "tests.support.release"
local secret = require "mkrun.secret"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local suicide = require "tests.support.suicide"
local temp = require "tests.support.temp"

local TOKEN <const> = "canary-9b02c4d1"
local FILE <const> = flows.FILE
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

--- Lua for `-e`: kills the run when it has replaced its n-th file, such as a
--- token's or a lease.
local function killed_at_file(n)
  return suicide.die .. ([[
    local sys, n = require "mkrun.sys", %d
    local reserve = sys.reserve
    function sys.reserve(...)
      local slot, message, code = reserve(...)
      if not slot then return slot, message, code end
      return { close = function() slot:close() end, store = function(_, text)
        local results = table.pack(slot:store(text))
        n = n - 1
        if n == 0 then die() end
        return table.unpack(results, 1, results.n)
      end }
    end
  ]]):format(n)
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

--- How many live tokens the lease keeps, of how many entries.
local function leased(folder, state)
  local text = temp.read(folder .. "/" .. FILE .. ".lease")
    or temp.read(folder .. "/lease")
  local entries, live = text and json.decode(text).tokens or {}, 0
  for _, entry in ipairs(entries) do
    assert(not entry.successor, "an entry that does not count yet")
    for _, known in ipairs(state.tokens) do
      if known.id == entry.id and known.revoked == json.null then
        live = live + 1
      end
    end
  end
  return ("%d of %d"):format(live, #entries)
end

--- What is compared: the API's state, and the token in the folder.
local function outcome_in(folder)
  local state = api:state()
  return { api = ending.of(state), stored = stored(folder, state),
    leased = leased(folder, state) }
end

local function copy(folder)
  local other = temp.folder()
  shell.execute(("cp -a %s/. %s"):format(folder, other))
  return other
end

--- The world that a flow begins in: a state of the API, and a folder.
local function prepare(flow, blank)
  local folder = temp.folder()
  flows.write_files(folder)
  api:begin(blank)
  if flow.first then succeed(folder, table.unpack(flow.first)) end
  if flow.before then succeed(folder, table.unpack(flow.before)) end
  if flow.due then flows.make_due(folder) end
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

--- Calls `go(...)` a minute later.
local function later(go, ...)
  api:advance(OLD)
  local outcome = go(...)
  api:advance(-OLD)
  return outcome
end

local function resume_now(folder)
  return run(folder, "--resume", "journal", "-e", "")
end

local function resume(folder) return later(resume_now, folder) end

--- Runs a flow with a journal, and with code that kills it.
local function disturbed(flow, folder, words)
  words = { table.unpack(words) }
  table.move({ "--journal", "journal", table.unpack(flow.words) }, 1,
    #flow.words + 2, #words + 1, words)
  return run(folder, table.unpack(words))
end

--- Kill, resume, and say what was wrong, if anything.
local function case(flow, world, folder, how, n, expected)
  api:begin(world)
  folder = copy(folder)
  local killed = disturbed(flow, folder, how(api, folder, n))
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

--- The ids of the tokens that the file or the lease of a folder had at some
--- time: a consumer may have them.
local function stored_in(folder, ids)
  local token = secret.read(folder .. "/" .. FILE, FILE)
  ids[#ids + 1] = token and token:claims().jti
  return ids
end

local function dead_of(ids)
  for _, known in ipairs(api:state().tokens) do
    for _, id in ipairs(ids) do
      if known.id == id and known.revoked ~= json.null then return id end
    end
  end
end

--- Kills a run that keeps the old token when it has replaced its n-th file.
--- Then runs `again`.  Returns what was wrong, true if it has no n-th file, and
--- the folder.
local function file_case(flow, world, folder, n, again)
  api:begin(world)
  folder = copy(folder)
  local ids = stored_in(folder, {})
  local killed = disturbed(flow, folder, { "-e", killed_at_file(n) })
  if killed.code ~= KILLED then
    return killed.code ~= 0 and killed.err or nil, true
  end
  stored_in(folder, ids)
  local second = again(folder)
  if second.code ~= 0 then return second.err end
  local dead = dead_of(stored_in(folder, ids))
  if dead then return dead .. " is dead, and a consumer may have it" end
  return nil, false, folder
end

--- What comes after the kill.  Without a journal, nobody knows whether a token
--- was passed on to the command, so it stays as well.
local seconds = {
  ["and is resumed"] = resume_now,
  ["and comes again"] = function(folder, flow)
    return run(folder, table.unpack(flow.words))
  end,
  ["and comes again without --keep-old"] = function(folder, flow)
    local words = {}
    for i, word in ipairs(flow.words) do
      words[i] = word == "--keep-old" and "--within" or word == "24h" and "14"
        or word
    end
    return run(folder, table.unpack(words))
  end,
}

--- Returns how a resumed run differs from an undisturbed one, or nil.
local function fault_of_end(name, how, folder, expected)
  if how ~= "and is resumed" or name:find "exec" then return nil end
  local ok, message = pcall(assert.same, expected, outcome_in(folder))
  return not ok and tostring(message) or nil
end

--- Tries each file that a flow replaces.
local function try_files(name, flow, world, folder, expected)
  for how, again in pairs(seconds) do
    for n = 1, 9 do
      local fault, is_over, place = file_case(flow, world, folder, n,
        function(at) return later(again, at, flow) end)
      if is_over and not fault then break end
      count = count + 1
      fault = fault or fault_of_end(name, how, place, expected)
      if fault then
        failures[#failures + 1] =
          ("%s, after file %d, %s: %s"):format(name, n, how, fault)
      end
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

  for name, flow in pairs(flows.all) do
    it("ends as an undisturbed one: " .. name, function()
      local first = #failures + 1
      local world, folder = prepare(flow, blank)
      local undisturbed = copy(folder)
      succeed(undisturbed, "--journal", "journal", table.unpack(flow.words))
      local expected = outcome_in(undisturbed)
      local writes = writes_in(undisturbed .. "/journal")
      assert(writes >= 1, "a flow that writes")
      for n = 1, writes do try(name, flow, world, folder, n, expected) end
      if flow.files then try_files(name, flow, world, folder, expected) end
      assert(not failures[first], table.concat(failures, "\n", first))
    end)
  end
end)
