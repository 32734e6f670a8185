local release = require "tests.support.release"
local suite = require "tests.support.patch_suite"

describe("the release binary", function()
  it("passes json-patch-test-suite whole", function()
    local folder, reason = suite.fetch()
    if not folder then return pending(reason) end
    local outcome = release.run { "tests/e2e/patch_suite.lua", folder }
    assert.equal("91 passed, 0 failed, 4 disabled\n", outcome.out)
    assert.equal("", outcome.err)
    assert.equal(0, outcome.code)
  end)
end)
