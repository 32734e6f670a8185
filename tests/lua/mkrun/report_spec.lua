local report = require "mkrun.report"

describe("mkrun.report", function()
  it("counts what happened", function()
    local out = report.new()
    assert.equal("Summary: 0 created, 0 changed, 0 unchanged.", out:summary())
    out.counts.created, out.counts.revoked = 2, 1
    assert.equal("Summary: 2 created, 0 changed, 0 unchanged, 1 revoked.",
      out:summary())
  end)

  it("raises on an outcome that it does not know", function()
    local out = report.new()
    assert.error_matches(function() out:step("done", "team", "x") end,
      "bad argument #1 to 'step' (no outcome 'done')", 1, true)
  end)
end)
