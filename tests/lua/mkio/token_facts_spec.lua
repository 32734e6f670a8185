local json = require "mkrun.json"
local token_facts = require "mkio.token_facts"

local function token(id, spec)
  return { metadata = { id = id }, spec = spec }
end

describe("mkio.token_facts", function()
  it("knows a revoked token by a time, and no other", function()
    assert.is_true(token_facts.is_revoked(
      token("a", { revoked = "2026-01-01T00:00:00Z" })))
    assert.is_false(token_facts.is_revoked(token("a", {
      revoked = json.null })))
    assert.is_false(token_facts.is_revoked(token("a", {})))
    assert.is_false(token_facts.is_revoked(nil))
  end)

  it("takes an empty description for none", function()
    assert.equal("ci", token_facts.description(
      token("a", { description = "ci" })))
    for _, none in ipairs { "", json.null } do
      assert.is_nil(token_facts.description(
        token("a", { description = none })))
    end
  end)

  it("finds the live ones of a name, the newest first", function()
    local list = {}
    for i, spec in ipairs {
      { description = "ci", issued = "2026-01-01", organizationId = "x" },
      { description = "ci", issued = "2026-01-03", organizationId = "y" },
      { description = "ci", issued = "2026-01-02", organizationId = "x" },
      { description = "ci", issued = "2026-01-04", revoked = "2026-01-05" },
      { description = "cd", issued = "2026-01-06" },
    } do list[i] = token(i, spec) end
    local function ids(...)
      local found = {}
      for i, one in ipairs(token_facts.named(list, ...)) do
        found[i] = one.metadata.id
      end
      return found
    end
    assert.same({ 2, 3, 1 }, ids "ci")
    assert.same({ 3, 1 }, ids("ci", "x"))
    assert.same({}, ids "none")
  end)
end)
