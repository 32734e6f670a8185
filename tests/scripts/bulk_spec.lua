--- The flows that work on many things at once, at the size of the largest
--- organizations.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local release = require "tests.support.release"
local temp = require "tests.support.temp"

local KARI <const> = "kari@northlight.example"
local GUESTS <const>, USERS <const>, TEAMS <const> = 10000, 10000, 500

local function name(i) return ("user%05d@northlight.example"):format(i) end

--- A user of the sandbox's state, like those that are there.
local function add_user(state, i)
  local user = {}
  for key, value in pairs(state.users[1]) do user[key] = value end
  user.id = ("00000000-0000-4000-8000-%012d"):format(i)
  user.email, user.name = name(i), "User " .. i
  table.insert(state.users, user)
  table.insert(state.organizations[1].members, user.id)
  return user.id
end

local function member() return { isTeamAdmin = false } end

--- A team with forty of the users, and Kari.
local function add_team(state, i, ids, kari)
  local members = { [kari] = member() }
  for k = 1, math.min(40, #ids) do
    members[ids[(i * 40 + k) % #ids + 1]] = member()
  end
  table.insert(state.organizations[1].teams, {
    id = ("11111111-0000-4000-8000-%012d"):format(i),
    name = ("team-%03d"):format(i), description = "", members = members,
    scopes = { allProjectsScope = { roles = json.array { "reader" } } },
  })
end

--- A sandbox's folder with so many users and teams.
local function large(users, teams)
  local here = flow.new()
  here:run("-e", "require 'mkio'.connect():get()")
  local state, ids = here:state(), {}
  for i = 1, users do ids[i] = add_user(state, i) end
  for i = 1, teams do add_team(state, i, ids, state.users[2].id) end
  here:write("state.json", json.encode(state))
  return here
end

local function lines(text)
  local _, count = text:gsub("\n", "")
  return count
end

--- Runs a flow on a clock that only its waits move.  Asserts that it was never
--- refused, and returns the number of its writes and the seconds.
local function at_rate(...)
  local outcome = release.run(
    { "--sandbox", "tests/support/at_rate.lua", ... }, { timeout = 300 })
  assert.equal(0, outcome.code, outcome.err)
  local writes, refused, seconds =
    outcome.out:match "(%d+) writes, (%d+) refused\n(%S+)\n$"
  assert.equal("0", refused)
  return math.tointeger(tonumber(writes)), tonumber(seconds)
end

--- Asserts that `count` writes were sent within 2 % of the time that the limit
--- of 1,000 a minute allows, and no sooner.
local function assert_in_time(count, writes, seconds)
  local least = (count - 1) // 1000 * 60
  assert.equal(count, writes)
  assert(seconds >= least and seconds <= least * 1.02, seconds)
end

describe("at the API's rate, no write waits for longer than the limits want:",
  function()
    it("invite", function()
      local list = { "email,teams" }
      for i = 1, 2500 do list[i + 1] = name(i) .. ",Everyone" end
      local path = temp.file(table.concat(list, "\n") .. "\n", "guests.csv")
      assert_in_time(2500, at_rate("invite", path))
    end)

    it("onboard, which reads before it writes", function()
      local teams = json.array {}
      for i = 1, 2500 do
        teams[i] = { name = "team-" .. i, description = "T",
          scopes = { allProjectsScope = { roles = { "reader" } } } }
      end
      local path = temp.file(json.encode { teams = teams }, "spec.json")
      assert_in_time(2500, at_rate("onboard", path))
    end)
  end)

describe("at the size of the largest organizations,", function()
  it("invite invites 10,000, on the sandbox's clock", function()
    local list = { "email,teams" }
    for i = 1, GUESTS do list[i + 1] = name(i) .. ",Everyone" end
    local path = temp.file(table.concat(list, "\n") .. "\n", "guests.csv")
    -- On a real clock it would take nine minutes, and be killed before.
    local outcome = release.run({ "--sandbox", "--trace", "invite", path },
      { timeout = 300 })
    assert.equal(0, outcome.code)
    assert.equal(GUESTS + 1, lines(outcome.out))
    assert.matches("Summary: 10000 created, 0 changed, 0 unchanged.",
      outcome.out, 1, true)
    assert.not_matches(" 429 ", outcome.err, 1, true)
    local _, waits = outcome.err:gsub("rate limit: the next request is sent",
      "")
    assert.is_true(waits <= 9) -- fewer where the work itself takes minutes
  end)

  it("access-report reads 10,000 users and 500 teams", function()
    local here = large(USERS, TEAMS)
    local outcome = here:run("access-report", "--output", "csv")
    assert.equal(0, outcome.code, outcome.err)
    assert.is_true(lines(outcome.out) > TEAMS * 40)
    outcome = here:run("access-report", "--user", name(USERS))
    assert.equal(0, outcome.code, outcome.err)
    assert.matches(name(USERS) .. "  team-", outcome.out, 1, true)
  end)

  it("offboard takes somebody out of 500 teams", function()
    local here = large(1, TEAMS)
    local outcome, writes = here:counted("offboard", "--yes", KARI)
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(TEAMS + 3, lines(outcome.out))
    assert.equal(TEAMS + 2, writes) -- one for Everyone, one for Kari
    for _, team in ipairs(here:state().organizations[1].teams) do
      assert.is_nil(team.members[here:state().users[2].id])
    end
    outcome, writes = here:counted("offboard", "--yes", "--missing-ok", KARI)
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(0, writes)
  end)
end)
