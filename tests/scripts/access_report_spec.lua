local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local terminal = require "tests.scripts.terminal"

local KARI <const> = "kari@northlight.example"
local OLA <const> = "ola@northlight.example"

--- The example organization.
local function onboarded()
  local here = flow.new()
  local outcome = here:counted("onboard", flow.example)
  assert.equal(0, outcome.code, outcome.err)
  return here
end

local function report(here, ...)
  local outcome, writes = here:counted("access-report", ...)
  assert.equal(0, outcome.code, outcome.err)
  assert.equal(0, writes)
  return outcome.out, outcome.err
end

--- "USER TEAM SCOPE ROLE" of each row of access.
local function access(here, ...)
  local list = {}
  local document = json.decode((report(here, "--output", "json", ...)))
  for i, row in ipairs(document.access) do
    list[i] = ("%s %s %s %s"):format(row.user, row.team, row.scope, row.role)
  end
  return list, document
end

--- The same text without what differs from run to run.
local function timeless(text)
  return (text:gsub("[^\n]*login[^\n]*\n", ""))
end

describe("access-report", function()
  it("says the same twice", function()
    local here = onboarded()
    assert.equal(timeless((report(here))), timeless((report(here))))
  end)

  it("says who has which role through which team", function()
    local here = onboarded()
    local out = report(here)
    assert.matches("USER +TEAM +IS TEAM ADMIN +SCOPE +ROLE\n", out)
    assert.matches(KARI .. " +night%-desk +yes +evening%-newsScope +user\n",
      out)
    assert.matches(OLA .. " +evening%-news automation +restricted", out)
    assert.matches("evening%-newsScope +core.project/evening%-news\n", out)
    assert.matches("user +ams.asset +create, delete, get, update\n", out)
  end)

  it("finds those who can do an operation", function()
    local here = onboarded()
    local only = { OLA .. " Administrators managementScope administrator" }
    assert.same(only, (access(here, "--can", "teams.patch")))
    assert.same(only, (access(here, "--can",
      "PATCH /api/v1/organization/teams/night-desk")))
    assert.same({
      KARI .. " night-desk evening-newsScope user",
      "nils@northlight.example night-desk evening-newsScope user",
      OLA .. " Administrators allProjectsScope administrator",
    }, (access(here, "--can", "webhooks.put")))
    assert.equal(3, #access(here, "--can", "core.role.get", "--team",
      "Everyone"))
  end)

  it("finds those who can do it in one project", function()
    local here, spec = onboarded(), flow.spec()
    spec.projects[1].name = "late-news"
    spec.projects[1].webhooks, spec.teams, spec.tokens = nil, nil, nil
    assert.equal(0, here:onboard(spec).code)
    local only = { OLA .. " Administrators allProjectsScope administrator" }
    local both = { KARI .. " night-desk evening-newsScope user",
      "nils@northlight.example night-desk evening-newsScope user", only[1] }
    local path = "PUT /api/v1/projects/%s/webhook/rules/x"
    assert.same(only, (access(here, "--can", path:format "late-news")))
    assert.same(both, (access(here, "--can", path:format "evening-news")))
    for project, expected in pairs { ["late-news"] = only,
      ["evening-news"] = both } do
      assert.same(expected, (access(here, "--can", "webhooks.put",
        "--project", project)))
    end
    local reach = table.concat((access(here, "--project", "late-news")), "\n")
    assert.not_matches("evening-newsScope", reach, 1, true)
    assert.matches("allProjectsScope", reach, 1, true)
    for _, words in ipairs { { "--can", path:format "late-nws" },
      { "--project", "late-nws" } } do
      local outcome = here:run("access-report", table.unpack(words))
      assert.equal(2, outcome.code)
      assert.matches("there is no project 'late-nws', or the token does not "
        .. "see it: did you mean 'late-news'?", outcome.err, 1, true)
    end
  end)

  it("takes a capability for the operations that need it", function()
    local here = onboarded()
    for capability, operation in pairs { ["core.team.delete"] = "teams.delete",
      ["webhooks.config.delete"] = "webhooks.delete" } do
      assert.same((access(here, "--can", operation)),
        (access(here, "--can", capability)))
    end
  end)

  it("narrows to a user and a team", function()
    local here = onboarded()
    local rows, document = access(here, "--user", KARI:upper(), "--team",
      "night-desk")
    assert.same({ KARI .. " night-desk evening-newsScope user" }, rows)
    assert.equal(1, #document.users)
    assert.equal(1, #document.roles)
    assert.same({}, document.tokens)
    assert.equal(json.null, document.access[1].nix or json.null)
  end)

  it("has users without a team and teams without members", function()
    local here = onboarded()
    local spec = { teams = { { name = "empty" } } }
    assert.equal(0, here:onboard(spec).code)
    local _, document = access(here)
    local found
    for _, row in ipairs(document.access) do
      found = found or row.team == "empty" and row
    end
    assert.equal(json.null, found.user)
    assert.equal(json.null, found.role)
  end)

  it("is one table as CSV", function()
    local out = report(onboarded(), "--output", "csv")
    assert.matches("^kind,user,userId,team,", out)
    assert.matches("\r\naccess," .. KARI:gsub("%p", "%%%0") .. ",%x+%-", out)
    assert.matches("\r\ntoken," .. OLA:gsub("%p", "%%%0"), out)
    assert.matches(",core.project/evening-news: core.project.get,,,,,,\r\n",
      out, 1, true)
    assert.matches("\r\ninvite,freelance@partner.example,", out, 1, true)
    assert.matches("\r\nfinding," .. OLA:gsub("%p", "%%%0")
      .. ",%x[^\r]*,administrators,\r\n", out)
  end)

  it("has a line for each row of each kind, as JSON Lines", function()
    local here = onboarded()
    local _, document = access(here)
    local counts = { access = #document.access, token = #document.tokens,
      scope = #document.scopes, role = #document.roles,
      invite = #document.invites, finding = 0 }
    for _, finding in ipairs(document.findings) do
      counts.finding = counts.finding + #finding.items
    end
    local found, findings = {}, {}
    for line in report(here, "--output", "jsonl"):gmatch "[^\n]+" do
      local row = json.decode(line)
      found[row.kind] = (found[row.kind] or 0) + 1
      if row.kind == "finding" then findings[#findings + 1] = row end
      if row.kind == "invite" then
        assert.same(document.invites[1].teams, row.teams)
      end
    end
    assert.same(counts, found)
    assert.same({ "administrators", OLA },
      { findings[1].finding, findings[1].user })
    assert.same({ "allProjects", "Administrators", 1 },
      { findings[2].finding, findings[2].team, findings[2].members })
    for line in report(here, "--output", "jsonl", "--user", KARI)
      :gmatch "[^\n]+" do
      assert.is_nil(({ invite = 1, finding = 1 })[json.decode(line).kind])
    end
  end)

  it("shows no more than a line of a scope's resources", function()
    local here, spec = flow.new(), flow.spec()
    local first = spec.projects[1]
    first.webhooks, spec.teams, spec.tokens = nil, nil, nil
    for i = 2, 9 do
      local copy = {}
      for name, field in pairs(first) do copy[name] = field end
      copy.name = "project-" .. i
      spec.projects[i] = copy
    end
    local outcome = here:onboard(spec)
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("project%-6, and 3 more\n", (report(here)))
  end)

  it("has invites and findings, if nothing is left out", function()
    local here = onboarded()
    local _, document = access(here)
    assert.equal("freelance@partner.example", document.invites[1].user)
    assert.same({ "auditors", "night-desk" }, document.invites[1].teams)
    local found = {}
    for _, finding in ipairs(document.findings) do
      found[finding.finding] = #finding.items
    end
    assert.same({ administrators = 1, allProjects = 3, noTeam = 0,
      neverSeen = 2, tokensWithoutExpiry = 0, tokensExpiring = 0,
      invitesLapsing = 0 }, found)
    _, document = access(here, "--user", KARI)
    assert.equal(json.null, document.invites)
    assert.equal(json.null, document.findings)
  end)

  it("goes on without a right to read invites", function()
    local here = onboarded()
    here:write("plan.json", json.encode { rules = json.array { {
      path = "/api/v1/organization/invites", faults = json.array {
        { status = 403 } } } } })
    local outcome = here:run("--faults", "plan.json", "access-report",
      "--output", "json")
    assert.equal(0, outcome.code, outcome.err)
    local document = json.decode(outcome.out)
    assert.equal(json.null, document.invites)
    assert.equal(6, #document.findings)
  end)

  it("does not read invites for a table", function()
    local _, err = report(onboarded())
    assert.is_nil(err:find("/organization/invites", 1, true))
  end)

  it("is a page, with the data of the report", function()
    local here = onboarded()
    local out = report(here, "--output", "html")
    local data = json.decode(out:match 'id="data">(.-)</script>')
    local _, document = access(here)
    assert.same(document.organization, data.organization)
    assert.equal(#document.users, data.users)
    assert.equal(#document.invites, #data.invites.inviteId)
    assert.matches("<h1><bdi>Who can do what at Northlight Broadcasting", out,
      1, true)
    local narrow = report(here, "--output", "html", "--user", KARI, "--can",
      "core.project.get")
    assert.matches("only --user " .. KARI .. "<", narrow, 1, true)
    assert.matches("only --can core.project.get<", narrow, 1, true)
    data = json.decode(narrow:match 'id="data">(.-)</script>')
    assert.equal(1, data.users)
    assert.same({}, data.findings)
  end)

  it("is a page that an organization's name cannot break", function()
    local here = onboarded()
    local state, name = here:state(), "</script><!--\u{202E}'\"&\u{2028}"
    state.organizations[1].spec.name = name
    here:write("state.json", json.encode(state))
    local out = report(here, "--output", "html")
    local data = json.decode(out:match 'id="data">(.-)</script>')
    assert.equal(name, data.organization.name)
    local _, ends = out:gsub("</script>", "")
    assert.equal(2, ends)
    assert.is_nil(out:find("<!--", 1, true))
    assert.matches("[U+202E]", out:match "<h1>.-</h1>", 1, true)
  end)

  it("says when nobody can", function()
    local out, err = report(onboarded(), "--can", "core.team.update",
      "--user", KARI)
    assert.equal("", out)
    assert.matches("mkrun: no user has such a role\n", err, 1, true)
  end)

  it("stops at a name that is nobody's", function()
    local here = onboarded()
    for words, message in pairs {
      ["--user nix"] = "there is no user 'nix'",
      ["--user olla@northlight.example"] =
        "did you mean 'ola@northlight.example'?",
      ["--team nix"] = "there is no team 'nix': there is 'Administrators'",
      ["--can core.team.updat"] = "there is no capability "
        .. "'core.team.updat': did you mean 'core.team.update'",
      ["--can ams.aset.get"] = "there is no capability 'ams.aset.get': did "
        .. "you mean 'ams.asset.get'",
      ["--team everyone"] = "did you mean 'Everyone'?",
    } do
      local outcome = here:run("access-report", words:match "(%S+) (%S+)")
      assert.equal(2, outcome.code)
      assert.matches(message, outcome.err, 1, true)
    end
  end)

  it("needs a token that sees all of it", function()
    local outcome = onboarded():run("--token-file", "evening-news.token",
      "access-report")
    assert.equal(1, outcome.code)
    assert.equal("", outcome.out)
    assert.matches("403", outcome.err, 1, true)
  end)

  it("shows progress on a terminal", function()
    if not terminal.works() then pending "needs a pseudo-terminal" end
    local outcome = terminal.run({ "--sandbox", "access-report" }, "")
    assert.equal(0, outcome.code, outcome.out)
    assert.matches("\r\27[Kreading 1/7, organization", outcome.out, 1, true)
    assert.matches("\r\27[KUSER ", outcome.out, 1, true)
  end)

  it("refuses wrong usage", function()
    for _, words in ipairs {
      { "--can", "teams.ptch" }, { "--can", "rbac.get" }, { "--output", "x" },
      { "x" }, { "--can", "teams.patch", "--project", "x" },
      { "--can", "GET /api/v1/projects/x/webhook/rules", "--project", "y" },
    } do
      local outcome = flow.new():run("access-report", table.unpack(words))
      assert.equal(2, outcome.code)
      assert.matches("usage: mkrun access-report", outcome.err, 1, true)
    end
  end)
end)
