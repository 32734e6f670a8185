local flow = require "tests.scripts.flow"
local json = require "mkrun.json"

local KARI <const> = "kari@northlight.example"
local NILS <const> = "nils@northlight.example"

--- Run `mkrun team ...`; what it did, and how many writes that took.
local function run(here, ...)
  local outcome, writes = here:counted("team", ...)
  assert.equal(0, outcome.code, outcome.err)
  return outcome.out, writes
end

local function refused(here, message, ...)
  local outcome, writes = here:counted("team", ...)
  assert.equal(2, outcome.code, outcome.out)
  assert.equal(0, writes)
  assert.matches(message, outcome.err, 1, true)
end

--- A sandbox with the team "desk", led by Kari.
local function staffed()
  local here = flow.new()
  run(here, "desk", "--create", "--add", KARI, "--promote", KARI,
    "--grant", "reader", "--scope", "allProjectsScope")
  return here
end

--- Do it twice: one write, then none.
local function once(here, expected, ...)
  local out, writes = run(here, ...)
  assert.equal(1, writes)
  assert.equal(expected, out:match "^[^\n]*")
  local again, none = run(here, ...)
  assert.equal(0, none)
  assert.equal("= team            desk", again:match "^[^\n]*")
end

describe("team", function()
  it("creates a team with all that is asked for, once", function()
    local here = flow.new()
    once(here, "+ team            desk", "desk", "--create", "--add", KARI,
      "--promote", KARI, "--grant", "reader", "--scope", "allProjectsScope")
    assert.equal([[
KIND    NAME                     ROLE
member  kari@northlight.example  admin
scope   allProjectsScope         reader
]], (run(here, "desk")))
  end)

  it("adds a member and demotes nobody", function()
    local here = staffed()
    once(here, "~ team            desk: add members/" .. NILS,
      "desk", "--add", KARI, "--add", NILS:upper())
    assert.matches("member  " .. KARI .. "  admin\n", (run(here, "desk")), 1,
      true)
  end)

  it("removes a member, also one that may be gone", function()
    local here = staffed()
    run(here, "desk", "--add", NILS)
    once(here, "~ team            desk: remove members/" .. KARI,
      "desk", "--remove", KARI, "--remove", "gone@northlight.example",
      "--missing-ok")
  end)

  it("takes nothing away that is not there", function()
    local here = staffed()
    for _, words in ipairs {
      { "--remove", "kair@northlight.example", "'kair@northlight.example' is "
        .. "no member of team 'desk': did you mean '" .. KARI
        .. "'? --missing-ok" },
      { "--remove", NILS, "'" .. NILS .. "' is no member of team 'desk'" },
      { "--demote", "kair@northlight.example", "did you mean '" .. KARI
        .. "'? --missing-ok" },
      { "--demote", NILS, "there is '" .. KARI .. "'; --missing-ok" },
      { "--revoke", "raeder", "--scope", "allProjectsScope", "team 'desk' has "
        .. "no role 'raeder' under 'allProjectsScope': did you mean 'reader'" },
      { "--revoke", "user", "--scope", "allProjectsScope", "no role 'user'" },
      { "--revoke", "reader", "--scope", "allProjectScope", "team 'desk' has "
        .. "no scope 'allProjectScope': did you mean 'allProjectsScope'?" },
    } do
      local message = table.remove(words)
      refused(here, message, "desk", table.unpack(words))
      table.insert(words, "--missing-ok")
      local _, none = run(here, "desk", table.unpack(words))
      assert.equal(0, none)
    end
  end)

  it("changes the open invite of who is to go", function()
    local here = staffed()
    run(here, "late", "--create")
    here:write("guests.csv", "email,teams,comment\n"
      .. "siri@partner.example,desk;late,winter\nrolf@partner.example,late,\n")
    assert.equal(0, here:run("invite", "guests.csv").code)
    local out, writes = run(here, "desk", "--remove", "Siri@partner.example",
      "--remove", "siri@partner.example")
    assert.matches("= team            desk\n~ invite          "
      .. "siri@partner.example: sent anew without 'desk'\n", out, 1, true)
    assert.equal(2, writes) -- for a person who is named twice, too
    local invites = here:state().organizations[1].invites
    assert.equal(2, #invites)
    assert.same({ "late" }, invites[2].teams)
    assert.equal("winter", invites[2].comment)
    refused(here, "is no member", "desk", "--remove", "rolf@partner.example")
    refused(here, "did you mean 'siri@partner.example'", "late", "--remove",
      "sirri@partner.example")
  end)

  it("takes the invite up again that it had withdrawn", function()
    local here = staffed()
    run(here, "late", "--create")
    here:write("guests.csv", "email,teams\nsiri@partner.example,desk;late\n")
    assert.equal(0, here:run("invite", "guests.csv").code)
    here:write("plan.json", json.encode { rules = json.array { {
      method = "POST", faults = json.array { { status = 503 } } } } })
    local outcome = here:run("--faults", "plan.json", "--journal", "journal",
      "team", "desk", "--remove", "siri@partner.example")
    assert.equal(1, outcome.code)
    assert.matches("the invite to 'siri@partner.example' with 'desk' and "
      .. "'late' is withdrawn and not sent again", outcome.err, 1, true)
    assert.same({}, here:state().organizations[1].invites)
    outcome = here:run("--resume", "journal")
    assert.equal(0, outcome.code, outcome.err)
    assert.same({ "late" }, here:state().organizations[1].invites[1].teams)
    outcome = here:run("--resume", "journal")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(1, #here:state().organizations[1].invites)
  end)

  it("gives a team without a description one", function()
    local here = staffed()
    assert.equal(json.null, here:state().organizations[1].teams[3].description
      or json.null)
    local outcome = here:onboard {
      teams = { { name = "desk", description = "at night" } } }
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("~ team            desk: add description\n", outcome.out)
    assert.equal("at night",
      here:state().organizations[1].teams[3].description)
  end)

  it("promotes and demotes", function()
    local here = staffed()
    run(here, "desk", "--add", NILS)
    once(here, "~ team            desk: replace members/" .. KARI
      .. "/isTeamAdmin", "desk", "--demote", KARI, "--demote", NILS)
    once(here, "~ team            desk: replace members/" .. NILS
      .. "/isTeamAdmin", "desk", "--promote", NILS)
  end)

  it("grants and revokes roles under a scope", function()
    local here = staffed()
    once(here, "~ team            desk: "
      .. "add scopes/allProjectsScope/roles/user; "
      .. "remove scopes/allProjectsScope/roles/reader", "desk", "--grant",
      "user", "--revoke", "reader", "--scope", "allProjectsScope",
      "--missing-ok")
    once(here, "~ team            desk: add scopes/managementScope", "desk",
      "--grant", "managementReader", "--scope", "managementScope")
    once(here, "~ team            desk: "
      .. "remove scopes/allProjectsScope/roles/user", "desk", "--revoke",
      "user", "--scope", "allProjectsScope", "--missing-ok")
  end)

  it("shows the team to programs", function()
    local here = staffed()
    local team = json.decode((run(here, "desk", "--output", "json")))
    assert.equal(KARI, team.members[1].email)
    assert.is_true(team.members[1].isTeamAdmin)
    assert.same({ allProjectsScope = { "reader" } }, team.scopes)
    assert.equal("kind,name,role\r\nmember," .. KARI .. ",admin\r\n"
      .. "scope,allProjectsScope,reader\r\n",
      (run(here, "desk", "--output", "csv")))
    local changed = json.decode((run(here, "desk", "--demote", KARI,
      "--output", "json")))
    assert.is_false(changed.members[1].isTeamAdmin)
  end)

  it("stops before the first write at what is not there", function()
    local here = staffed()
    local dask = here:run("team", "dask", "--add", KARI)
    assert.equal(2, dask.code)
    assert.matches("no team 'dask'", dask.err, 1, true)
    refused(here, "'x@y.example' is no user of this organization: invite them",
      "desk", "--add", "x@y.example")
    refused(here, "'" .. NILS .. "' is no member of team 'desk'", "desk",
      "--promote", NILS)
    refused(here, "there is no scope 'nix'", "desk", "--grant", "reader",
      "--scope", "nix")
    refused(here, "'nisl@northlight.example' is no user of this organization: "
      .. "did you mean '" .. NILS .. "'?", "desk", "--add",
      "nisl@northlight.example")
    refused(here, "there is no role 'redaer': did you mean 'reader'",
      "desk", "--grant", "redaer", "--scope", "allProjectsScope")
  end)

  it("says how somebody with an open invite gets another team", function()
    local here = staffed()
    here:run("team", "late", "--create")
    here:write("guests.csv", "email,teams\nx@y.example,desk\n")
    assert.equal(0, here:run("invite", "guests.csv").code)
    refused(here, "'X@y.example' has an open invite, and is no user yet: to "
      .. "add a team to it, take it back with mkrun prune-invites --cancel "
      .. "X@y.example", "late", "--add", "X@y.example")
  end)

  it("knows a person by address and by id", function()
    local here = staffed()
    local team = json.decode((run(here, "desk", "--output", "json")))
    refused(here, "are one person", "desk", "--add", KARI, "--remove",
      team.members[1].id)
    refused(here, "are one person", "desk", "--promote", KARI, "--demote",
      team.members[1].id)
  end)

  it("leaves an administrator in Administrators", function()
    local outcome, writes = flow.new():counted("team", "Administrators",
      "--demote", "ola@northlight.example")
    assert.same({ 1, 0 }, { outcome.code, writes })
    assert.matches("team 'Administrators' would have no administrator",
      outcome.err, 1, true)
  end)

  it("refuses wrong usage before the first request", function()
    for _, words in ipairs {
      {}, { "desk", "--grant", "reader" }, { "desk", "--scope", "s" },
      { "desk", "--add", KARI, "--remove", KARI:upper() },
      { "desk", "--promote", KARI, "--demote", KARI },
      { "desk", "--output", "xml" }, { "" }, { "desk", "--remove", "" },
      { "desk", "--add", KARI, "--missing-ok" },
    } do
      local outcome = flow.new():counted("team", table.unpack(words))
      assert.equal(2, outcome.code)
      assert.matches("usage: mkrun team NAME", outcome.err, 1, true)
      assert.not_matches("/api/", outcome.err, 1, true)
    end
  end)
end)
