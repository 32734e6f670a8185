local bench = require "tests.support.bench"
local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local terminal = require "tests.scripts.terminal"
local world = require "tests.scripts.world"

local KARI <const> = "kari@northlight.example"
local OLA <const> = "ola@northlight.example"

--- A sandbox where Kari leads two teams (her place in Everyone goes with her
--- membership only), is logged in, and has a token.
local function staffed()
  local here = flow.new()
  local outcome = here:onboard { teams = {
    { name = "desk", members = { { email = KARI, isTeamAdmin = true },
      { email = OLA } } },
    { name = "Everyone", members = { { email = KARI, isTeamAdmin = true } } },
  } }
  assert.equal(0, outcome.code, outcome.err)
  world.change(here, function(api)
    local status = api:user(KARI):post("/user/tokens", {
      type = "full-access", description = "kari's job",
      organizationId = here:state().organizations[1].id,
    })
    assert.equal(201, status)
  end)
  return here
end

--- The ids of the members of the organization and of each team.
local function people(here)
  local organization = here:state().organizations[1]
  local sizes = { organization = #organization.members }
  for _, team in ipairs(organization.teams) do
    local size = 0
    for _ in pairs(team.members) do size = size + 1 end
    sizes[team.name] = size
  end
  return sizes
end

describe("offboard", function()
  it("removes a user with all that is theirs, and nothing twice", function()
    local here = staffed()
    local first, writes = here:counted("offboard", "--yes", "KARI@" ..
      "northlight.example", KARI)
    assert.equal(0, first.code, first.err)
    assert.equal(4, writes)
    assert.matches("- team member     desk/" .. KARI, first.out, 1, true)
    assert.matches("- token           kari's job: %x+%-", first.out)
    assert.matches("- user            " .. KARI, first.out, 1, true)
    assert.matches("Summary: 0 created, 0 changed, 0 unchanged, 2 revoked, "
      .. "2 removed.\n", first.out, 1, true)
    assert.same({ organization = 2, Administrators = 1, Everyone = 2,
      desk = 1 }, people(here))
    assert.same({}, here:live "kari's job")

    local reminder = "a SPEC or list that still names " .. KARI
      .. " invites them again"
    assert.matches(reminder, first.err, 1, true)

    local second, again = here:counted("offboard", "--yes", KARI)
    assert.equal(0, second.code, second.err)
    assert.not_matches(reminder, second.err, 1, true)
    assert.equal(0, again)
    assert.equal("= user            " .. KARI .. ": no member, no open invite\n"
      .. "Summary: 0 created, 0 changed, 1 unchanged.\n", second.out)
  end)

  it("takes nobody when an address is nearly somebody's", function()
    local here = staffed()
    local slip = "kari@northlight.exmaple"
    local outcome, writes = here:counted("offboard", "--yes", OLA, slip,
      "--myself")
    assert.equal(2, outcome.code)
    assert.equal(0, writes)
    local wrong, none = here:counted("offboard", "--yes", slip)
    assert.equal(2, wrong.code)
    assert.equal(0, none)
    assert.matches("there is no user, no open invite and no token of '" .. slip
      .. "': did you mean '" .. KARI .. "'? --missing-ok if they may be gone",
      wrong.err, 1, true)
    local meant = here:run("offboard", "--yes", "--missing-ok", slip)
    assert.equal(0, meant.code, meant.err)
    local stranger = here:run("offboard", "--yes", "eva@elsewhere.example")
    assert.equal(2, stranger.code, stranger.out)
    assert.matches("of 'eva@elsewhere.example': --missing-ok if",
      stranger.err, 1, true)
  end)

  it("knows users by their id, and cancels invites to them", function()
    local here = staffed()
    here:write("guests", "email\nguest@x.example\n")
    here:run("invite", "guests")
    local id = here:state().users[3].id
    local outcome = here:run("offboard", "--yes", "--output", "json", id,
      "guest@x.example")
    assert.equal(0, outcome.code, outcome.err)
    local kinds = {}
    for i, row in ipairs(json.decode(outcome.out)) do
      kinds[i] = row.kind .. " " .. row.name
    end
    assert.same({ "team member Everyone/nils@northlight.example",
      "user nils@northlight.example", "invite guest@x.example" }, kinds)
    assert.same({}, here:state().organizations[1].invites)
  end)

  it("does nothing without a yes", function()
    local here = staffed()
    local outcome, writes = here:counted("offboard", KARI)
    assert.equal(2, outcome.code)
    assert.equal(0, writes)
    assert.equal("", outcome.out)
    assert.matches('  ~ team "desk"\n      - member: ' .. KARI .. "\n",
      outcome.err, 1, true)
    assert.matches('  - token "kari\'s job"\n      id: ', outcome.err, 1, true)
    assert.matches("\nPlan: 0 to create, 1 to change, 3 to delete.\n"
      .. "mkrun: nothing was done: there is no terminal to ask on, and no "
      .. "--yes\n", outcome.err, 1, true)
  end)

  it("names twenty of the many that somebody leaves or has invited", function()
    local here = flow.new()
    local made = here:run("-e", [[
      local org = require "mkio".connect()
      local me = org.me:profile().metadata.id
      for i = 1, 30 do
        org.teams:put("t" .. i, { members = { [me] = { isTeamAdmin = true } } })
        org.invites:ensure(i .. "@x.example", { comment = "hi" })
      end
      local kari = org.users:find "kari@northlight.example".metadata.id
      org.teams:ensure("Administrators",
        { members = { [kari] = { isTeamAdmin = true } } })]])
    assert.equal(0, made.code, made.err)
    local shown = here:run("offboard", "--myself", OLA).err
    assert.matches("      leaves teams: 'Administrators', 'Everyone', 't1', "
      .. ".*, 't25' and 12 more\n", shown)
    assert.matches("      has invited: '10@x.example', "
      .. ".*, '28@x.example' and 10 more, who stay invited\n", shown)
  end)

  it("shows the heads of the plan that --dry-run shows", function()
    local here = staffed()
    local asked = here:run("offboard", KARI)
    local planned = here:run("--dry-run", "offboard", KARI)
    assert.equal(3, planned.code, planned.err)
    local heads = bench.heads(asked.err)
    assert.equal(4, #heads)
    assert.same(bench.heads(planned.out), heads)
  end)

  local answers = { ["y\n"] = true, ["n\n"] = false, [""] = false }
  for answer, gone in pairs(answers) do
    it(("asks on a terminal, and takes %q"):format(answer), function()
      if not terminal.works() then pending "needs a pseudo-terminal" end
      local here = staffed()
      local outcome = terminal.run({ "--sandbox=state.json", "offboard", KARI },
        answer, { cwd = here.folder })
      assert.matches("1 to change, 3 to delete.\r\nGo on? [y/N] ", outcome.out,
        1, true)
      assert.equal(gone and 0 or 2, outcome.code, outcome.out)
      assert.equal(gone and 2 or 3, people(here).organization)
    end)
  end

  it("does not remove the last administrator", function()
    local here = staffed()
    local outcome, writes = here:counted("offboard", "--yes", "--myself", KARI,
      OLA)
    assert.equal(2, outcome.code)
    assert.equal(0, writes)
    assert.matches("'" .. OLA .. "' is the last administrator", outcome.err, 1,
      true)
  end)

  it("does not remove oneself unless that is said", function()
    local here = staffed()
    here:onboard { teams = { { name = "Administrators",
      members = { { email = KARI, isTeamAdmin = true } } } } }
    local outcome, writes = here:counted("offboard", "--yes", OLA,
      "nils@northlight.example")
    assert.equal(2, outcome.code)
    assert.equal(0, writes)
    assert.matches("'" .. OLA .. "' is you: --myself goes ahead", outcome.err,
      1, true)

    outcome = here:run("offboard", "--yes", "--myself", OLA,
      "nils@northlight.example")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(1, people(here).organization)
    local users = {}
    for _, user in ipairs(here:state().users) do users[user.id] = user.email end
    for _, token in ipairs(here:state().tokens) do
      assert.equal(OLA == users[token.userId],
        token.revoked ~= json.null)
    end
  end)

  it("removes nobody when more are to go than --at-most says", function()
    local here = staffed()
    local outcome, writes = here:counted("offboard", "--yes", "--at-most", "1",
      KARI, "nils@northlight.example")
    assert.equal(2, outcome.code)
    assert.equal(0, writes)
    assert.matches("mkrun: 2 users to remove, which is more than --at-most 1: "
      .. "nothing was done (--at-most 2 goes ahead)\nmkrun: users: '" .. KARI
      .. "' and 'nils@northlight.example'\n", outcome.err, 1, true)
    assert.equal(0, here:run("offboard", "--yes", "--at-most", "1", KARI).code)
  end)

  it("refuses what is no user", function()
    for _, words in ipairs { { "kari" }, {}, { "--output", "xml", KARI } } do
      local outcome = flow.new():run("offboard", table.unpack(words))
      assert.equal(2, outcome.code)
      assert.matches("usage: mkrun offboard", outcome.err, 1, true)
    end
  end)
end)
