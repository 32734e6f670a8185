local flow = require "tests.scripts.flow"
local suicide = require "tests.support.suicide"
local json = require "mkrun.json"
local world = require "tests.scripts.world"

--- A sandbox with open invites: old@x.example of ten days, new@x.example.
local function invited()
  local here = flow.new()
  here:onboard { teams = { { name = "desk" } } }
  here:write("guests", "email,teams,comment\nnew@x.example,desk,\n"
    .. "old@x.example,desk,covers the winter\n")
  assert.equal(0, here:run("invite", "guests").code)
  world.change(here, function(api)
    world.age_invite(api, "old@x.example", 10)
  end)
  return here
end

local function invites(here)
  local found = {}
  for _, invite in ipairs(here:state().organizations[1].invites) do
    found[invite.email] = invite
  end
  return found
end

local function assert_nothing_left(here, ...)
  local outcome, writes = here:counted("prune-invites", ...)
  assert.equal(0, outcome.code, outcome.err)
  assert.equal(0, writes)
  assert.equal("Summary: 0 created, 0 changed, 0 unchanged.\n", outcome.out)
end

describe("prune-invites", function()
  it("lists the invites of a week ago, and writes nothing", function()
    local here = invited()
    local outcome, writes = here:counted("prune-invites")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(0, writes)
    assert.matches("^EMAIL +CREATED +DAYS +EXPIRES +TEAMS +INVITED BY +ID\n"
      .. "old@x.example +%S+Z +10 +%S+Z +desk +ola@%S+ +%S+\n$", outcome.out)
  end)

  it("lists all of them, for machines too", function()
    local outcome = invited():run("prune-invites", "--older-than", "0",
      "--output", "json")
    local rows = json.decode(outcome.out)
    assert.equal(2, #rows)
    assert.same({ "old@x.example", 10, { "desk" } },
      { rows[1].email, rows[1].days, rows[1].teams })
    assert.equal("new@x.example", rows[2].email)
  end)

  it("withdraws nothing when more are to go than --at-most says", function()
    for _, word in ipairs { "--cancel", "--reinvite" } do
      local here = invited()
      local outcome, writes = here:counted("prune-invites", word, "--yes",
        "--older-than", "0.0001", "--at-most", "0")
      assert.equal(2, outcome.code)
      assert.equal(0, writes)
      assert.matches("1 invite to remove, which is more than --at-most 0: "
        .. "nothing was done (--at-most 1 goes ahead)\nmkrun: invites: "
        .. "'old@x.example'\n", outcome.err, 1, true)
      assert.equal(0, here:run("prune-invites", word, "--yes", "--at-most",
        "1").code)
    end
    local alone = flow.new():run("prune-invites", "--at-most", "3")
    assert.equal(2, alone.code)
    assert.matches("--at-most goes with --cancel or --reinvite", alone.err, 1,
      true)
  end)

  it("says when there is none", function()
    local outcome = flow.new():run "prune-invites"
    assert.equal(0, outcome.code)
    assert.equal("", outcome.out)
    assert.matches("no open invite is 7 days old", outcome.err, 1, true)
  end)

  it("withdraws them once", function()
    local here = invited()
    local outcome, writes = here:counted("prune-invites", "--cancel", "--yes")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(1, writes)
    assert.equal("- invite          old@x.example\n"
      .. "Summary: 0 created, 0 changed, 0 unchanged, 1 removed.\n",
      outcome.out)
    assert.is_nil(invites(here)["old@x.example"])
    assert.is_not_nil(invites(here)["new@x.example"])
    assert_nothing_left(here, "--cancel", "--yes")
  end)

  it("sends them anew, with the same teams and comment", function()
    local here = invited()
    local old = invites(here)["old@x.example"]
    local outcome, writes =
      here:counted("prune-invites", "--reinvite", "--yes")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(2, writes)
    local now = invites(here)["old@x.example"]
    assert.same({ old.email, old.teams, old.comment },
      { now.email, now.teams, now.comment })
    assert(now.created > old.created)
    assert_nothing_left(here, "--reinvite", "--yes")
  end)

  it("withdraws the invite to an address, however old, once", function()
    local here = invited()
    local outcome, writes = here:counted("prune-invites", "--cancel", "--yes",
      "--missing-ok", "NEW@x.example", "no@x.example")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(1, writes)
    assert.equal("- invite          new@x.example\n"
      .. "= invite          no@x.example: no open invite\n"
      .. "Summary: 0 created, 0 changed, 1 unchanged, 1 removed.\n",
      outcome.out)
    assert.is_nil(invites(here)["new@x.example"])
    assert.is_not_nil(invites(here)["old@x.example"])
    outcome, writes = here:counted("prune-invites", "--cancel",
      "--missing-ok", "new@x.example")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(0, writes)
    assert.equal("= invite          new@x.example: no open invite\n"
      .. "Summary: 0 created, 0 changed, 1 unchanged.\n", outcome.out)
  end)

  it("refuses an address that no invite is to", function()
    local here = invited()
    for _, action in ipairs { "--cancel", "--reinvite", "--output=csv" } do
      local outcome, writes = here:counted("prune-invites", action,
        "old@x.example", "old@x.exmaple")
      local row = action == "--output=csv"
        and "failed,run,prune-invites,there is no open invite to" or ""
      assert.same({ 2, 0 }, { outcome.code, writes })
      assert.matches(row, outcome.out, 1, true)
      assert.not_matches("traceback", outcome.out, 1, true)
      assert.matches("there is no open invite to 'old@x.exmaple': "
        .. "did you mean 'old@x.example'? --missing-ok if", outcome.err, 1,
        true)
    end
  end)

  it("asks before it withdraws the invite to an address", function()
    local outcome, writes =
      invited():counted("prune-invites", "--cancel", "new@x.example")
    assert.equal(2, outcome.code)
    assert.equal(0, writes)
    assert.matches("nothing was done", outcome.err, 1, true)
  end)

  it("lists the invites to an address", function()
    local outcome = invited():run("prune-invites", "--output", "json",
      "--missing-ok", "new@x.example", "no@x.example")
    local rows = json.decode(outcome.out)
    assert.same({ 1, "new@x.example" }, { #rows, rows[1].email })
    assert.matches("mkrun: no@x.example: no open invite\n", outcome.err, 1,
      true)
  end)

  it("sends the invite to an address anew when it is of age", function()
    local here = invited()
    local outcome, writes = here:counted("prune-invites", "--reinvite",
      "--yes", "old@x.example", "new@x.example")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(2, writes)
    assert.equal("~ invite          old@x.example: sent anew\n"
      .. "= invite          new@x.example: no open invite is 7 days old\n"
      .. "Summary: 0 created, 1 changed, 1 unchanged.\n", outcome.out)
  end)

  it("withdraws nothing that it could not send again", function()
    local here = invited()
    here:run("-e", "require 'mkio'.connect().teams:delete 'desk'")
    local outcome, writes =
      here:counted("prune-invites", "--reinvite", "--yes")
    assert.equal(2, outcome.code)
    assert.equal(0, writes)
    assert.matches("the invite to 'old@x.example' names the team 'desk', "
      .. "which is gone", outcome.err, 1, true)
  end)

  it("sends what a run that was killed had withdrawn", function()
    for _, moment in ipairs { "intent", "outcome" } do
      local here = invited()
      here:run("--journal", "j", "-e", suicide.die .. ([[
        local journal = require "mkrun.journal".Journal
        local act = journal.%s
        function journal.%s(self, write, ...)
          if write.method == "POST" then die() end
          return act(self, write, ...)
        end]]):format(moment, moment), "prune-invites", "--yes", "--reinvite")
      local outcome, writes = here:counted("--resume", "j", "-e", "",
        "prune-invites", "--yes", "--reinvite")
      assert.equal(0, outcome.code, outcome.err)
      assert.equal(moment == "intent" and 1 or 0, writes)
      assert.equal(moment == "intent" and "+ invite          old@x.example: "
        .. "was withdrawn by the run before\n" or "",
        outcome.out:match "^(.*)Summary")
      assert.equal("covers the winter", invites(here)["old@x.example"].comment)
      _, writes = here:counted("--resume", "j", "-e", "", "prune-invites",
        "--yes", "--reinvite")
      assert.equal(0, writes)
    end
  end)

  it("does nothing without a yes", function()
    for _, action in ipairs { "--cancel", "--reinvite" } do
      local here = invited()
      local outcome, writes = here:counted("prune-invites", action)
      assert.equal(2, outcome.code)
      assert.equal(0, writes)
      assert.matches('  - invite "old@x.example"\n', outcome.err, 1, true)
      assert.equal(action == "--reinvite",
        outcome.err:find('  + invite "old@x.example"', 1, true) ~= nil)
      assert.matches("nothing was done", outcome.err, 1, true)
      assert.equal("", outcome.out)
    end
  end)

  it("refuses wrong usage", function()
    for _, words in ipairs {
      { "--older-than", "x" }, { "--older-than", "-1" }, { "more" },
      { "--cancel", "" }, { "--cancel", "a@b", "@x.example" },
      { "--cancel", "--reinvite" }, { "--reinvite", "--older-than", "0" },
      { "--older-than", "0x1" }, { "--older-than", "1000" }, { "--yes" },
      { "--yes", "a@b" }, { "--missing-ok" }, { "--cancel", "--missing-ok" },
    } do
      local outcome = flow.new():run("prune-invites", table.unpack(words))
      assert.equal(2, outcome.code)
      assert.matches("usage: mkrun prune-invites", outcome.err, 1, true)
    end
  end)
end)
