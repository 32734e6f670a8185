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
  assert.equal(1, outcome.code, outcome.out)
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

  it("removes a member, also one that is no user", function()
    local here = staffed()
    run(here, "desk", "--add", NILS)
    once(here, "~ team            desk: remove members/" .. KARI,
      "desk", "--remove", KARI, "--remove", "gone@northlight.example")
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
      "user", "--revoke", "reader", "--scope", "allProjectsScope")
    once(here, "~ team            desk: add scopes/managementScope", "desk",
      "--grant", "managementReader", "--scope", "managementScope")
    once(here, "~ team            desk: "
      .. "remove scopes/allProjectsScope/roles/user", "desk", "--revoke",
      "user", "--scope", "allProjectsScope")
    local _, none = run(here, "desk", "--revoke", "user", "--scope", "nix")
    assert.equal(0, none)
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
    refused(here, "no team 'dask'", "dask", "--add", KARI)
    refused(here, "'x@y.example' is no user of this organization: invite them",
      "desk", "--add", "x@y.example")
    refused(here, "'" .. NILS .. "' is no member of team 'desk'", "desk",
      "--promote", NILS)
    refused(here, "there is no scope 'nix'", "desk", "--grant", "reader",
      "--scope", "nix")
    refused(here, "there is no role 'redaer': there is 'administrator'",
      "desk", "--grant", "redaer", "--scope", "allProjectsScope")
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
    refused(flow.new(), "team 'Administrators' would have no administrator",
      "Administrators", "--demote", "ola@northlight.example")
  end)

  it("refuses wrong usage before the first request", function()
    for _, words in ipairs {
      {}, { "desk", "--grant", "reader" }, { "desk", "--scope", "s" },
      { "desk", "--add", KARI, "--remove", KARI:upper() },
      { "desk", "--promote", KARI, "--demote", KARI },
      { "desk", "--output", "xml" }, { "" }, { "desk", "--remove", "" },
    } do
      local outcome = flow.new():counted("team", table.unpack(words))
      assert.equal(2, outcome.code)
      assert.matches("usage: mkrun team NAME", outcome.err, 1, true)
      assert.not_matches("/api/", outcome.err, 1, true)
    end
  end)
end)
