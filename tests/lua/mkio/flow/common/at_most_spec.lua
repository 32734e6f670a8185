local at_most = require "mkio.flow.common.at_most"
local script = require "mkrun.script"

--- Calls a function that ends the run, and returns what it says.
local function said(call, ...)
  local lines
  local before = { refuse = script.refuse, usage = script.usage }
  local function stop(...)
    lines = { ... }
    error("ended", 0)
  end
  script.refuse, script.usage = stop, stop
  local ok, result = pcall(call, ...)
  script.refuse, script.usage = before.refuse, before.usage
  return lines or ok and result
end

local function kinds(teams, users)
  return { { one = "team", many = "teams", names = teams },
    { one = "user", many = "users", names = users } }
end

describe("mkio.flow.common.at_most", function()
  it("reads a whole number, or takes the default", function()
    assert.equal(3, said(at_most.read, "3"))
    assert.equal(0, said(at_most.read, "0", 10))
    assert.equal(10, said(at_most.read, nil, 10))
    assert.is_nil(at_most.read())
    for _, text in ipairs { "x", "-1", "1.5", "0x1" } do
      assert.matches("^%-%-at%-most: integer of 0 to ", said(at_most.read,
        text)[1])
    end
  end)

  it("lets through so many, and any number without a limit", function()
    assert.is_nil(said(at_most.check, 3, kinds({ "a", "b" }, { "c" })))
    assert.is_nil(said(at_most.check, nil, kinds({ "a", "b" }, { "c" })))
    assert.is_nil(said(at_most.check, 0, kinds({}, {})))
  end)

  it("counts and names by kind what is too much", function()
    assert.same({ "2 teams and 1 user to remove, which is more than --at-most "
      .. "2: nothing was done (--at-most 3 goes ahead)", "teams: 'a' and 'b'",
      "users: 'c'" }, said(at_most.check, 2, kinds({ "a", "b" }, { "c" })))
    assert.same({ "1 user to remove, which is more than --at-most 0: nothing "
      .. "was done (--at-most 1 goes ahead)", "users: 'c'" },
      said(at_most.check, 0, kinds({}, { "c" })))
  end)
end)
