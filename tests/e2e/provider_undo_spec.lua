--- The journal of a script that uses providers alone: it is resumed wherever it
--- was killed, undone, audited, recorded and replayed.
---
--- @seconds 60

local json = require "mkrun.json"
local process = require "tests.support.process"
local release = require "tests.support.release"
local sandbox_ending = require "tests.support.ending"
local sandboxes = require "tests.support.served"
local served = require "tests.support.rest_store_served"
local temp = require "tests.support.temp"
local texts = require "tests.support.lua_text"

local PASSWORD <const>, TOKEN <const> = "canary-pass-1", "canary:token-2"

local PROVIDERS <const> = [[
local declared = dofile "declared.lua"
local rest = require "mkrun.rest"
return { broker = rest.provider(declared.broker).connect(),
  names = rest.provider(declared.names).connect() }
]]

local FLOW <const> = [[
local api = require "apis"
local broker, names = api.broker, api.names
broker.vhosts:ensure("news", { description = "the news" })
broker.users:ensure("kari", { password = os.getenv "PASS",
  tags = { "monitoring" } })
broker.queues:ensure({ vhost = "news", name = "jobs" }, { durable = true })
broker.vhosts:ensure("old", { description = "changed" })
broker.queues:delete { vhost = "news", name = "gone" }
local zone = names.zones:ensure({ name = "acme.example." },
  { kind = "Native" })
names.hosts:create { name = "one" }
names.hosts:create { name = "one" }
names.hosts:create { name = "of zone " .. zone.name }
print "done"
]]

local BEFORE <const> = {
  ["/api/vhosts/old"] = { name = "old", description = "old" },
  ["/api/queues/news/gone"] = { name = "gone", durable = true },
  ["/api/v1/hosts/theirs"] = { uuid = "theirs", name = "two" },
}

local PLAN <const> = { "--plan-out", "p", "flow.lua" }

local api

--- Makes the folder of a run.
local function begin()
  local folder = temp.folder()
  local declared = require "tests.support.declared_providers"
  temp.write(folder .. "/declared.lua", ("return { broker = %s, names = %s }")
    :format(texts.of(declared.broker()), texts.of(declared.names())))
  temp.write(folder .. "/apis.lua", PROVIDERS)
  temp.write(folder .. "/flow.lua", FLOW)
  api:begin(BEFORE)
  return folder
end

--- Runs mkrun in a folder; its process id is in the file "pid".
local function run(folder, words, env)
  local all = { PASS = PASSWORD, MKRUN_TOKEN_BROKER = TOKEN,
    MKRUN_TOKEN_NAMES = TOKEN, MKRUN_BASE_URL_BROKER = api.url .. "/api",
    MKRUN_BASE_URL_NAMES = api.url .. "/api/v1", MKIO_TOKEN = false,
    MKRUN_LUA = false, LUA_PATH = false, LUA_PATH_5_4 = false }
  for name, value in pairs(env or {}) do all[name] = value end
  return process.run({ "sh", "-c", 'echo $$ >pid; exec "$@"', "sh",
    release.path, table.unpack(words) }, { cwd = folder, env = all })
end

local function succeed_with(folder, env, ...)
  local outcome = run(folder, { ... }, env)
  assert.equal(0, outcome.code, outcome.err)
  return outcome
end

local function succeed(folder, ...) return succeed_with(folder, nil, ...) end

--- What there is, whatever the ids of the server are, and how many there are.
local function ending()
  local found = {}
  for path, document in pairs(api:state()) do
    if path:find "/id%d+$" then
      document.id, document.uuid = nil, nil
      path = path:gsub("id%d+$", json.encode(document, { sort = true }))
    end
    found[path] = (found[path] or 0) + 1
    found[path .. " is"] = json.encode(document, { sort = true })
  end
  return found
end

local function has_no_secret(folder, ...)
  for _, name in ipairs { ... } do
    local text = temp.read(folder .. "/" .. name)
    assert.is_nil(text:find(PASSWORD, 1, true), name)
    assert.is_nil(text:find("token-2", 1, true), name)
    assert.is_nil(text:find("Y2FuYXJ5", 1, true), name) -- base64 of "canary"
  end
end

local function fails(folder, message, words, env)
  local outcome = run(folder, words, env)
  assert.not_equal(0, outcome.code)
  assert.matches(message, outcome.err, 1, true)
  return outcome
end

