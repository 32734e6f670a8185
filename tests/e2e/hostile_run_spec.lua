--- What a hostile script cannot change about its own run: the audit, the
--- journal, the plan, and the question before deletions.

local json = require "mkrun.json"
local place = require "tests.support.hostile.place"
local release = require "tests.support.release"
local served = require "tests.support.served"
local temp = require "tests.support.temp"

local ENV <const> = { env = { MKIO_TOKEN = place.TOKEN } }

local HEAD <const> = [[
local http, config = require "mkrun.http", require "mkrun.config"
local json, task = require "mkrun.json", require "mkrun.task"
local teams = config.base_url .. "/api/v1/organization/teams/"
local function put(name)
  return http.put(teams .. name, { token = config.token, json = { spec = {
    description = "x", members = json.object {}, scopes = json.object {} } } })
end
]]

local function script(text, head)
  return temp.file((head or "") .. HEAD .. text, "x.lua")
end

local function lines_of(path)
  local lines = {}
  for line in (temp.read(path) or ""):gmatch "[^\n]+" do
    lines[#lines + 1] = assert(json.decode(line))
  end
  return lines
end

local api

--- Runs a script against the server.  Returns the new writes of the server, the
--- lines of the audit, and the run.
local function audited(text)
  local before, folder = api:writes(), temp.folder()
  local run = release.run({ "--base-url", api.url, "--confine", "--audit",
    folder .. "/audit", "--journal", folder .. "/journal", script(text) }, ENV)
  return api:writes() - before, lines_of(folder .. "/audit"), run, folder
end

describe("A hostile script cannot keep a write out of the audit", function()
  lazy_setup(function() api = served.start { token = place.TOKEN } end)
  lazy_teardown(function() api:stop() end)

  it("at the end of the C stack", function()
    local writes, lines = audited [[
      local function nest(depth, name)
        if depth == 0 then return put(name) end
        local ok, answer = pcall(nest, depth - 1, name)
        if not ok then error(answer, 0) end
        return answer
      end
      for depth = 100, 200 do pcall(nest, depth, "p" .. depth) end
      local function inside(depth, name)
        if depth == 0 then return put(name) end
        string.gsub("x", "x", function() inside(depth - 1, name) end)
      end
      for depth = 100, 200 do pcall(inside, depth, "g" .. depth) end]]
    assert(writes > 0, "no write")
    assert.equal(writes, #lines)
  end)

  it("at the end of Lua's stack", function()
    local writes, lines = audited [[
      local function deep(depth, name)
        if depth == 0 then return (put(name)) end
        return (deep(depth - 1, name))
      end
      for depth = 199000, 200000, 40 do pcall(deep, depth, "d" .. depth) end]]
    assert.equal(writes, #lines)
  end)

  for words, text in pairs {
    ["by an exit without a close"] = [[
      task.spawn(put, "e1")
      task.sleep(0.1)
      os.exit(0, false)]],
    ["by an exit below a coroutine that waits"] = [[
      task.spawn(function()
        task.sleep(0.1)
        os.exit(0)
      end)
      coroutine.wrap(put) "e2"]],
    ["by closing the coroutine of a task"] = [[
      local co
      task.spawn(function()
        co = coroutine.running()
        put "e3"
      end)
      task.sleep(0.1)
      coroutine.close(co)]],
    ["by running the coroutine of a task"] = [[
      local co
      task.spawn(function()
        co = coroutine.running()
        put "e4"
      end)
      task.sleep(0.1)
      pcall(coroutine.resume, co, { status = 400, body = "" })]],
    ["by cancelling a task"] = [[
      local handle = task.spawn(put, "e5")
      task.sleep(0.1)
      handle:cancel()]],
  } do
    it(words, function()
      api:faults { rules = json.array { { method = "PUT", path = "*",
        faults = json.array { { delay = 1 } } } } }
      local writes, lines = audited(text)
      api:faults()
      assert.equal(writes, #lines) -- a slow machine may have sent none
    end)
  end

  it("by a finalizer that ends the run between two steps", function()
    local writes, lines = audited [[
      collectgarbage("setpause", 1)
      local count = 0
      local function arm()
        setmetatable({}, { __gc = function()
          count = count + 1
          arm()
          if count > 20 then os.exit(0, false) end
        end })
      end
      for _ = 1, 20 do arm() end
      for i = 1, 20 do put("f" .. i) end]]
    assert.equal(20, writes)
    assert.equal(20, #lines)
  end)

  it("by a finalizer that sends", function()
    local writes, lines = audited [[
      local sent
      setmetatable({}, { __gc = function() sent = pcall(put, "h") end })
      collectgarbage()
      print(sent)]]
    assert.equal(0, writes)
    assert.equal(0, #lines)
  end)
end)

describe("A hostile script cannot hide what it writes", function()
  for words, text in pairs {
    ["by a secret before"] = [[
      secret.new("teams/victimized", "teams/harmless")
      pcall(put, "victimized")]],
    ["by a secret after"] = [[
      put "victimized"
      pcall(secret.new, "victimized", "harmless")]],
    ["by a secret while the write is under way"] = [[
      task.spawn(function() pcall(secret.new, "victimized", "harmless") end)
      put "victimized"]],
    ["by an encoded name"] = [[
      put "victi%6dized"
      pcall(secret.new, "victimized", "harmless")]],
    ["by a file"] = [[
      put "victimized"
      pcall(secret.read, arg[1], "harmless")]],
  } do
    it(words, function()
      local folder = temp.folder()
      local path = temp.file("victimized\n")
      local words_of = { "--sandbox", "--confine", "--allow-read=" .. path,
        "--audit=" .. folder .. "/audit", script(
          'local secret = require "mkrun.secret"\n' .. text), path }
      assert.equal(0, release.run(words_of, ENV).code)
      assert.is_nil((temp.read(folder .. "/audit") or ""):find "harmless")
      words_of[4] = "--dry-run"
      assert.is_nil(release.run(words_of, ENV).out:find "harmless")
    end)
  end
end)

describe("A hostile script cannot close its journal", function()
  it("by holding it", function()
    local folder = temp.folder()
    local words = { "--sandbox=" .. folder .. "/world", "--confine",
      "--allow-read=" .. folder, "--journal=" .. folder .. "/journal",
      script [[
        local journal = require "mkrun.journal"
        local _, log = select(2, pcall(journal.hold, arg[1] .. "/journal"))
        pcall(function() log:close() end)
        assert(put "held")]], folder }
    local first = release.run(words, ENV)
    assert.equal(0, first.code, first.err)
    local before = #lines_of(folder .. "/journal")
    local again = release.run({ "--resume", folder .. "/journal" }, ENV)
    assert.equal(0, again.code, again.err)
    local lines = lines_of(folder .. "/journal")
    assert.equal(before + 3, #lines)
    assert.is_truthy(lines[#lines].status)
  end)
end)

local function dry_run(how)
  return release.run({ "--sandbox", "--dry-run", "--confine", script([[
    put "planned"
    local how = arg[1]
    if how == "help" then require "mkrun.host.help_shown".note() end
    if how == "exit" then os.exit(true, false) end
    if how == "exit in a coroutine" then coroutine.wrap(os.exit)(0) end
    if how == "output" then
      for _, file in ipairs { io.stdout, io.stderr, io.output() } do
        pcall(file.close, file)
      end
    end
    if how == "no texts" then
      local note = require "mkrun.host.sources".note
      for _, value in ipairs { {}, true, print } do
        pcall(note, "file", "x", value)
        pcall(note, value, "x", "/x")
      end
      pcall(require "mkrun.plan.basis".note, {})
      pcall(note, "FORGED\nFORGED", "x", "/x")
    end
    if how == "finalizer" then
      setmetatable({}, { __gc = function() os.exit(0, false) end })
    end
    config.dry_run = false]]), how }, ENV)
end

describe("A hostile script cannot hide its plan", function()
  for _, how in ipairs { "nothing", "help", "exit", "exit in a coroutine",
    "output", "no texts", "finalizer" } do
    it("by " .. how, function()
      local run = dry_run(how)
      assert.equal(3, run.code, run.err)
      assert.matches("planned", run.out, 1, true)
      assert.is_nil(run.out:find "FORGED")
    end)
  end
end)

local DESTRUCTIVE <const> = "--- Deletes.\n---\n--- @tags destructive\n\n"

local function deleted(how)
  local world = temp.folder() .. "/world"
  local options = { "--sandbox=" .. world, "--confine" }
  local function run(text, ...)
    local words = table.move(options, 1, #options, 1, {})
    return release.run(table.move({ script(text, DESTRUCTIVE), ... }, 1,
      1 + select("#", ...), #words + 1, words), ENV)
  end
  assert.equal(0, run("put 'victim'").code)
  local outcome = run([[
    local approved = require "mkrun.layer.approved"
    local refusals = require "mkrun.host.refusals"
    local how = arg[1]
    if how == "asking" then approved.question() end
    if how == "asking itself" then
      pcall(require "mkrun.script".approve, "x", true)
    end
    if how == "help" then require "mkrun.host.help_shown".note() end
    if how == "ending" and config.dry_run then os.exit(0) end
    if how == "failing" and config.dry_run then os.exit(1) end
    if how == "output" and config.dry_run then
      io.stdout:write "\0later"
      print "\0later"
      os.exit(0)
    end
    if how == "an error" then refusals.listen(error) end
    if how == "a yield" then refusals.listen(coroutine.yield) end
    pcall(approved.allow)
    config.approved, config.dry_run = nil, false
    pcall(http.delete, teams .. "victim", { token = config.token })]], how)
  return not temp.read(world):find('"victim"', 1, true), outcome
end

describe("A hostile script cannot delete unasked", function()
  for _, how in ipairs { "nothing", "asking", "asking itself", "help", "ending",
    "failing", "output", "an error", "a yield" } do
    it("by " .. how, function()
      assert.is_false((deleted(how)))
    end)
  end

  it("and can if the user says yes", function()
    assert.is_true((deleted "--yes"))
  end)
end)
