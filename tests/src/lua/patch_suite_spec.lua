local suite = require "tests.support.patch_suite"

describe("json-patch-test-suite", function()
  it("passes whole", function()
    local folder, reason = suite.fetch()
    if not folder then return pending(reason) end
    local outcome = suite.run(folder)
    assert.same({}, outcome.failed)
    assert.equal(91, outcome.passed)
  end)
end)