describe("a script that uses providers alone", function()
  setup(function() api = served.start() end)
  teardown(function() if api then api.process:stop() end end)

  --- Kills a run before or after its n-th request takes effect, resumes it and
  --- undoes it.
  local function check_kill(words, n, is_after, after, before)
    local what = ("killed at request %d, %s"):format(n, is_after
      and "after its effect" or "before")
    local folder = begin()
    if words[3] == "--apply" then run(folder, PLAN) end
    api:kill(folder .. "/pid", n, is_after)
    assert.not_equal(0, run(folder, words).code, what)
    succeed(folder, "--resume", "j")
    assert.same(after, ending(), what)
    succeed(folder, "undo", "--yes", "j")
    assert.same(before, ending(), what)
    has_no_secret(folder, "j")
  end

  --- Does so at each `step`th request.
  local function is_killed(words, step)
    local folder = begin()
    local before = ending()
    if words[3] == "--apply" then
      run(folder, PLAN)
      api:begin(BEFORE)
    end
    succeed(folder, table.unpack(words))
    local after, requests = ending(), api:requests()
    assert.is_true(#requests > 15)
    for n = 1, #requests, step do
      -- A read has no effect: to be killed after it is to be killed before it.
      local is_write = not requests[n]:find "^GET "
      if is_write then check_kill(words, n, false, after, before) end
      check_kill(words, n, true, after, before)
    end
  end

  it("ends alike, wherever it was killed, and is undone", function()
    is_killed({ "--journal", "j", "flow.lua" }, 1)
  end)

  it("does so where a plan is applied", function()
    is_killed({ "--journal", "j", "--apply", "p" }, 3)
  end)

  it("has a line in its audit for what it was killed at", function()
    local folder = begin()
    succeed(folder, "flow.lua")
    local at
    for n, request in ipairs(api:requests()) do
      at = request == "PUT /api/queues/news/jobs" and n or at
    end
    folder = begin()
    api:kill(folder .. "/pid", at, true)
    run(folder, { "--journal", "j", "--audit", "a", "flow.lua" })
    succeed(folder, "--resume", "j", "--audit", "a")
    succeed(folder, "audit-verify", "a")
    local killed
    for line in temp.read(folder .. "/a"):gmatch "[^\n]+" do
      local record = json.decode(line)
      if record.error == "killed" then killed = record end
    end
    assert.same({ "broker", "PUT", api.url .. "/api/queues/news/jobs" },
      { killed.provider, killed.method, killed.url })
  end)

  it("is undone without its files, and then there is nothing to do", function()
    local folder, before = begin(), ending()
    succeed(folder, "--journal", "j", "flow.lua")
    for _, name in ipairs { "declared", "apis", "flow" } do
      assert(os.remove(("%s/%s.lua"):format(folder, name)))
    end
    local asked = fails(folder, "no terminal to ask on", { "undo", "j" })
    assert.matches('\n  - user "kari"\n      undo cannot compare its secret\n',
      asked.err, 1, true)
    local outcome = succeed(folder, "--journal", "k", "undo", "--yes", "j")
    assert.matches("\n+ queue           news/gone\n", outcome.out, 1, true)
    assert.same(before, ending())
    local count = #api:writes()
    assert.matches("= queue           news/gone",
      succeed(folder, "undo", "--yes", "j").out, 1, true)
    assert.equal(count, #api:writes())
    -- The undo of undo has no secret to make the user again with.
    fails(folder, "user            kari: its password is a secret",
      { "--dry-run", "undo", "k" })
  end)

  it("is not undone without a token, or at another URL", function()
    local folder = begin()
    succeed(folder, "--journal", "j", "flow.lua")
    local count = #api:requests()
    fails(folder, "j: has writes to names, and there is no token of it: set "
      .. "MKRUN_TOKEN_NAMES or use --token-file names=FILE",
      { "undo", "--yes", "j" }, { MKRUN_TOKEN_NAMES = false })
    for _, words in ipairs { { "undo", "--yes", "j" }, { "--resume", "j" } } do
      fails(folder, "j: is of a run with --base-url names=" .. api.url
        .. "/api/v1", { "--base-url", "names=http://localhost:1",
          table.unpack(words) })
    end
    assert.equal(count, #api:requests())
  end)

  --- What is refused before a request, whatever the journal says.
  local function sends_nothing(folder, message, words, env)
    local count = #api:requests()
    local outcome = fails(folder, message, words, env)
    assert.equal(2, outcome.code)
    assert.equal("", outcome.out)
    assert.equal(count, #api:requests())
  end

  it("is not undone where only the journal says so", function()
    local folder = begin()
    succeed(folder, "--journal", "j", "flow.lua")
    local told = { MKRUN_BASE_URL_NAMES = false, MKRUN_BASE_URL_BROKER = false }
    local url = api.url .. "/api/v1"
    for _, words in ipairs { { "undo", "j" }, { "undo", "--yes", "j" },
      { "--dry-run", "undo", "j" }, { "--journal", "k", "undo", "j" } } do
      sends_nothing(folder, "j: the journal would send the token of ", words,
        told)
    end
    sends_nothing(folder, ("j: the journal would send the token of names, in "
      .. "the header field 'X-API-Key', to %s: if that is right, add "
      .. "--base-url names=%s"):format(url, url), { "undo", "--yes", "j" },
      { MKRUN_BASE_URL_NAMES = false })
    told.MKRUN_BASE_URL_BROKER = api.url .. "/api"
    succeed_with(folder, told, "--base-url", "names=" .. url, "undo", "--yes",
      "j")
  end)

  it("is undone by no journal that sends the token in another way", function()
    local folder = begin()
    succeed(folder, "--journal", "j", "flow.lua")
    local good = temp.read(folder .. "/j")
    for way, message in pairs {
      ["Cookie"] = "'token_as': a header that has another meaning",
      ["X-A\\r\\nX-B"] = "'token_as': ",
      ["X-Other"] = "'token_as' is not what 'auth' says",
      ["basic"] = "'token_as' is not what 'auth' says",
    } do
      local bad, count = good:gsub('"token_as":"X%-API%-Key"',
        ('"token_as":"%s"'):format(way))
      assert.is_true(count > 0)
      temp.write(folder .. "/j", bad)
      sends_nothing(folder, "j: its facts of names are damaged: " .. message,
        { "undo", "--yes", "j" })
    end
  end)

  it("has no secret in its audit and its recording, which replays", function()
    local folder = begin()
    succeed(folder, "--audit", "a", "--record", "h", "flow.lua")
    has_no_secret(folder, "a", "h")
    assert.matches('"provider":"names"', temp.read(folder .. "/a"), 1, true)
    succeed(folder, "audit-verify", "a")
    local count = #api:requests()
    assert.equal("done\n", succeed(folder, "--replay", "h", "flow.lua").out)
    assert.equal(count, #api:requests())
  end)
end)

describe("a script that uses MK.IO and a provider", function()
  local mkio

  setup(function()
    api = served.start()
    mkio = sandboxes.start { token = "mkio-token" }
  end)
  teardown(function()
    if api then api.process:stop() end
    if mkio then mkio:stop() end
  end)

  it("is undone in one order, with both tokens", function()
    local folder = begin()
    temp.write(folder .. "/both.lua", [[
      local broker, org = require "apis".broker, require "mkio".connect()
      broker.vhosts:ensure("news", { description = "the news" })
      org.teams:ensure("desk", { description = "the desk" })
      broker.queues:ensure({ vhost = "news", name = "jobs" }, {
        durable = true })
      org.teams:ensure("desk", { description = "changed" })
    ]])
    local env = { MKIO_TOKEN = "mkio-token", MKIO_BASE_URL = mkio.url }
    local before, state = ending(), sandbox_ending.of(mkio:state())
    local outcome = run(folder, { "--journal", "j", "both.lua" }, env)
    assert.equal(0, outcome.code, outcome.err)
    fails(folder, "MKIO_TOKEN", { "undo", "--yes", "j" },
      { MKIO_BASE_URL = mkio.url })
    outcome = run(folder, { "--journal", "k", "undo", "--yes", "j" }, env)
    assert.equal(0, outcome.code, outcome.err)
    local order = {}
    for line in outcome.out:gmatch "[^\n]+" do
      order[#order + 1] = line:gsub("  +", " ")
    end
    assert.same({ "~ team desk", "- queue news/jobs", "- team desk",
      "- vhost news", "Summary: 0 created, 1 changed, 0 unchanged, 3 removed."
    }, order)
    assert.same(before, ending())
    assert.same(state, sandbox_ending.of(mkio:state()))
    outcome = run(folder, { "undo", "--yes", "j" }, env)
    assert.matches("0 created, 0 changed", outcome.out)
    assert.equal(0, outcome.code, outcome.err)
  end)
end)

describe("providers-in in @needs", function()
  setup(function() api = served.start() end)
  teardown(function() if api then api.process:stop() end end)

  --- Writes a script that reads a URL, confined to the providers of a journal.
  local function reader(folder)
    temp.write(folder .. "/read.lua", [[
--- Read.
-- @usage  mkrun read.lua URL FILE
-- @arg    URL   what to read
-- @arg    FILE  a journal
-- @needs  providers-in:FILE
print(require "mkrun.http".get((...)).status)
]])
  end

  it("lets a script reach those that the user named, no others", function()
    local folder = begin()
    reader(folder)
    succeed(folder, "--journal", "j", "flow.lua")
    local env = { MKRUN_BASE_URL_BROKER = false, MKRUN_BASE_URL_NAMES = false }
    local url = api.url .. "/api/vhosts"
    fails(folder, "not allowed", { "read.lua", url, "j" }, env)
    env.MKRUN_BASE_URL_BROKER = api.url .. "/api"
    assert.equal("200\n", succeed_with(folder, env, "read.lua", url, "j").out)
    fails(folder, "not allowed", { "read.lua", api.url .. "/other", "j" }, env)
    fails(folder, "not allowed", { "read.lua", "http://localhost:1/", "j" },
      env)
  end)
end)
