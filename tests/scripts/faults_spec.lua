--- Flows on a sandbox where requests fail: they end where they would have
--- ended, and nothing is there twice.

local ending = require "tests.support.ending"
local faulty = require "tests.support.faulty"
local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local together = require "tests.support.together"

--- Run a flow under a plan; returns where it ended.
local function run(here, plan, ...)
  here:write("plan.json", json.encode(plan))
  local outcome = here:run("--faults", "plan.json", ...)
  assert.equal(0, outcome.code, outcome.err)
  return ending.of(here:state()), outcome
end

describe("onboard, when requests fail,", function()
  local case = together.new()
  local expected
  setup(function()
    expected = run(flow.new(), faulty.none(), "onboard", flow.example)
  end)

  local function ends_alike(plan)
    local here = flow.new()
    local state, outcome = run(here, plan, "onboard", flow.example)
    assert.same(expected, state)
    assert.matches("Summary: 6 created, 2 changed, 0 unchanged.",
      outcome.out, 1, true)
    local _, again = run(here, faulty.none(), "onboard", flow.example)
    assert.matches("Summary: 0 created, 0 changed, 8 unchanged.",
      again.out, 1, true)
  end

  for name, fault in pairs(faulty.ways) do
    it("ends alike: every third, " .. name, case(function()
      ends_alike(faulty.every_third { fault })
    end))
  end

  it("ends alike: every third, all ways in turn", case(function()
    ends_alike(faulty.every_third(faulty.all()))
  end))

  for name, fault in pairs { cut = { cut = "after" }, truncated = {
    truncate = 1 }, ["500"] = { status = 500, effect = true } } do
    for n = 1, 8 do
      local rules = json.array {}
      for i, method in ipairs { "POST", "PUT", "PATCH", "DELETE" } do
        rules[i] = { method = method, nth = n, faults = { fault } }
      end
      it(("ends alike: write %d, after its effect, %s"):format(n, name),
        case(function() ends_alike { rules = rules } end))
    end
  end
end)

describe("invite of 200, when every third request fails,", function()
  local case = together.new()
  local function invite(plan)
    local here = flow.new()
    here:write("guests.csv", faulty.guests(200))
    local state, outcome = run(here, plan, "invite", "guests.csv")
    assert.matches("Summary: 200 created, 0 changed, 0 unchanged.",
      outcome.out, 1, true)
    return state, here
  end

  local expected
  setup(function()
    expected = invite(faulty.none())
    assert.equal(200, #expected.organizations[1].invites)
  end)

  local function ends_alike(faults)
    local state, here = invite(faulty.every_third(faults))
    assert.same(expected, state)
    local _, again = run(here, faulty.none(), "invite", "guests.csv")
    assert.matches("Summary: 0 created, 0 changed, 200 unchanged.",
      again.out, 1, true)
  end

  for name, fault in pairs(faulty.ways) do
    it("ends alike: " .. name, case(function() ends_alike { fault } end))
  end

  it("ends alike: all ways in turn", case(function()
    ends_alike(faulty.all())
  end))
end)

describe("rotate-tokens, when requests fail,", function()
  local case = together.new()
  local NAME <const>, FILE <const> =
    "evening-news automation", "evening-news.token"

  local function leaves_one(plan)
    local here = flow.new()
    run(here, faulty.none(), "onboard", flow.example)
    local old = here:stored(FILE)
    run(here, plan, "rotate-tokens", "--file", FILE, NAME)
    assert.not_equal(old, here:stored(FILE))
    assert.same({ here:stored(FILE) }, here:live(NAME))
  end

  for name, fault in pairs(faulty.ways) do
    it("leaves one token, the stored one: every third, " .. name,
      case(function() leaves_one(faulty.every_third { fault }) end))
  end

  it("leaves one token: each time a token is asked for, twice", case(function()
    for _, fault in ipairs { { cut = "after" }, { cut = "before" },
      { status = 502, effect = true } } do
      leaves_one { rules = json.array { { method = "POST", times = 2,
        faults = json.array { fault } } } }
    end
  end))
end)
