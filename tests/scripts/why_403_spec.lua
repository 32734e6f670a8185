local flow = require "tests.scripts.flow"
local json = require "mkrun.json"

local FILE <const> = "evening-news.token"

local here

--- The example organization, with a restricted token in FILE.
setup(function()
  here = flow.new()
  local outcome = here:counted("onboard", flow.example)
  assert.equal(0, outcome.code, outcome.err)
end)

local function why(code, ...)
  local outcome, writes = here:counted("why-403", ...)
  assert.equal(code, outcome.code, outcome.err)
  assert.equal(0, writes)
  return outcome.out, outcome.err
end

--- The same with the restricted token alone.
local function restricted(...)
  return here:run("--token-file", FILE, "why-403", ...)
end

local function document(code, ...)
  return json.decode((why(code, "--output", "json", ...)))
end

describe("why-403", function()
  it("says what a restricted token lacks, and what would give it", function()
    local expected = [[
operation  teams.patch: PATCH /api/v1/organization/teams/{team_name}
needs      core.team.update on the organization
token      restricted, lacks it
roles      administrator
scopes     managementScope

TEAM            SCOPE            ROLE           MEMBER  ADMINS
Administrators  managementScope  administrator  yes     ola@northlight.example
]]
    for _ = 1, 2 do
      local out, err = why(1, "--of", FILE, "teams.patch")
      assert.equal(expected, out)
      assert.matches("the user's teams give it, the token leaves it out", err,
        1, true)
    end
  end)

  it("takes method and path as an error shows them", function()
    local found = document(1, "--of", FILE,
      "PUT /api/v1/projects/evening-news/webhook/rules/job-done")
    assert.equal("webhooks.put", found.operation)
    assert.equal("project evening-news", found.on)
    assert.same({ "webhooks.config.create", "webhooks.config.update" },
      found.needs)
    assert.same({ "administrator", "user" }, found.roles)
    assert.same({ "allProjectsScope", "evening-newsScope" }, found.scopes)
    assert.equal("night-desk", found.ways[2].team)
    assert.is_false(found.ways[2].member)
    assert.same({ "kari@northlight.example" }, found.ways[2].admins)
    assert.equal("teams.patch", document(0, "patch",
      "https://app.mk.io/api/v1/organization/teams/x?y=1").operation)
  end)

  it("takes a key and a project", function()
    assert.equal("project evening-news",
      document(0, "webhooks.put", "evening-news").on)
    assert.is_true(document(0, "projects.put", "new").allowed)
  end)

  it("knows what any valid token may do", function()
    assert.matches("needs      any valid token\n",
      (why(0, "--of", FILE, "rbac.get")), 1, true)
  end)

  it("counts a right on another resource for nothing", function()
    assert.is_true(document(0, "--of", FILE, "projects.get",
      "evening-news").allowed)
    assert.is_true(document(0, "--of", FILE, "projects.list").allowed)
    assert.is_false(document(1, "--of", FILE, "projects.put").allowed)
  end)

  it("says what the token may not see", function()
    local outcome = restricted "teams.patch"
    assert.equal(1, outcome.code)
    assert.matches("token      restricted, lacks it\n", outcome.out, 1, true)
    assert.matches("the token is restricted: its user may have what it leaves "
      .. "out", outcome.err, 1, true)
    assert.matches("the token may not see roles (core.role.get), scopes "
      .. "(core.scope.get), teams (core.team.get)", outcome.err, 1, true)
  end)

  it("says that a project is not there, or not seen", function()
    for _, key in ipairs { "webhooks.put", "projects.get" } do
      local out, err = why(2, "--of", FILE, key, "evning-news")
      assert.equal("", out)
      assert.matches("there is no project 'evning-news', or the token does "
        .. "not see it: did you mean 'evening-news'?", err, 1, true)
    end
  end)

  it("takes a capability", function()
    local found = document(1, "--of", FILE, "core.team.update")
    assert.equal("teams.patch", found.operation)
    assert.same({ "core.team.update" }, found.needs)
    assert.equal("project evening-news",
      document(0, "ams.asset.get", "evening-news").on)
  end)

  it("gives the teams alone as CSV", function()
    assert.equal("team,scope,role,member,admins\r\nAdministrators,"
      .. "managementScope,administrator,true,ola@northlight.example\r\n",
      (why(0, "teams.patch", "--output", "csv")))
  end)

  local function refused(message, ...)
    local outcome = here:counted("why-403", ...)
    assert.equal(2, outcome.code)
    assert.matches(message, outcome.err, 1, true)
    assert.not_matches("200", outcome.err, 1, true)
  end

  it("refuses wrong usage before the first request", function()
    for _, words in ipairs {
      {}, { "teams.ptch" }, { "webhooks.put" }, { "PATCH /api/v1/nix" },
      { "DELETE /api/v1/organization" }, { "teams.patch", "evning-news" },
      { "GET /api/v1/projects/x/webhook/rules", "y" },
    } do
      refused("usage: mkrun why-403", table.unpack(words))
    end
  end)

  it("refuses a capability that nobody can have", function()
    local outcome = here:run("why-403", "core.team.updat")
    assert.equal(2, outcome.code)
    assert.matches("there is no capability 'core.team.updat': did you mean "
      .. "'core.team.update'", outcome.err, 1, true)
  end)

  it("refuses a file that is not there before the first request", function()
    refused("mkrun: nix: No such file or directory\n", "--of", "nix",
      "teams.patch")
    here:write("empty", "\n")
    refused("mkrun: empty: no token in it\n", "--of", "empty", "teams.patch")
  end)
end)

describe("why-403 for a user", function()
  it("names who can add them to a team", function()
    local mine = flow.new()
    mine:counted("onboard", flow.example)
    require "tests.scripts.world".change(mine, function(api)
      local status, token = api:user "kari@northlight.example":post(
        "/user/tokens", { type = "full-access", description = "kari",
          organizationId = mine:state().organizations[1].id })
      assert.equal(201, status)
      mine:write("kari.token", token.metadata.JWT)
    end)
    local outcome = mine:run("--token-file", "kari.token", "why-403",
      "teams.patch")
    assert.equal(1, outcome.code)
    assert.matches("token      full-access, lacks it\n", outcome.out, 1, true)
    assert.matches("ola@northlight.example can add the user to the team: "
      .. "mkrun team Administrators --add EMAIL", outcome.err, 1, true)
    assert.matches("give the user's team (Everyone, night-desk) the role "
      .. "administrator under managementScope", outcome.err, 1, true)
  end)
end)
