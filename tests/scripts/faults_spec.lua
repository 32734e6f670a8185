--- Flows on a sandbox where requests fail: they end where they would have
--- ended, and nothing is there twice.

local ending = require "tests.support.ending"
local flow = require "tests.scripts.flow"
local json = require "mkrun.json"

--- Every way to fail that there is.  A delay does no harm; it is short so that
--- the tests are.
local WAYS <const> = {
  ["429 without Retry-After"] = { status = 429 },
  ["429 with Retry-After"] = { status = 429, retryAfter = 0 },
  ["429 with a Retry-After that nobody should believe"] =
    { status = 429, retryAfter = "yesterday" },
  ["500"] = { status = 500 },
  ["502"] = { status = 502 },
  ["503"] = { status = 503, retryAfter = 0 },
  ["504 after the effect"] = { status = 504, effect = true },
  ["a cut before the effect"] = { cut = "before" },
  ["a cut after the effect"] = { cut = "after" },
  ["a truncated body"] = { truncate = 20 },
  ["a delay"] = { delay = 0.01 },
}

local function all_ways()
  local names, faults = {}, {}
  for name in pairs(WAYS) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do faults[i] = WAYS[name] end
  return faults
end

--- Run a flow under a plan; returns where it ended.
local function run(here, rules, ...)
  here:write("plan.json", json.encode { rules = json.array(rules) })
  local outcome = here:run("--faults", "plan.json", ...)
  assert.equal(0, outcome.code, outcome.err)
  return ending.of(here:state()), outcome
end

local function every_third(faults) return { { every = 3, faults = faults } } end

describe("onboard, when requests fail,", function()
  local expected
  setup(function()
    expected = run(flow.new(), {}, "onboard", flow.example)
  end)

  local function ends_alike(rules)
    local here = flow.new()
    local state, outcome = run(here, rules, "onboard", flow.example)
    assert.same(expected, state)
    assert.matches("Summary: 6 created, 2 changed, 0 unchanged.",
      outcome.out, 1, true)
    local _, again = run(here, {}, "onboard", flow.example)
    assert.matches("Summary: 0 created, 0 changed, 8 unchanged.",
      again.out, 1, true)
  end

  for name, fault in pairs(WAYS) do
    it("ends alike: every third, " .. name, function()
      ends_alike(every_third { fault })
    end)
  end

  it("ends alike: every third, all ways in turn", function()
    ends_alike(every_third(all_ways()))
  end)

  it("ends alike: every write, once, after its effect", function()
    for _, fault in ipairs { { cut = "after" },
      { status = 500, effect = true }, { truncate = 1 } } do
      for n = 1, 8 do
        local rules = {}
        for i, method in ipairs { "POST", "PUT", "PATCH", "DELETE" } do
          rules[i] = { method = method, nth = n, faults = { fault } }
        end
        ends_alike(rules)
      end
    end
  end)
end)
