--- Bulk flows over HTTP, where requests are really under way at once.

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
    { env = { MKIO_TOKEN = ADMIN } })
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
  setup(function() api = served.start { token = ADMIN, still = true } end)
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
    outcome = run("offboard", "--yes", "--missing-ok", KARI)
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(before + TEAMS + 2, api:writes())
  end)

  it("a run that comes after another one in the same minute is refused, and "
    .. "is through in the next one", function()
    api:advance(61)
    assert.equal(0, run("invite", guests(1, 600)).code)
    assert.equal(0, count(429))
    local before = api:writes()
    api:advance_after_refusal(61)
    local outcome = run("invite", guests(601, 1200))
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("Summary: 600 created", outcome.out, 1, true)
    assert.is_true(count(429) > 0)
    assert.equal(600 + count(429), api:writes() - before)
  end)
end)
