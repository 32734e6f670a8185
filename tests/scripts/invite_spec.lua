local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local release = require "tests.support.release"
local terminal = require "tests.scripts.terminal"

local LIST <const> = [[
email,teams,comment
OLA@northlight.example,Administrators,
kari@northlight.example,Administrators; Everyone,
new@partner.example,"Everyone;Administrators","covers the
winter season"
other@partner.example,,
]]

--- A flow with a list of guests in `guests`.
local function with(text)
  local here = flow.new()
  here:write("guests", text)
  return here
end

local function invites(here)
  local found = {}
  for _, invite in ipairs(here:state().organizations[1].invites) do
    found[invite.email] = invite
  end
  return found
end

local function refused(text, message)
  local outcome, writes = with(text):counted("invite", "guests")
  assert.equal(2, outcome.code)
  assert.matches("mkrun: guests: " .. message, outcome.err, 1, true)
  assert.not_matches("GET /api", outcome.err, 1, true)
  assert.equal(0, writes)
end

describe("invite", function()
  it("invites once, and nobody twice", function()
    local here = with(LIST)
    local first, writes = here:counted("invite", "guests")
    assert.equal(0, first.code, first.err)
    assert.equal(2, writes)
    assert.equal([[
= invite          OLA@northlight.example: a member
= invite          kari@northlight.example: a member, but not of 'Administrators'
+ invite          new@partner.example: Everyone; Administrators
+ invite          other@partner.example
Summary: 2 created, 0 changed, 2 unchanged.
]], first.out)
    local sent = invites(here)
    assert.equal("covers the\nwinter season",
      sent["new@partner.example"].comment)
    assert.same({ "Everyone", "Administrators" },
      sent["new@partner.example"].teams)
    assert.equal("Welcome to Northlight Broadcasting",
      sent["other@partner.example"].comment)

    local second, again = here:counted("invite", "guests")
    assert.equal(0, second.code, second.err)
    assert.equal(0, again)
    assert.matches("= invite          new@partner.example: open since %d",
      second.out)
    assert.matches("Summary: 0 created, 0 changed, 4 unchanged.\n",
      second.out, 1, true)
  end)

  it("takes JSON, from standard input too", function()
    local here = with '[{"email": "a@b", "teams": ["Everyone"]}]'
    assert.equal("+ invite          a@b: Everyone\n"
      .. "Summary: 1 created, 0 changed, 0 unchanged.\n",
      here:run("invite", "guests").out)
    local outcome = release.run({ "--sandbox=state.json", "invite", "-" },
      { cwd = here.folder, stdin = ' [{"email": "c@d"}]' })
    assert.equal("+ invite          c@d\n"
      .. "Summary: 1 created, 0 changed, 0 unchanged.\n", outcome.out)
  end)

  it("has teams and a comment for those who have none", function()
    local here = with "email;teams\na@b;Administrators\nc@d;\n"
    local outcome = here:run("invite", "--team", "Everyone", "--comment", "hi",
      "guests")
    assert.equal(0, outcome.code, outcome.err)
    assert.same({ "Administrators" }, invites(here)["a@b"].teams)
    assert.same({ "Everyone" }, invites(here)["c@d"].teams)
    assert.equal("hi", invites(here)["c@d"].comment)
  end)

  it("takes no teams for none, and each team once", function()
    local here = with '\xEF\xBB\xBF[{"email": "a@b", "teams": []}]'
    local outcome = here:run("invite", "--team", "Everyone", "--team",
      "Everyone", "guests")
    assert.equal(0, outcome.code, outcome.err)
    assert.same({ "Everyone" }, invites(here)["a@b"].teams)
  end)

  it("tells of a team that an open invite does not name", function()
    local here = with "email,teams\na@b,Everyone\n"
    here:run("invite", "guests")
    here:write("guests", "email,teams\nA@B,Administrators\n")
    local outcome, writes = here:counted("invite", "guests")
    assert.equal(0, writes)
    assert.matches("open since %d+%-%d+%-%d+, without 'Administrators'",
      outcome.out)
  end)

  it("reports to machines as JSON and CSV", function()
    local here = with "email\nola@northlight.example\na@b\n"
    local outcome = here:run("invite", "--output", "csv", "guests")
    assert.equal("outcome,kind,name,details\r\n"
      .. "unchanged,invite,ola@northlight.example,a member\r\n"
      .. "created,invite,a@b,\r\n", outcome.out)
    outcome = here:run("invite", "--output=json", "guests")
    local rows = json.decode(outcome.out)
    assert.equal(2, #rows)
    assert.equal("unchanged", rows[2].outcome)
  end)

  it("invites 200, some at a time, in the order of the list", function()
    local lines, here = { "email,teams" }, flow.new()
    for i = 1, 200 do lines[i + 1] = ("guest%d@x.example,"):format(i) end
    here:write("guests", table.concat(lines, "\n"))
    local outcome, writes = here:counted("invite", "guests")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(200, writes)
    local n = 0
    for found in outcome.out:gmatch "guest(%d+)@" do
      n = n + 1
      assert.equal(n, tonumber(found))
    end
    assert.equal(200, n)
  end)

  it("has told of whom it invited when it is killed", function()
    local lines = {}
    for i = 1, 9 do lines[i] = ("g%d@b\n"):format(i) end
    -- The first goes alone; its worker then sends g9 before the others go on.
    for format, last in pairs { text = "+ invite          g5@b\n",
      csv = "created,invite,g5@b,\r\n" } do
      local here = with("email\n" .. table.concat(lines))
      local outcome = here:run("-e", [[
        local class, n = require "mkio.resource.invites", 0
        local create = class.create
        function class.create(...)
          n = n + 1
          if n == 7 then
            os.execute("kill -KILL " .. require "mkrun.sys".getpid())
          end
          return create(...)
        end]], here:unconfined "invite", "--output", format, "guests")
      assert.equal(137, outcome.code)
      assert.equal(last, outcome.out:sub(-#last))
    end
  end)

  it("invites nobody when a team is not there", function()
    local outcome, writes = with "email,teams\na@b,\nc@d,desk\n"
      :counted("invite", "guests")
    assert.equal(2, outcome.code)
    assert.equal(0, writes)
    assert.matches("guests: line 3, column 'teams': there is no team 'desk': "
      .. "there is 'Administrators' and 'Everyone'", outcome.err, 1, true)
    outcome, writes = with "email,teams\na@b,Everyone\n"
      :counted("invite", "--team", "Evryone", "guests")
    assert.equal(2, outcome.code)
    assert.equal(0, writes)
    assert.matches("there is no team 'Evryone': did you mean "
      .. "'Everyone'?", outcome.err, 1, true)
  end)

  it("names a team that is not there once, however many lines do", function()
    local lines = { "email,teams" }
    for i = 1, 600 do lines[i + 1] = ("g%d@b,desk;Everyone"):format(i) end
    lines[300] = "x@b,desk;crew"
    local outcome = with(table.concat(lines, "\n")):run("invite", "guests")
    assert.equal(2, outcome.code)
    assert.equal("mkrun: guests: line 2, column 'teams': there is no team "
      .. "'desk', named 600 times: there is 'Administrators' and 'Everyone'\n"
      .. "mkrun: guests: line 300, column 'teams': there is no team 'crew': "
      .. "there is 'Administrators' and 'Everyone'\n", outcome.err)
  end)

  it("says all that is wrong with a list at once", function()
    local outcome = with "email\nnix\na@b\nnox\nA@B\n":run("invite", "guests")
    assert.equal(2, outcome.code)
    for _, text in ipairs { "line 2, column 'email': e-mail address expected",
      "line 4, column 'email': e-mail address expected",
      "line 5, column 'email': 'A@B' is there twice" } do
      assert.matches(text, outcome.err, 1, true)
    end
  end)

  it("passes over rows of separators alone", function()
    local here = flow.new()
    here:write("guests", "email;teams\r\n;\r\nx@y.example;\r\n ;\r\n;\r\n")
    local outcome = here:run("invite", "guests")
    assert.equal("+ invite          x@y.example\nSummary: 1 created, "
      .. "0 changed, 0 unchanged.\n", outcome.out)
  end)

  it("refuses a list that it does not understand", function()
    refused("mail\na@b\n",
      "line 1: column 'email', 'teams' or 'comment' expected, got 'mail'")
    refused("email,teams\n,desk\n",
      "line 2, column 'email': e-mail address expected, got ''")
    refused("teams\nx\n", "line 1: there is no column 'email'")
    refused("email\n\nnix\n",
      "line 3, column 'email': e-mail address expected, got 'nix'")
    refused("email\na@b\nA@B\n", "line 3, column 'email': 'A@B' is there twice")
    refused("email,teams\na@b\n", "line 2: 2 fields expected, got 1")
    refused('[{"email":"a@b","team":[]}]',
      "at '/0/team': unknown key, did you mean 'teams'?")
    refused('[{"email":"a@b","teams":["x","x"]}]',
      "at '/0/teams/1': 'x' is there twice")
    refused("email\na\0@b\n", "line 2, column 'email': e-mail address expected")
    refused('[{"email":"a@b"', "bad JSON")
  end)

  it("shows progress on a terminal", function()
    if not terminal.works() then pending "needs a pseudo-terminal" end
    local here = with "email\na@b\n"
    local outcome = terminal.run({ "--sandbox=state.json", "invite", "guests" },
      "", { cwd = here.folder })
    assert.equal(0, outcome.code, outcome.out)
    assert.matches("\r\27[Kinviting 1/1, a@b\r\27[K", outcome.out, 1, true)
  end)
end)
