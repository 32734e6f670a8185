--- What `drift` says, of each kind and of each way to differ.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local world = require "tests.scripts.world"

local KARI <const>, NILS <const> =
  "kari@northlight.example", "nils@northlight.example"

--- A folder with the example organization, and its SPEC as a value.
local function onboarded(spec)
  local here = flow.new()
  spec = spec or flow.spec()
  assert.equal(0, (here:onboard(spec)).code)
  return here, spec
end

--- Runs drift on the SPEC; returns its rows as "change kind/name: details".
local function rows_of(here, spec, ...)
  here:write("spec.json", json.encode(spec))
  local outcome, writes = here:counted("drift", "spec.json", "--output",
    "json", ...)
  local texts, rows = {}, json.decode(outcome.out)
  for i, row in ipairs(rows) do
    texts[i] = ("%s %s/%s: %s"):format(row.change, row.kind, row.name,
      table.concat(row.details, "; "))
  end
  assert.equal(rows[1] and 3 or 0, outcome.code, outcome.err)
  assert.equal(0, writes)
  return texts, rows, outcome
end

describe("drift", function()
  it("says nothing after onboard", function()
    local here, spec = onboarded()
    assert.same({}, (rows_of(here, spec)))
    local outcome = here:run("drift", "spec.json")
    assert.same({ 0, "No drift.\n" }, { outcome.code, outcome.out })
    assert.equal("change,kind,name,details,by,at\r\n",
      here:run("drift", "--output", "csv", "spec.json").out)
  end)

  it("counts what it found, for people", function()
    local here = onboarded()
    assert.equal(0, here:run("team", "a|b", "--create").code)
    assert.equal(0, here:run("team", "night-desk", "--remove", NILS).code)
    assert.equal([[
CHANGE KIND NAME DETAILS
extra teams a|b members: none, scopes: none
missing members night-desk/nils@northlight.example a user, but not in the team

Drift: 1 missing, 0 different, 1 extra.
]], (here:run("drift", "spec.json").out:gsub("  +", " ")))
    local markdown = here:run("drift", "--output", "markdown", "spec.json")
    assert.equal(3, markdown.code)
    assert.matches("^Drift: 1 missing, 0 different, 1 extra.\n\n| Change |",
      markdown.out)
    assert.matches("<code>a&#124;b</code>", markdown.out, 1, true)
    local lines = here:run("drift", "--output", "jsonl", "spec.json").out
    assert.equal(2, select(2, lines:gsub("\n", "")))
    assert.equal("a|b", json.decode(lines:match "^[^\n]+").name)
  end)

  it("has the details last in text, since they may be wide", function()
    local here, spec = onboarded()
    local people = json.array { { email = "zz@partner.example" } }
    here:write("more.json", json.encode { invites = people })
    assert.equal(0, here:run("onboard", "more.json").code)
    spec.invites = json.array {}
    here:write("spec.json", json.encode(spec))
    assert.matches("^CHANGE +KIND +NAME +BY +AT +DETAILS\n"
      .. "extra +invites +zz@partner.example +ola@northlight.example +20%S+ +"
      .. "teams: ", here:run("drift", "spec.json").out)
    assert.matches("^change,kind,name,details,by,at\n",
      (here:run("drift", "--output=csv", "spec.json").out:gsub("\r", "")))
  end)

  it("tells of members who may be mistyped, as onboard does", function()
    local here, spec = onboarded()
    spec.teams[1].members[1].email = "krai@northlight.example"
    for _, team in ipairs(spec.teams) do
      for i = #team.members, 1, -1 do
        if team.members[i].email:find "^kari" then
          table.remove(team.members, i)
        end
      end
    end
    here:write("spec.json", json.encode(spec))
    for _, words in ipairs { { "drift" }, { "--dry-run", "onboard" },
      { "onboard" } } do
      words[#words + 1] = "spec.json"
      assert.matches("mkrun: 'krai@northlight.example' is no user: did you "
        .. "mean 'kari@northlight.example'?\n",
        here:run(table.unpack(words)).err, 1, true)
    end
  end)

  it("names everything that onboard would make", function()
    assert.same({
      "differs organization/Northlight Broadcasting: legalEntityContactEmail "
        .. "is not set, SPEC has \"legal@northlight.example\"",
      "differs paymentMethods/2026 contract: the terms are not accepted, SPEC "
        .. "accepts them",
      "missing projects/evening-news: ",
      "missing webhooks/evening-news/job-done: ",
      "missing teams/night-desk: SPEC has the members "
        .. "'kari@northlight.example', 'nils@northlight.example' and "
        .. "'freelance@partner.example'; SPEC has the scopes "
        .. "'evening-newsScope'",
      "missing teams/auditors: SPEC has the members "
        .. "'nils@northlight.example' and 'freelance@partner.example'; SPEC "
        .. "has the scopes 'allProjectsScope' and 'managementScope'",
      "missing members/night-desk/freelance@partner.example: no user, and no "
        .. "open invite",
      "missing members/auditors/freelance@partner.example: no user, and no "
        .. "open invite",
      "missing tokens/evening-news automation: no token in "
        .. "evening-news.token",
    }, (rows_of(flow.new(), flow.spec())))
  end)

  it("shows both values of what differs", function()
    local here, spec = onboarded()
    spec.organization.legalEntityName = json.null
    local project, team = spec.projects[1], spec.teams[1]
    project.displayName, project.isActive = "Late \"News\"", false
    local rule = project.webhooks[1]
    rule.url, rule.enabled = "https://u:pw@h.example/x?token=abc&a=b", false
    rule.events[2] = nil
    rule.headers = { ["X-Desk"] = "day", ["X-Api-Key"] = "h1dden" }
    rule.authentication.queryParams = { sig = "unseen" }
    team.description = "Other"
    team.members[1].isTeamAdmin, team.members[2].isTeamAdmin = false, true
    team.scopes["evening-newsScope"].roles[1] = "reader"
    spec.tokens[1].permissions["core.project"]["evening-news"] =
      { ["core.project"] = json.array { "update" } }
    local texts, _, outcome = rows_of(here, spec)
    assert.same({
      "differs organization/Northlight Broadcasting: legalEntityName is "
        .. "\"Northlight AS\", SPEC has null",
      "differs projects/evening-news: displayName is \"Evening News\", SPEC "
        .. "has \"Late \\\"News\\\"\"; isActive is true, SPEC has false",
      "differs webhooks/evening-news/job-done: authentication is "
        .. "{\"headers\":[\"X-Key\"],\"queryParams\":[]}, SPEC has "
        .. "{\"headers\":[\"X-Key\"],\"queryParams\":[\"sig\"]}; enabled is "
        .. "true, SPEC has false; events is "
        .. "[\"MediaKind.ChannelInstanceError\",\"MediaKind.JobFinished\"], "
        .. "SPEC has [\"MediaKind.JobFinished\"]; headers is "
        .. "{\"X-Desk\":\"night\"}, SPEC has "
        .. "{\"X-Api-Key\":\"(secret)\",\"X-Desk\":\"day\"}; url is "
        .. "\"https://hooks.northlight.example/mkio\", SPEC has "
        .. "\"https://(secret)@h.example/x?token=(secret)&a=b\"",
      "differs teams/night-desk: description is \"Runs the evening channels\", "
        .. "SPEC has \"Other\"",
      "differs members/night-desk/kari@northlight.example: isTeamAdmin is "
        .. "true, SPEC has false",
      "differs members/night-desk/nils@northlight.example: isTeamAdmin is "
        .. "false, SPEC has true",
      "differs scopes/night-desk/evening-newsScope: roles is [\"user\"], SPEC "
        .. "has [\"reader\"]",
      "differs tokens/evening-news automation: lacks "
        .. "core.project/evening-news: core.project.update; has "
        .. "core.project/evening-news: core.project.get, which SPEC does not "
        .. "have",
    }, texts)
    for _, hidden in ipairs { "pw@", "abc", "h1dden", "unseen",
      "change%-me" } do
      assert.not_matches(hidden, outcome.out .. outcome.err)
    end
  end)

  it("says what onboard cannot change", function()
    local here, spec = onboarded()
    spec.projects[1].locationName = "northeurope"
    spec.projects[1].paymentMethod = "gone"
    local rule = spec.projects[1].webhooks[1]
    rule.authentication, rule.enabled = nil, false
    assert.same({
      "differs projects/evening-news: locationName is \"westeurope\", SPEC "
        .. "has \"northeurope\", and it cannot be moved; there is no payment "
        .. "method 'gone': there is '2026 contract (#)'",
      "differs webhooks/evening-news/job-done: enabled is true, SPEC has "
        .. "false; SPEC lacks its authentication, so onboard cannot replace it",
    }, (function(texts)
      texts[1] = texts[1]:gsub("%x+%-%x+%-%x+%-%x+%-%x+", "#")
      return texts
    end)((rows_of(here, spec))))
  end)

  it("needs no secret", function()
    local here, spec = onboarded()
    spec.projects[1].webhooks[1].authentication.headers["X-Key"] =
      { env = "MKRUN_NO_SUCH" }
    local texts, _, outcome = rows_of(here, spec)
    assert.same({}, texts)
    assert.matches("mkrun: the secrets of 1 webhook rule are not compared",
      outcome.err, 1, true)
    spec.projects[1].webhooks[1].authentication.headers["X-Key"] =
      { file = "no-such" }
    assert.same({}, (rows_of(here, spec)))
  end)

  it("shows no secret of a rule that is extra", function()
    local here, spec = onboarded()
    spec.projects[1].webhooks[2] = { name = "mine", events =
      { "MediaKind.JobFinished" }, url = "https://u:pw@h.example/?sig=s3cr3t",
      authentication = { headers = { ["X-Key"] = "geheim" } } }
    assert.equal(0, (here:onboard(spec)).code)
    spec.projects[1].webhooks[2] = nil
    assert.same({ "extra webhooks/evening-news/mine: url: "
      .. "https://(secret)@h.example/?sig=(secret); has secrets" },
      (rows_of(here, spec)))
  end)

  it("says who made what is extra, and when", function()
    local here, spec = onboarded()
    here:write("people.csv", "email\nx@partner.example\n")
    assert.equal(0, here:run("invite", "people.csv").code)
    assert.equal(0, here:run("team", "night-desk", "--add",
      "ola@northlight.example").code)
    spec.invites = json.array {}
    local texts, rows = rows_of(here, spec)
    assert.same({ "extra members/night-desk/ola@northlight.example: ",
      "extra invites/x@partner.example: teams: none" }, texts)
    assert.equal("ola@northlight.example", rows[2].by)
    assert.matches("^%d%d%d%d%-%d%d%-%d%dT", rows[2].at)
    assert.equal(json.null, rows[1].by)
  end)

  it("takes no wish from an absent key", function()
    local here = onboarded()
    for _, spec in ipairs { {},
      { teams = json.array { { name = "night-desk" } } },
      { projects = json.array { { name = "evening-news", displayName =
        "Evening News", locationName = "westeurope" } } } } do
      local texts = rows_of(here, spec)
      assert.is_true(not texts[1] or texts[1]:find "^extra teams/" ~= nil)
      assert.is_nil(texts[2])
    end
  end)

  it("has nothing to say about what export wrote", function()
    local here = onboarded()
    here:write("now.json", here:run("export").out)
    local outcome = here:run("drift", "now.json")
    assert.same({ 0, "No drift.\n" }, { outcome.code, outcome.out })
  end)

  it("prints names of strangers as text, in every format", function()
    local here, spec = onboarded()
    local name = "</script>|`@all` \27[31m\u{202e}=1+1"
    world.change(here, function(api)
      local teams = api.model.world.state.organizations[1].teams
      teams[3].description = name .. "\n"
      teams[4].name = name
    end)
    here:write("spec.json", json.encode(spec))
    for format, pattern in pairs { text = "^[^\27]*$",
      markdown = "^[^\27<>]*$", jsonl = "^[^\27]*$" } do
      local outcome = here:run("drift", "--output", format, "spec.json")
      assert.equal(3, outcome.code, outcome.err)
      local text = outcome.out:gsub("</?code>", "")
      assert.matches(pattern, text, nil, format)
      if format ~= "jsonl" then assert.not_matches("\u{202e}", text) end
    end
  end)

  it("leaves out what SPEC ignores", function()
    local here, spec = onboarded()
    assert.equal(0, here:run("team", "legacy-1", "--create").code)
    assert.equal(0, here:run("team", "night-desk", "--remove", NILS).code)
    spec.ignore = { "teams/legacy-*", "members/night-desk/*", "teams/none" }
    assert.same({}, (rows_of(here, spec)))
    spec.ignore = nil
    assert.same({ "extra teams/legacy-1: members: none; scopes: none",
      "missing members/night-desk/nils@northlight.example: a user, but not in "
        .. "the team" }, (rows_of(here, spec)))
  end)
end)

describe("drift compares as onboard does:", function()
  it("addresses without case, and invites of members", function()
    local here, spec = onboarded()
    spec.teams[1].members[1].email = KARI:upper()
    spec.teams[1].members[3].email = "FREELANCE@partner.example"
    assert.same({}, (rows_of(here, spec)))
  end)

  it("an invite that lacks a team, that has expired, or is gone", function()
    local here, spec = onboarded()
    spec.invites = json.array { { email = "g@partner.example",
      teams = json.array { "auditors" } } }
    assert.equal(0, (here:onboard(spec)).code)
    spec.invites[1].teams[2] = "night-desk"
    assert.same({ "differs invites/g@partner.example: the invite lacks the "
      .. "team 'night-desk'" }, (rows_of(here, spec)))
    world.change(here, function(api)
      for _, invite in ipairs(api.model.world.state.organizations[1].invites) do
        if invite.email == "freelance@partner.example" then
          api:user "ola@northlight.example"
            :delete("/organization/invites/" .. invite.id)
        end
      end
    end)
    spec.invites = nil
    assert.same({ "missing members/night-desk/freelance@partner.example: no "
      .. "user, and no open invite", "missing members/auditors/"
      .. "freelance@partner.example: no user, and no open invite",
      "extra invites/g@partner.example: teams: 'auditors'; will be a member of "
      .. "'auditors'" }, (rows_of(here, spec)))
  end)

  it("an invite that has expired and is still listed", function()
    local here = onboarded()
    -- the sandbox lists none, so the answer is made older
    local outcome = here:run("-e", [[
      local http = require "mkrun.http"
      local request = http.request
      function http.request(options)
        local response, message, code = request(options)
        if response and options.url:find "/invites$" then
          response.body = response.body:gsub('"created":"%d%d%d%d',
            '"created":"2001')
        end
        return response, message, code
      end]], here:unconfined "drift", "spec.json", "--output", "csv")
    assert.equal(3, outcome.code, outcome.err)
    assert.equal(2, select(2, outcome.out:gsub("missing,members,[^\n]*"
      .. "freelance@partner.example,.no user, and the invite has expired",
      "")))
  end)

  it("a token that is gone, and a file that is gone", function()
    local here, spec = onboarded()
    here:remove "evening-news.token"
    local id = here:live("evening-news automation")[1]
    assert.same({ "missing tokens/evening-news automation: no token in "
      .. "evening-news.token; valid tokens of this description: " .. id },
      (rows_of(here, spec)))
    assert.equal(0, (here:onboard(spec)).code)
    assert.equal(0, here:run("token", "revoke", "--yes",
      here:stored "evening-news.token").code)
    assert.same({ "missing tokens/evening-news automation: the token in "
      .. "evening-news.token is no valid token of this description; valid "
      .. "tokens of this description: " .. id }, (rows_of(here, spec)))
    here:write("evening-news.token", "no such thing")
    assert.matches("missing tokens/evening%-news automation: "
      .. "evening%-news.token: holds something that is no token",
      (rows_of(here, spec))[1])
  end)

  it("a member whose last day is over", function()
    local here, spec = onboarded()
    spec.teams[1].members[2]["until"] = "2020-01-01"
    spec.teams[1].members[1]["until"] = "2999-01-01"
    local texts, _, outcome = rows_of(here, spec)
    assert.same({ "extra members/night-desk/nils@northlight.example: until "
      .. "2020-01-01, which is over" }, texts)
    assert.matches("mkrun: members/night%-desk/kari@northlight.example: until "
      .. "2999%-01%-01, in %d+ days", outcome.err)
  end)

  it("a project that is hidden is there", function()
    local here, spec = onboarded()
    world.change(here, function(api)
      api:patch("/projects/evening-news", { spec = { isHidden = true } })
    end)
    assert.same({}, (rows_of(here, spec)))
  end)

  it("the predefined teams are not extra", function()
    local here = onboarded()
    local texts = rows_of(here, { teams = json.array {} })
    assert.equal(2, #texts)
    for _, text in ipairs(texts) do
      assert.not_matches("Everyone", text)
      assert.not_matches("Administrators", text)
    end
  end)
end)

describe("drift of a part", function()
  it("names what is selected", function()
    local here, spec = onboarded()
    assert.equal(0, here:run("team", "legacy", "--create").code)
    assert.equal(0, here:run("team", "night-desk", "--remove", NILS).code)
    assert.equal(0, here:run("team", "auditors", "--remove", NILS).code)
    assert.same({ "missing members/auditors/" .. NILS .. ": a user, but not "
      .. "in the team" }, (rows_of(here, spec, "--only", "teams/auditors")))
    assert.same({ "extra teams/legacy: members: none; scopes: none" },
      (rows_of(here, spec, "--except", "members/*/" .. NILS)))
    assert.same({}, (rows_of(here, spec, "--only", "tokens/*")))
    assert.same({ "extra teams/legacy: members: none; scopes: none" },
      (rows_of(here, spec, "--only", "teams/leg*")))
  end)

  it("of a team that is not there has its members and scopes", function()
    local here, spec = flow.new(), flow.spec()
    assert.same({ "missing members/auditors/" .. NILS .. ": the team is not "
      .. "there" }, (rows_of(here, spec, "--only", "members/*/nils@*",
      "--except", "members/night-desk/*")))
    assert.same({ "missing scopes/auditors/managementScope: the team is not "
      .. "there" }, (rows_of(here, spec, "--only", "scopes/*/managementScope")))
    assert.same({ "missing webhooks/evening-news/job-done: " },
      (rows_of(here, spec, "--only", "webhooks/*/*")))
  end)

  it("refuses a pattern that fits nothing", function()
    local here = onboarded()
    local outcome = here:run("drift", "--only", "teams/audtiors", "spec.json")
    assert.same({ 2, "mkrun: --only 'teams/audtiors': fits nothing, neither "
      .. "in SPEC nor in the organization: did you mean 'teams/auditors'?\n" },
      { outcome.code, outcome.err })
  end)
end)

describe("drift refuses", function()
  it("a SPEC of another organization", function()
    local here, spec = onboarded()
    spec.organization.name, spec.organization.create = "Elsewhere", true
    here:write("spec.json", json.encode(spec))
    local outcome, writes = here:counted("drift", "spec.json")
    assert.same({ 2, 0 }, { outcome.code, writes })
    assert.matches("the token belongs to 'Northlight Broadcasting', not to "
      .. "'Elsewhere'", outcome.err, 1, true)
  end)

  it("a file that is not there", function()
    for _, name in ipairs { "drift", "onboard" } do
      local outcome = flow.new():run(name, "nix.json")
      assert.same({ 2, "mkrun: nix.json: No such file or directory\n" },
        { outcome.code, outcome.err })
    end
  end)

  it("to be called well when a list cannot be read", function()
    local here = onboarded()
    here:write("no.json", json.encode { rules = json.array { {
      path = "/api/v1/organization/teams",
      faults = json.array { { status = 403 } } } } })
    local outcome = here:run("--faults", "no.json", "drift", "spec.json")
    assert.equal(1, outcome.code)
    assert.equal("", outcome.out)
  end)
end)

it("a dry run of drift plans nothing", function()
  local outcome = flow.new():run("--dry-run", "drift", flow.example)
  assert.equal(0, outcome.code, outcome.err)
  assert.matches("Nothing to do", outcome.out, 1, true)
end)
