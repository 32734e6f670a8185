local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local release = require "tests.support.release"

--- Runs `check` in a folder without a sandbox and without a token.
local function check(here, ...)
  return release.run({ "--base-url", "https://127.0.0.1:1", "check", ... },
    { cwd = here.folder, env = here.env })
end

local WRONG <const> = [[{"team": [], "invites": [{"email": "kari"},
  {"email": "a@b.c", "comment": 7}], "tokens": [{"description": "",
    "file": "f"}]}]]

describe("check", function()
  it("says nothing about a SPEC that is right", function()
    local here = flow.new()
    local outcome = check(here, "examples/onboard.json")
    assert.same({ 0, "", "" }, { outcome.code, outcome.out, outcome.err })
  end)

  it("says all that is wrong with all files", function()
    local here = flow.new()
    here:write("a.json", WRONG)
    here:write("b.json", "{")
    here:write("c.lua", "return { teams = { { name = 7 } } }")
    here:write("d.json", '{"teams": [{"name": "t", "description": "d"}]}')
    here:write("e.json", '{"teams": [{"name": "t", "description": "e"}]}')
    local outcome = check(here, "a.json", "b.json", "c.lua", "d.json",
      "e.json", "none.json")
    assert.equal(2, outcome.code)
    assert.equal([[
a.json: at '/team': unknown key, did you mean 'teams'?
a.json: at '/invites/0/email': e-mail address expected, got 'kari'
a.json: at '/invites/1/comment': string expected, got integer
a.json: at '/tokens/0/description': at least 1 character expected, got 0
b.json: bad JSON: member name expected at line 1 column 2
c.lua: at '/teams/0/name': string expected, got integer
none.json: No such file or directory
d.json: /teams/0/description and e.json: /teams/0/description: the values differ
]], outcome.out)
  end)

  it("says what one file alone lacks, and several may complete", function()
    local here = flow.new()
    here:write("a.json", '{"projects": [{"name": "p"}, {"name": "q"}]}')
    here:write("b.json", '{"projects": [{"name": "q", "displayName": "Q", '
      .. '"locationName": "l"}, {"name": "p", "displayName": "P"}]}')
    local lacks = "%s: at '/projects/%d/%s': string expected, got nothing\n"
    assert.equal(lacks:format("a.json", 0, "displayName")
      .. lacks:format("a.json", 0, "locationName")
      .. lacks:format("a.json", 1, "displayName")
      .. lacks:format("a.json", 1, "locationName"), check(here, "a.json").out)
    assert.equal(lacks:format("a.json", 0, "locationName"),
      check(here, "a.json", "b.json").out)
  end)

  it("says what is there twice, whatever else is wrong with a list", function()
    local here = flow.new()
    here:write("a.json", [[{"teams": [{"name": "t", "members": [
      {"email": "kari"}, {"email": "a@b.c"}, {"email": "A@b.c", "x": 1}]},
      7, {"name": "u"}, {"name": ""}, {"name": ""}, {"name": "u"}],
      "invites": [{"email": "a@b.c", "teams": ["t", 7, "t"]}, {}]}]])
    local out = check(here, "a.json").out
    local list = {}
    for place, text in out:gmatch "a.json: at '(.-)': ([^\n]*)\n" do
      list[#list + 1] = place .. " " .. text:match "^[^,]*"
    end
    assert.same({ "/invites/0/teams/1 string expected",
      "/invites/0/teams/2 't' is there twice",
      "/invites/1/email string expected",
      "/teams/0/members/0/email e-mail address expected",
      "/teams/0/members/2/x unknown key",
      "/teams/0/members/2/email 'A@b.c' is there twice",
      "/teams/1 object expected", "/teams/3/name at least 1 character expected",
      "/teams/4/name at least 1 character expected",
      "/teams/5/name 'u' is there twice" }, list)
  end)

  it("warns of what looks mistyped", function()
    local here = flow.new()
    here:write("a.json", [[{"projects": [{"name": "p", "displayName": "P",
      "locationName": "westeurop", "webhooks": [{"name": "w",
        "url": "https://h", "events": ["MediaKind.JobFinishd"]}]}],
      "teams": [{"name": "t", "scopes": {"pScope":
        {"roles": ["user", "raeder", "our own"]}}}]}]])
    local outcome = check(here, "a.json")
    assert.same({ 0, "" }, { outcome.code, outcome.out })
    local list = {}
    for text in outcome.err:gmatch "mkrun: warning: a.json: ([^\n]*)\n" do
      list[#list + 1] = text
    end
    assert.same({ "at '/projects/0/webhooks/0/events/0': "
      .. "'MediaKind.JobFinishd' is unknown to this version, and is sent as it "
      .. "is: did you mean 'MediaKind.JobFinished'?",
      "at '/projects/0/locationName': the model of the API has no location "
      .. "'westeurop': did you mean 'westeurope'?",
      "at '/teams/0/scopes/pScope/roles/1': the model of the API has no role "
      .. "'raeder': did you mean 'reader'?" }, list)
  end)

  it("takes one of several files with --partial", function()
    local here = flow.new()
    here:write("a.json", '{"projects": [{"name": "p"}]}')
    here:write("b.lua", "return { inviteComment = set.text, teams = {{}} }")
    assert.equal(2, check(here, "a.json").code)
    assert.equal(0, check(here, "--partial", "--set", "text=x", "a.json").code)
    assert.equal("b.lua: at '/teams/0/name': string expected, got nothing\n",
      check(here, "--partial", "--set", "text=x", "b.lua").out)
    assert.equal("--set: 'text' is given twice\n",
      check(here, "--partial", "--set", "text=x", "--set", "text=y", "a.json")
        .out)
  end)

  it("looks at secrets only when it is asked to", function()
    local here = flow.new()
    here:write("a.json", [[{"projects": [{"name": "p", "displayName": "P",
      "locationName": "l", "webhooks": [{"name": "w", "url": "https://h",
        "events": [], "authentication": {"headers": {
          "A": {"env": "MKRUN_NO_SUCH"}, "B": {"file": "none"}}}}]}]}]])
    assert.equal(0, check(here, "a.json").code)
    local outcome = check(here, "--secrets", "a.json")
    local at = "a.json: at '/projects/0/webhooks/0/authentication/headers/"
    assert.equal(at .. "A': environment variable MKRUN_NO_SUCH is not set\n"
      .. at .. "B': none: No such file or directory\n", outcome.out)
  end)

  it("writes a row for each fault", function()
    local here = flow.new()
    here:write("a.json", WRONG)
    local outcome = check(here, "--output", "json", "a.json")
    assert.equal(2, outcome.code)
    assert.same({ file = "a.json", place = "/team",
      problem = "unknown key, did you mean 'teams'?" },
      json.decode(outcome.out)[1])
    outcome = check(here, "--output", "csv", "b.json")
    assert.equal("file,place,problem\r\nb.json,,No such file or directory\r\n",
      outcome.out)
  end)

  it("goes with --set as onboard does", function()
    local here = flow.new()
    here:write("a.lua", "return { inviteComment = set.text }")
    assert.equal(0, check(here, "--set", "text=x", "a.lua").code)
    assert.equal("--set txt: no file asks for 'txt': did you mean 'text'?\n"
      .. "a.lua: at '/inviteComment': at least 1 character expected, got 0\n",
      (check(here, "--set", "text=", "--set", "txt=", "a.lua").out
        :gsub("^(a.lua[^\n]*\n)(.*)$", "%2%1")))
  end)
end)
