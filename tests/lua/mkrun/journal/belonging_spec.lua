local belonging = require "mkrun.journal.belonging"

--- Checks the words of a header against those of the run before.  Returns what
--- the run is refused with, or nil.
local function refusal(before, now)
  local ok, problem = pcall(belonging.check_needs, "j", { needs = before }, {
    script = { source = "--- Do it.\n-- @arg --x  y\n" .. (now
      and "-- @needs " .. now .. "\n" or "") } })
  return not ok and tostring(problem) or nil
end

describe("the needs of a run that is resumed", function()
  it("may be the same or fewer", function()
    assert.is_nil(refusal({ "api:read", "token" }, "api:read, token"))
    assert.is_nil(refusal({ "api:read", "token" }, "token"))
    assert.is_nil(refusal({ "--x:token" }, "--x:token"))
    assert.is_nil(refusal({ "token" }, "--x:token"))
  end)

  it("may not be more", function()
    for now, before in pairs { ["api:read, token"] = { "api:read" },
      token = { "--x:token" }, ["--x:token"] = { "api:read" },
      ["--x:api:read"] = { "--x=y:api:read" } } do
      assert.matches("asks for more than it did: ",
        assert(refusal(before, now), now), 1, true)
    end
    assert.matches("had @needs, and has none now", refusal({ "token" }), 1,
      true)
  end)
end)
