--- Flows that get an answer with one place changed: another type, null,
--- missing, one more.  What a flow does not need changes nothing; anything else
--- is one error that names the place, and nothing is written after it.
---
--- ANSWERS=2880 tries so many changes, SEED=2 others; tests/README.md has more.

local cases = require "tests.support.answer_cases"

local COUNT <const> = math.tointeger(tonumber(os.getenv "ANSWERS" or "120"))
local SEED <const> = math.tointeger(tonumber(os.getenv "SEED" or "1"))

describe("an answer that is changed in one place", function()
  local all, counts, problems
  setup(function()
    all = cases.new()
    counts, problems = all:try(all:sample(COUNT, SEED))
  end)

  it("leaves the flow as it is, or ends it with the place's name", function()
    assert.equal("", table.concat(problems, "\n"))
  end)

  it("is told by the counts", function()
    io.write(("%d of %d changed answers of %d flows: %d refused by their "
      .. "place, %d not needed, %d other data, 0 internal errors\n"):format(
      COUNT, #all.all, #all.cases, counts.refused or 0, counts.passed or 0,
      counts.data or 0))
    assert.is_true((counts.refused or 0) > COUNT // 4)
    assert.is_true((counts.passed or 0) > COUNT // 4)
  end)
end)
