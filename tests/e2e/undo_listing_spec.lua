--- What `undo` lists and asks for is what it does: it looks first.
---
--- @seconds 20

local declared = require "tests.support.declared_providers"
local ending = require "tests.support.ending"
local process = require "tests.support.process"
local release = require "tests.support.release"
local sandboxes = require "tests.support.served"
local served = require "tests.support.rest_store_served"
local temp = require "tests.support.temp"
local texts = require "tests.support.lua_text"

local api, mkio

local FLOW <const> = [[
local rest = require "mkrun.rest"
local declared = dofile "declared.lua"
local broker = rest.provider(declared.broker).connect()
local names = rest.provider(declared.names).connect()
broker.vhosts:ensure("a", { description = "mine" })
broker.vhosts:ensure("b", { description = "mine" })
broker.vhosts:delete "gone"
names.hosts:delete "h5"
]]

local BEFORE <const> = {
  ["/api/vhosts/a"] = { name = "a", description = "old" },
  ["/api/vhosts/gone"] = { name = "gone", description = "old" },
  ["/api/v1/hosts/h5"] = { uuid = "h5", name = "P5" },
}

local function run(folder, words, env)
  local all = { MKRUN_TOKEN_BROKER = "u:p", MKRUN_TOKEN_NAMES = "t",
    MKRUN_BASE_URL_BROKER = api.url .. "/api",
    MKRUN_BASE_URL_NAMES = api.url .. "/api/v1", MKIO_TOKEN = false,
    MKRUN_LUA = false, LUA_PATH = false, LUA_PATH_5_4 = false }
  for name, value in pairs(env or {}) do all[name] = value end
  return process.run({ release.path, table.unpack(words) },
    { cwd = folder, env = all })
end

local function begin()
  local folder = temp.folder()
  temp.write(folder .. "/declared.lua", ("return { broker = %s, names = %s }")
    :format(texts.of(declared.broker()), texts.of(declared.names())))
  temp.write(folder .. "/flow.lua", FLOW)
  api:begin(BEFORE)
  local outcome = run(folder, { "--journal", "j", "flow.lua" })
  assert.equal(0, outcome.code, outcome.err)
  return folder
end

--- The lines of steps in a text.
local function steps_in(text)
  local found = {}
  for line in text:gmatch "[^\n]+" do
    local step = line:match "^ *([-+~!=] .*)$"
    if step then found[#found + 1] = step:gsub("  +", " ") end
  end
  return found
end

--- Changes what is there as somebody else would.
local function change(by)
  local state = api:state()
  by(state)
  api:begin(state)
end

describe("the listing of undo", function()
  setup(function()
    api = served.start()
    mkio = sandboxes.start { token = "mkio-token" }
  end)
  teardown(function()
    if api then api.process:stop() end
    if mkio then mkio:stop() end
  end)

  it("has what will happen, and asks for that", function()
    local folder = begin()
    local count = #api:writes()
    local outcome = run(folder, { "undo", "j" })
    assert.equal(2, outcome.code)
    assert.same({ '+ host "P5"', '+ vhost "gone"', '- vhost "b"',
      '~ vhost "a"' }, steps_in(outcome.err))
    assert.matches("2 to create, 1 to change, 1 to delete", outcome.err, 1,
      true)
    assert.equal(count, #api:writes())
  end)

  it("leaves out what is done, and says why it leaves the rest", function()
    local folder = begin()
    change(function(state)
      state["/api/vhosts/a"].description = "theirs"
      state["/api/vhosts/gone"] = { name = "gone", description = "old" }
      state["/api/v1/hosts/theirs"] = { uuid = "theirs", name = "P5" }
    end)
    local taken <const> = "somebody else has changed it since"
    local outcome = run(folder, { "undo", "j" })
    assert.same({ '- vhost "b"', '! vhost "a"' }, steps_in(outcome.err))
    assert.matches(taken, outcome.err, 1, true)
    assert.matches("0 to create, 0 to change, 1 to delete", outcome.err, 1,
      true)
    local dry = run(folder, { "--dry-run", "undo", "j" })
    assert.equal(3, dry.code)
    assert.matches("vhost           a: " .. taken, dry.err, 1, true)
    assert.same({ '- broker vhost "b"' }, steps_in(dry.out))
    assert.same({}, api:writes())
    outcome = run(folder, { "undo", "--yes", "j" })
    assert.equal(1, outcome.code)
    assert.same({ "= host P5", "= vhost gone", "- vhost b",
      "! vhost a: " .. taken }, steps_in(outcome.out))
    assert.same({ "DELETE /api/vhosts/b" }, api:writes())
  end)

  it("is empty the second time: nothing is asked", function()
    local folder = begin()
    assert.equal(0, run(folder, { "undo", "--yes", "j" }).code)
    local count = #api:writes()
    local outcome = run(folder, { "undo", "j" })
    assert.equal(0, outcome.code, outcome.err)
    assert.same({}, steps_in(outcome.err))
    assert.same({ "= host P5", "= vhost gone", "= vhost b", "= vhost a" },
      steps_in(outcome.out))
    assert.equal(count, #api:writes())
  end)

  it("needs no token where there is nothing to undo", function()
    local folder = begin()
    temp.write(folder .. "/none.lua", 'require "mkrun.http"')
    temp.write(folder .. "/refused.lua", [[
      local rest = require "mkrun.rest"
      rest.provider(dofile "declared.lua".names).connect()
        :call("hosts.restart", { path = { id = "x" } })
    ]])
    temp.write(folder .. "/never.lua", [[
      local rest = require "mkrun.rest"
      rest.provider(dofile "declared.lua".broker).connect():call("policies.put",
        { path = { vhost = "v", name = "p" }, body = { pattern = "x" } })
    ]])
    for name, says in pairs { none = "none: there is nothing to undo",
      refused = "refused: there is nothing to undo",
      never = '! policy "v/p"\n      policies are history' } do
      run(folder, { "--journal", name, name .. ".lua" })
      local outcome = run(folder, { "undo", name }, {
        MKRUN_TOKEN_BROKER = false, MKRUN_TOKEN_NAMES = false })
      assert.equal(0, outcome.code, outcome.err)
      assert.matches(says, outcome.err, 1, true)
    end
  end)

  it("knows what is done and what somebody else has changed at MK.IO",
    function()
      local folder = temp.folder()
      local env = { MKIO_TOKEN = "mkio-token", MKIO_BASE_URL = mkio.url }
      temp.write(folder .. "/teams.lua", [[
        local teams = require "mkio".connect().teams
        for _, name in ipairs { "a", "b", "c" } do
          teams:ensure(name, { description = "mine" })
        end
        teams:ensure("b", { description = "again" })
      ]])
      local before = ending.of(mkio:state())
      local outcome = run(folder, { "--journal", "j", "teams.lua" }, env)
      assert.equal(0, outcome.code, outcome.err)
      run(folder, { "-e", [[
        local teams = require "mkio".connect().teams
        teams:delete "a"
        teams:ensure("c", { description = "theirs" })
      ]] }, env)
      outcome = run(folder, { "undo", "j" }, env)
      assert.same({ '~ team "b"', '! team "c"', '- team "b"' },
        steps_in(outcome.err))
      outcome = run(folder, { "undo", "--yes", "j" }, env)
      assert.equal(1, outcome.code)
      run(folder, { "-e", [[require "mkio".connect().teams:delete "c"]] }, env)
      assert.same(before, ending.of(mkio:state()))
    end)
end)
