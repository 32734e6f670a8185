local errors = require "mkrun.rest.error"

--- What a request raises that came back so.
local function problem(fields)
  local all = { method = "POST", path = "/x", detail = "no" }
  for name, value in pairs(fields) do all[name] = value end
  return errors.new(all)
end

describe("mkrun.rest.error.may_have_arrived", function()
  it("says yes when nobody knows", function()
    assert.is_true(errors.may_have_arrived(problem { code = "closed" }))
    assert.is_true(errors.may_have_arrived(problem { status = 500 }))
    assert.is_true(errors.may_have_arrived(problem { status = 504 }))
  end)

  it("says yes when it did, but the answer cannot be read", function()
    assert.is_true(errors.may_have_arrived(
      problem { status = 201, code = "json" }))
  end)

  it("says no when it was refused, or not sent", function()
    assert.is_false(errors.may_have_arrived(problem { status = 409 }))
    assert.is_false(errors.may_have_arrived(problem { status = 429 }))
    for _, code in ipairs { "body", "journal", "audit" } do
      assert.is_false(errors.may_have_arrived(problem { code = code }))
    end
    assert.is_false(errors.may_have_arrived(
      errors.new { code = "file", detail = "no" }))
    assert.is_false(errors.may_have_arrived "text")
  end)
end)
