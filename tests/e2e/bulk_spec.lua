--- Bulk flows over HTTP, where requests are really under way at once.

local process = require "tests.support.process"
local release = require "tests.support.release"
local served = require "tests.support.served"
local temp = require "tests.support.temp"

local ADMIN <const> = "canary-41b07e9d"
local KARI <const> = "kari@northlight.example"
local TEAMS <const> = 300

local MAKE_TEAMS <const> = [[
local mkio, task = require "mkio", require "mkrun.task"
local org, list = mkio.connect(), {}
local kari = org.users:find "]] .. KARI .. [["
for i = 1, ]] .. TEAMS .. [[ do list[i] = ("team-%03d"):format(i) end
task.map(list, function(name)
  org.teams:put(name, { description = "",
    members = { [kari.metadata.id] = { isTeamAdmin = false } },
    scopes = {} })
end, { limit = 64 })
]]

local api

local function run(...)
  return release.run({ "--base-url", api.url, ... },
    { env = { MKIO_TOKEN = ADMIN }, timeout = 120 })
end

--- How many requests were answered with this status.
local function count(status)
  local found = 0
  for _, request in ipairs(api:requests()) do
    if request.status == status then found = found + 1 end
  end
  return found
end

--- A file that lists these guests.
local function guests(first, last)
  local list = { "email" }
  for i = first, last do
    list[#list + 1] = ("guest%d@partner.example"):format(i)
  end
  return temp.file(table.concat(list, "\n") .. "\n", "guests.csv")
end

describe("over HTTP, side by side,", function()
  setup(function() api = served.start { token = ADMIN } end)
  teardown(function() api:stop() end)

  it("offboard takes somebody out of 300 teams, once", function()
    local made = run("-e", MAKE_TEAMS)
    assert.equal(0, made.code, made.err)
    local before = api:writes()
    local outcome = run("offboard", "--yes", KARI)
    assert.equal(0, outcome.code, outcome.err)
    for i = 1, TEAMS do
      assert.matches(("team-%03d/%s"):format(i, KARI), outcome.out, 1, true)
    end
    assert.equal(before + TEAMS + 2, api:writes())
    outcome = run("offboard", "--yes", KARI)
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(before + TEAMS + 2, api:writes())
  end)

  it("a run that comes after another one in the same minute waits, and is "
    .. "through", function()
    api:advance(61)
    assert.equal(0, run("invite", guests(1, 600)).code)
    local before = api:writes()
    local child = release.spawn({ "--base-url", api.url, "--trace", "invite",
      guests(601, 1200) }, { env = { MKIO_TOKEN = ADMIN } })
    process.wait_until("a refusal", function() return count(429) > 0 end, 60)
    api:advance(61)
    local outcome = child:wait()
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("Summary: 600 created", outcome.out, 1, true)
    assert.is_true(api:writes() - before < 600 + 50)
  end)
end)
