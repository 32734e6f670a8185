--- Every flow that writes, under random plans of faults: a second run that
--- nothing disturbs ends where a first one would have.
---
--- TORTURE=all tries 3,000 plans, TORTURE=N so many; SEED=N others.  What
--- fails names its number: PLAN=N tries that one alone.

local cases = require "tests.support.plans.cases"
local generator = require "tests.support.plans.generator"
local json = require "mkrun.json"
local together = require "tests.support.together"
local torture = require "tests.support.torture"
local trial = require "tests.support.plans.trial"

local SAMPLE <const>, ALL <const> = 64, 3000

local function number(name, default)
  return math.tointeger(tonumber(os.getenv(name) or default))
end

local SEED <const>, ONLY <const> = torture.seed, number "PLAN"
local COUNT <const> = torture.all and ALL or number("TORTURE", SAMPLE)

--- Plan number `i`: by the seed and its number alone.
local function planned(i)
  local case = cases.all[(i - 1) % #cases.all + 1]
  local random = generator.random(SEED * 1000003 + i)
  return case, generator.plan(random, case.requests)
end

local function describe_failure(i, case, plan, complaints)
  return ("plan %d of seed %d: mkrun %s\n  again: SEED=%d PLAN=%d "
    .. "build/debug/mkrun tests/run.lua tests/scripts/plans_spec.lua\n"
    .. "  --faults: %s\n  answers: %s\n  %s"):format(i, SEED,
    table.concat(case, " "), SEED, i, json.encode { rules = plan.rules },
    json.encode(plan.changes), table.concat(complaints, "\n  "))
end

describe("after a random plan of faults", function()
  local files, failed, tried = nil, 0, 0
  local list = {}
  for i = ONLY or 1, ONLY or COUNT do
    list[#list + 1] = { name = "plan " .. i, number = i }
  end

  setup(function()
    files = cases.world()
    together.each(cases.all, function(case) trial.record(case, files) end)
  end)

  it("a second run ends where an undisturbed one does", function()
    torture:try("plans of faults", list, { sample = #list }, function(one)
      local case, plan = planned(one.number)
      local complaints, has_failed = trial.run(case, files, plan)
      tried, failed = tried + 1, failed + (has_failed and 1 or 0)
      return complaints[1]
        and describe_failure(one.number, case, plan, complaints)
    end)
  end)

  it("some first runs fail", function()
    if not ONLY then assert.is_true(failed > tried // 8) end
  end)
end)
