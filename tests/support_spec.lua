--- The helpers that all other specs lean on.

local process = require "tests.support.process"

describe("tests.support.process", function()
  it("gives streams and exit code separately", function()
    local outcome = process.run({ "sh", "-c", "cat; echo $A >&2; exit 3" },
      { stdin = "it's", env = { A = "x" } })
    assert.same({ code = 3, out = "it's", err = "x\n" }, outcome)
  end)

  it("ends what takes too long", function()
    assert.equal(124, process.run({ "sleep", "9" }, { timeout = 0.1 }).code)
  end)

  it("stops what it started in the background", function()
    local sleeper <close> = process.spawn { "sleep", "60" }
    assert.is_true(sleeper:alive())
    assert.equal(143, sleeper:stop().code)
    assert.is_false(sleeper:alive())
  end)
end)
