local action = require "mkrun.action"
local script = require "mkrun.script"

local header = script.header [[
--- Summary.
-- @usage mkrun token [list] [--within DAYS] [--output FORMAT]
-- @usage mkrun token create DESCRIPTION --allow PATTERN...
--          (--file FILE | --exec CMD) [--dry-run]
-- @usage mkrun token show [NAME]
]]

local function fault(...) return action.fault(header, ...) end

describe("mkrun.action", function()
  it("lets pass what the action's usage line shows", function()
    assert.is_nil(fault({ within = "3", output = "json" }, "list"))
    assert.is_nil(fault({ allow = {}, file = "f", dry_run = true },
      "create", "nightly"))
    assert.is_nil(fault({}, "show"))
    assert.is_nil(fault({}, "show", "x"))
  end)

  it("refuses an option of another action", function()
    assert.equal("option '--within' is not for 'create'",
      fault({ within = "3" }, "create", "x"))
    assert.equal("option '--dry-run' is not for 'list'",
      fault({ dry_run = true }, "list"))
    assert.equal("option '--with' is not for 'list'",
      fault({ with = true }, "list"))
  end)

  it("refuses an argument too many and one too few", function()
    assert.equal("unexpected argument 'x'", fault({}, "list", "x"))
    assert.equal("argument DESCRIPTION is missing", fault({}, "create"))
    assert.equal("argument DESCRIPTION is empty", fault({}, "create", ""))
  end)

  it("refuses an action that no line shows", function()
    assert.equal("there is no action 'drop'", fault({}, "drop"))
    assert.equal("there is no action 'lsit', did you mean 'list'?",
      fault({}, "lsit"))
  end)
end)
