--- Flows on an API whose lists and reads are behind what was just created.

local flow = require "tests.scripts.flow"
local shell = require "tests.support.shell"

local HOOK <const> = shell.output "pwd" .. "/tests/support/plans/young.lua"

local function behind(reads)
  local here = flow.new { LUA_INIT = ("dofile %q"):format(HOOK),
    YOUNG = tostring(reads) }
  return here, here:run("onboard", flow.example)
end

describe("onboard, where an API is behind", function()
  local plain
  setup(function() plain = flow.new():run("onboard", flow.example) end)

  for reads = 1, 4 do
    it(("waits for %d reads, and does the same"):format(reads), function()
      local here, outcome = behind(reads)
      assert.same({ code = 0, out = plain.out, err = "" }, outcome)
      local again = here:run("onboard", flow.example)
      assert.equal(0, again.code, again.err)
      assert.matches("Summary: 0 created, 0 changed", again.out, 1, true)
    end)
  end

  it("ends, and says what is behind", function()
    local _, outcome = behind(1000)
    assert.equal(1, outcome.code)
    assert.matches("yet, which this run has made, after 10 s", outcome.err, 1,
      true)
    assert.matches("the list of scopes has no 'evening-newsScope' yet, after "
      .. "10 s", outcome.out .. outcome.err, 1, true)
  end)
end)
