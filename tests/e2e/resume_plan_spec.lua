--- `--resume` of an `--apply` that was killed: it goes on with the plan, and
--- with nothing else.
---
--- @seconds 60

local declared = require "tests.support.declared_providers"
local ending = require "tests.support.ending"
local process = require "tests.support.process"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local stores = require "tests.support.rest_store_served"
local temp = require "tests.support.temp"
local texts = require "tests.support.lua_text"

local EXAMPLE <const> = shell.output "pwd" .. "/scripts/examples/onboard.json"
local TOKEN <const> = "canary-51c0a9e2"

local api

--- Runs mkrun in a folder; its process id is in the file "pid".
local function run(folder, ...)
  return process.run({ "sh", "-c", 'echo $$ >pid; exec "$@"', "sh",
    release.path, "--base-url", api.url, ... },
    { cwd = folder, env = { MKIO_TOKEN = TOKEN } })
end

local function succeed(folder, ...)
  local outcome = run(folder, ...)
  assert.equal(0, outcome.code, outcome.err)
  return outcome
end

local function fails(folder, message, ...)
  local outcome = run(folder, ...)
  assert.not_equal(0, outcome.code)
  assert.matches(message, outcome.err, 1, true)
  return outcome
end

--- Three teams, one after the other, by a script that looks before it writes.
local TEAMS <const> = [[
  local teams = require "mkio".connect().teams
  for _, name in ipairs { "one", "two", "three" } do
    teams:ensure(name, { description = "of the plan" })
  end
]]

--- The same, by a script that does not look.
local PUTS <const> = [[
  local object = require "mkrun.json".object
  local teams = require "mkio".connect().teams
  for _, name in ipairs { "one", "two", "three" } do
    teams:put(name, { description = "of the plan",
      members = object {}, scopes = object {} })
  end
]]

local CHANGE <const> = [[require "mkio".connect().teams:put("%s",
  { description = "of somebody else", members = {}, scopes = {} })]]

describe("--resume of an --apply", function()
  local blank

  setup(function()
    api = served.start { token = TOKEN }
    blank = api:state()
  end)
  teardown(function() if api then api:stop() end end)

  --- Plans a script, applies the plan and kills that run at its n-th write.
  local function killed(n, ...)
    local folder = temp.folder()
    temp.write(folder .. "/teams.lua", TEAMS)
    temp.write(folder .. "/puts.lua", PUTS)
    api:begin(blank)
    assert.equal(3, run(folder, "--plan-out", "p", ...).code)
    api:kill(folder .. "/pid", n)
    assert.not_equal(0, run(folder, "--journal", "j", "--apply", "p").code)
    return folder
  end

  it("ends as the plan says, wherever it was killed", function()
    local folder = temp.folder()
    temp.write(folder .. "/teams.lua", TEAMS)
    temp.write(folder .. "/puts.lua", PUTS)
    for _, words in ipairs { { "onboard", EXAMPLE }, { "teams.lua" },
      { "puts.lua" } } do
      api:begin(blank)
      local writes = -api:writes()
      run(folder, "--plan-out", "p", table.unpack(words))
      succeed(folder, "--apply", "p")
      local after = ending.of(api:state())
      writes = writes + api:writes()
      assert.is_true(writes > 2)
      for n = 1, writes do
        local place = killed(n, table.unpack(words))
        succeed(place, "--resume", "j")
        assert.same(after, ending.of(api:state()), n)
      end
    end
  end)

  it("does not write again what somebody else has changed since", function()
    for script, message in pairs {
      ["teams.lua"] = "PATCH /api/v1/organization/teams/one is not in the plan",
      ["puts.lua"] = "PUT /api/v1/organization/teams/one: the run before has "
        .. "sent it, and what is there is not as it left it; it was not sent "
        .. "again",
    } do
      local folder = killed(1, script)
      succeed(folder, "-e", CHANGE:format "one")
      local count = api:writes()
      fails(folder, message, "--resume", "j")
      assert.equal(count, api:writes())
    end
  end)

  it("ends before it writes over what somebody else has changed", function()
    local folder = killed(1, "teams.lua")
    succeed(folder, "-e", CHANGE:format "two")
    local count = api:writes()
    local outcome = fails(folder, "team two is there by now (the plan is to "
      .. "create it); nothing more was written", "--resume", "j")
    assert.equal(2, outcome.code)
    assert.equal(count, api:writes())
  end)

  it("is refused without that plan", function()
    local folder = killed(1, "teams.lua")
    local count, plan = api:writes(), temp.read(folder .. "/p")
    for _, words in ipairs { { "teams.lua" }, { "-e", "x = 1" }, { "-i" } } do
      fails(folder, "--resume: j: its run applied the plan p, and goes on with "
        .. "that: give no SCRIPT", "--resume", "j", table.unpack(words))
    end
    temp.write(folder .. "/p", (plan:gsub("of the plan", "of another plan")))
    fails(folder, "--resume: j: its run applied the plan p, which is another "
      .. "one now; to take back what was sent: mkrun undo j", "--resume", "j")
    os.remove(folder .. "/p")
    fails(folder, "--resume: j: its run applied a plan that cannot be read now",
      "--resume", "j")
    assert.equal(count, api:writes())
    succeed(folder, "undo", "--yes", "j")
    assert.same(ending.of(blank), ending.of(api:state()))
    temp.write(folder .. "/p", plan)
    local other = temp.folder()
    shell.execute(("cp %s/* %s"):format(folder, other))
    fails(other, "--resume: j: its run was started in", "--resume", "j")
  end)
end)

