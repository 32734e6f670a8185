local errors = require "mkrun.rest.error"
local release = require "tests.support.release"
local token_left = require "mkio.resource.token_left"

describe("mkio.resource.token_left.told", function()
  it("adds to an error and to a text", function()
    local problem = errors.new { detail = "no" }
    assert.equal(problem, token_left.told(problem, "one"))
    token_left.told(problem, "two")
    assert.equal("no: one; two", tostring(problem))
    assert.equal("no: one", token_left.told("no", "one"))
  end)

  it("loses nothing beside a problem that takes no hint", function()
    local outcome = release.run { "-e", [[
      local refusal = setmetatable({}, {})
      assert(require "mkio.resource.token_left".told(refusal, "one") == refusal)
    ]] }
    assert.equal(0, outcome.code, outcome.err)
    assert.equal("mkrun: one\n", outcome.err)
  end)
end)
