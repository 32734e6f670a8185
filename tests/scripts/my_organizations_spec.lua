local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local terminal = require "tests.scripts.terminal"
local world = require "tests.scripts.world"

local HOME <const> = "Northlight Broadcasting"

--- A sandbox whose caller is invited to "Southlight", too.
local function invited(name)
  local here = flow.new()
  assert.equal(0, here:run("my-organizations").code)
  world.change(here, function(api) world.invite_elsewhere(api, name) end)
  return here
end

--- Run an action that writes `expected` times; returns its first line.
local function act(here, expected, ...)
  local outcome, writes = here:counted("my-organizations", ...)
  assert.equal(0, outcome.code, outcome.err)
  assert.equal(expected, writes)
  return outcome.out:match "^[^\n]*"
end

local function refused(here, message, ...)
  local outcome, writes = here:counted("my-organizations", ...)
  assert.equal(2, outcome.code)
  assert.equal(0, writes)
  assert.matches(message, outcome.err, 1, true)
end

--- {name = state}
local function states(here)
  local outcome, found = here:run("my-organizations", "--output", "json"), {}
  for _, row in ipairs(json.decode(outcome.out)) do
    found[row.name] = row.state
  end
  return found
end

describe("my-organizations", function()
  it("lists memberships and open invites", function()
    local outcome = invited():run "my-organizations"
    assert.matches("\nSouthlight +invited +siri@southlight.example +come +"
      .. "%S+\n", outcome.out)
    assert.matches("\nNorthlight Broadcasting +member +%- +%- +%S+\n",
      outcome.out)
  end)

  it("accepts an invite once, by name or id", function()
    local here = invited()
    local id = here:state().organizations[2].id
    assert.equal("+ organization    Southlight: joined",
      act(here, 1, "accept", id))
    assert.same({ [HOME] = "member", Southlight = "member" }, states(here))
    assert.equal("= organization    Southlight: a member already",
      act(here, 0, "accept", "Southlight"))
  end)

  it("declines an invite once", function()
    local here = invited()
    assert.equal("- organization    Southlight: invite declined",
      act(here, 1, "decline", "--yes", "Southlight"))
    assert.same({ [HOME] = "member" }, states(here))
    assert.equal("= organization    Southlight: no open invite",
      act(here, 0, "decline", "--yes", "--missing-ok", "Southlight"))
  end)

  it("leaves an organization once", function()
    local here = invited()
    act(here, 1, "accept", "Southlight")
    assert.equal("- organization    Southlight: left",
      act(here, 1, "leave", "--yes", "Southlight"))
    assert.same({ [HOME] = "member" }, states(here))
    assert.equal("= organization    Southlight: no member",
      act(here, 0, "leave", "--yes", "--missing-ok", "Southlight"))
  end)

  it("says which ones there are when the name is none of them", function()
    local here = invited()
    refused(here, "'Suothlight' is no organization of yours: did you mean "
      .. "'Southlight'?", "leave", "--yes", "Suothlight")
    refused(here, "'Wromg' is no organization of yours: there is '" .. HOME
      .. "' and 'Southlight'; --missing-ok if you may have left it",
      "decline", "--yes", "Wromg")
  end)

  it("does not leave by declining, nor decline by leaving", function()
    local here = invited()
    refused(here, "you are a member of '" .. HOME .. "': use leave",
      "decline", "--yes", HOME)
    refused(here, "you are no member of 'Southlight' yet: use decline",
      "leave", "--yes", "Southlight")
  end)

  it("does not let the last administrator leave", function()
    refused(flow.new(), "is the last administrator: let somebody else lead "
      .. "the team 'Administrators' first", "leave", "--yes", HOME)
  end)

  it("takes an invite in any state but accepted for open", function()
    local memberships = require "mkio.flow.my_organizations"
    local function state(invite)
      return memberships.row { metadata = { id = "i", name = "n" },
        spec = { invite = invite } }.state
    end
    assert.equal("invited", state { state = "pending" })
    assert.equal("invited", state {})
    assert.equal("member", state { state = "accepted" })
    assert.equal("member", state(nil))
  end)

  it("says that there is no invite to accept", function()
    refused(invited(), "there is no open invite from 'Westlight'", "accept",
      "Westlight")
  end)

  it("does nothing without a yes", function()
    local here = invited()
    refused(here, "nothing was done", "decline", "Southlight")
    act(here, 1, "accept", "Southlight")
    refused(here, "nothing was done", "leave", "Southlight")
  end)

  for answer, left in pairs { ["y\n"] = true, ["n\n"] = false, [""] = false } do
    it(("asks on a terminal, and takes %q"):format(answer), function()
      if not terminal.works() then pending "needs a pseudo-terminal" end
      local here = invited()
      local outcome = terminal.run({ "--sandbox=state.json",
        "my-organizations", "decline", "Southlight" }, answer,
        { cwd = here.folder })
      assert.matches(' invite "Southlight"\r\n', outcome.out, 1, true)
      assert.equal(left and 0 or 2, outcome.code, outcome.out)
      assert.equal(not left and "invited" or nil, states(here).Southlight)
    end)
  end

  it("lets no organization's name command the terminal", function()
    if not terminal.works() then pending "needs a pseudo-terminal" end
    local here = invited "South\27[2Klight\u{9b}1A"
    local id = here:state().organizations[2].id
    local outcome = terminal.run({ "--sandbox=state.json",
      "my-organizations", "decline", id }, "n\n", { cwd = here.folder })
    assert.matches(' invite "South?[2Klight?1A"', outcome.out, 1, true)
    assert.not_matches("\27[2K", outcome.out, 1, true)
  end)

  it("names what is near to a name that is not there", function()
    local outcome = flow.new():run("my-organizations", "accept",
      "Northlite Broadcasting")
    assert.equal(2, outcome.code)
    assert.matches("there is no open invite from 'Northlite Broadcasting': did "
      .. "you mean 'Northlight Broadcasting'?", outcome.err, 1, true)
    outcome = flow.new():run("my-organizations", "leeve", "x")
    assert.matches("got 'leeve', did you mean 'leave'?", outcome.err, 1, true)
  end)

  it("refuses wrong usage", function()
    for _, words in ipairs { { "join", "x" }, { "leave" }, { "leave", "" },
      { "leave", "a", "b" }, { "--yes" }, { "--missing-ok" },
      { "accept", "x", "--missing-ok" } } do
      local outcome = flow.new():run("my-organizations", table.unpack(words))
      assert.equal(2, outcome.code)
      assert.matches("usage: mkrun my-organizations", outcome.err, 1, true)
    end
  end)
end)
