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

--- Results in turn; an error is raised.
local function in_turn(...)
  local results, i = { ... }, 0
  return function()
    i = i + 1
    local result = results[i]
    if errors.is(result) then error(result, 0) end
    return result or nil
  end
end

describe("mkrun.rest.error.create_or_find", function()
  local lost = problem { code = "closed" }

  it("looks when the answer got lost", function()
    assert.same({ "here", false }, { errors.create_or_find(
      in_turn(lost), in_turn "here") })
  end)

  it("creates again only where that is allowed", function()
    assert.same({ "made", false }, { errors.create_or_find(
      in_turn(lost, lost, "made"), in_turn(false, false), true) })
    assert.has_error(function()
      errors.create_or_find(in_turn(lost, "made"), in_turn(false))
    end, lost)
  end)

  it("finds what was there already", function()
    assert.same({ "here", true }, { errors.create_or_find(
      in_turn(problem { status = 409, response = { attempts = 2 } }),
      in_turn "here") })
  end)

  it("knows its own when it was sent twice", function()
    assert.same({ "here", false }, { errors.create_or_find(
      in_turn(problem { status = 409, response =
        { attempts = 2, may_be_done = true } }),
      in_turn "here") })
  end)

  it("raises what is a refusal", function()
    local no = problem { status = 403 }
    assert.has_error(function()
      errors.create_or_find(in_turn(no), in_turn "here")
    end, no)
  end)
end)
