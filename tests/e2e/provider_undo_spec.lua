--- The journal of a script that uses providers alone: it is resumed wherever it
--- was killed, undone, audited, recorded and replayed.
---
--- @seconds 30

local json = require "mkrun.json"
local process = require "tests.support.process"
local release = require "tests.support.release"
local served = require "tests.support.rest_store_served"
local temp = require "tests.support.temp"

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

local api

--- Returns Lua text of a value, for a file of the script.
local function text_of(value)
  if type(value) ~= "table" then return ("%q"):format(value) end
  local words = {}
  for name, member in pairs(value) do
    words[#words + 1] = ("[%q] = %s"):format(name, text_of(member))
  end
  return "{ " .. table.concat(words, ", ") .. " }"
end

--- Makes the folder of a run.
local function begin()
  local folder = temp.folder()
  local declared = require "tests.support.declared_providers"
  temp.write(folder .. "/declared.lua", ("return { broker = %s, names = %s }")
    :format(text_of(declared.broker()), text_of(declared.names())))
  temp.write(folder .. "/apis.lua", PROVIDERS)
  temp.write(folder .. "/flow.lua", FLOW)
  api:begin(BEFORE)
  return folder
end

--- Runs mkrun in a folder; its process id is in the file "pid".
local function run(folder, words, env)
  local line = { "sh", "-c", 'echo $$ >pid; exec "$@"', "sh", release.path,
    "--base-url", "broker=" .. api.url .. "/api", "--base-url",
    "names=" .. api.url .. "/api/v1", table.unpack(words) }
  return process.run(line, { cwd = folder, env = { PASS = PASSWORD,
    MKRUN_TOKEN_BROKER = TOKEN, MKRUN_TOKEN_NAMES = TOKEN, MKRUN_LUA = false,
    LUA_PATH = false, LUA_PATH_5_4 = false, MKIO_TOKEN = false,
    table.unpack(env or {}) } })
end

local function succeed(folder, ...)
  local outcome = run(folder, { ... })
  assert.equal(0, outcome.code, outcome.err)
  return outcome
end

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

describe("a script that uses providers alone", function()
  setup(function() api = served.start() end)
  teardown(function() if api then api.process:stop() end end)

  it("ends alike, wherever it was killed, and is undone", function()
    local folder = begin()
    local before = ending()
    succeed(folder, "--journal", "j", "flow.lua")
    local after, count = ending(), #api:requests()
    assert.is_true(count > 15)
    for n = 1, count do
      for _, is_after in ipairs { false, true } do
        local what = ("killed at request %d, %s"):format(n, is_after
          and "after its effect" or "before")
        folder = begin()
        api:kill(folder .. "/pid", n, is_after)
        local outcome = run(folder, { "--journal", "j", "flow.lua" })
        assert.not_equal(0, outcome.code, what)
        succeed(folder, "--resume", "j")
        assert.same(after, ending(), what)
        succeed(folder, "undo", "--yes", "j")
        assert.same(before, ending(), what)
        has_no_secret(folder, "j")
      end
    end
  end)
end)