describe("--resume of an --apply with a provider", function()
  local store

  setup(function() store = stores.start() end)
  teardown(function() if store then store.process:stop() end end)

  local function run_there(folder, ...)
    return process.run({ "sh", "-c", 'echo $$ >pid; exec "$@"', "sh",
      release.path, ... }, { cwd = folder, env = { MKRUN_TOKEN_BROKER = "u:p",
        MKRUN_TOKEN_NAMES = "t", MKRUN_BASE_URL_BROKER = store.url .. "/api",
        MKRUN_BASE_URL_NAMES = store.url .. "/api/v1", MKIO_TOKEN = false } })
  end

  local FLOW <const> = [[
    local rest, declared = require "mkrun.rest", dofile "declared.lua"
    local broker = rest.provider(declared.broker).connect()
    local names = rest.provider(declared.names).connect()
    broker.vhosts:ensure("a", { description = "planned" })
    local host = names.hosts:ensure({ name = "h" }, {})
    broker.vhosts:ensure("b", { description = "planned" })
    broker.vhosts:ensure("c", { description = host.uuid })
  ]]

  --- Applies a plan and kills that run before or after a request.
  local function killed_at(wanted, is_after)
    local folder = temp.folder()
    temp.write(folder .. "/declared.lua", ("return { broker = %s, names = %s }")
      :format(texts.of(declared.broker()), texts.of(declared.names())))
    temp.write(folder .. "/flow.lua", FLOW)
    local old = { name = "b", description = "old" }
    store:begin { ["/api/vhosts/b"] = old }
    assert.equal(3, run_there(folder, "--plan-out", "p", "flow.lua").code)
    store:begin { ["/api/vhosts/b"] = old }
    assert.equal(0, run_there(folder, "--apply", "p").code)
    local at
    for n, request in ipairs(store:requests()) do
      at = at or request == wanted and n
    end
    store:begin { ["/api/vhosts/b"] = old }
    store:kill(folder .. "/pid", at, is_after)
    assert.not_equal(0, run_there(folder, "--journal", "j", "--apply",
      "p").code)
    return folder
  end

  it("goes on with the ids that the server has given", function()
    for _, is_after in ipairs { true, false } do
      local folder = killed_at("PUT /api/vhosts/b", is_after)
      local outcome = run_there(folder, "--resume", "j")
      assert.equal(0, outcome.code, outcome.err)
      local state = store:state()
      assert.equal(state["/api/v1/hosts/id1"].uuid,
        state["/api/vhosts/c"].description)
      assert.is_nil(state["/api/v1/hosts/id2"])
    end
  end)

  it("writes nothing over what somebody else has changed after the kill",
    function()
      for path, message in pairs {
        ["/api/vhosts/b"] = "vhost b: description was 'old', is 'theirs' (the "
          .. "plan is to change it); nothing more was written",
        ["/api/vhosts/a"] = "PUT /api/vhosts/a: the run before has sent it, "
          .. "and what is there is not as it left it",
      } do
        local folder = killed_at("PUT /api/vhosts/b", false)
        local state = store:state()
        state[path].description = "theirs"
        store:begin(state)
        local outcome = run_there(folder, "--resume", "j")
        assert.not_equal(0, outcome.code)
        assert.matches(message, outcome.err, 1, true)
        assert.same({}, store:writes())
      end
    end)
end)
