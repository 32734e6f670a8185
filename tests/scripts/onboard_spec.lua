local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local sys = require "mkrun.sys"

local FILE <const> = "evening-news.token"
local DESCRIPTION <const> = "evening-news automation"

local function assert_done(outcome)
  assert.equal(0, outcome.code, outcome.err)
  return outcome
end

local function line(outcome, pattern)
  for text in outcome.out:gmatch "[^\n]+" do
    if text:find(pattern) then return text end
  end
end

describe("onboard", function()
  it("does everything once, and nothing twice", function()
    local here = flow.new()
    local first, writes = here:counted("onboard", flow.example)
    assert_done(first)
    assert.equal(8, writes)
    assert.equal([[
~ organization    Northlight Broadcasting: legalEntityContactEmail
~ payment method  2026 contract: terms accepted
+ project         evening-news
+ webhook rule    evening-news/job-done
+ team            night-desk
+ team            auditors
+ invite          freelance@partner.example
+ token           evening-news automation
Summary: 6 created, 2 changed, 0 unchanged.
]], first.out)

    local second, again = here:counted("onboard", flow.example)
    assert_done(second)
    assert.equal(0, again)
    assert.equal("Summary: 0 created, 0 changed, 8 unchanged.",
      line(second, "^Summary"))
  end)

  it("does nothing for an empty SPEC", function()
    local outcome, writes = flow.new():onboard {}
    assert_done(outcome)
    assert.equal(0, writes)
    assert.equal("= organization    Northlight Broadcasting",
      line(outcome, "organization"))
  end)

  it("changes a team by what differs, and by nothing else", function()
    local here, spec = flow.new(), flow.spec()
    assert_done(here:onboard(spec))
    spec.teams[1].scopes["evening-newsScope"].roles[1] = "reader"
    table.remove(spec.teams[1].members, 1)
    local outcome, writes = here:onboard(spec)
    assert_done(outcome)
    assert.equal(1, writes)
    assert.equal("~ team            night-desk: "
      .. "add scopes/evening-newsScope/roles/reader; "
      .. "remove scopes/evening-newsScope/roles/user",
      line(outcome, "night%-desk"))
  end)

  it("gives one invite that names all teams", function()
    local here = flow.new()
    assert_done(here:counted("onboard", flow.example))
    local invites = here:state().organizations[1].invites
    assert.equal(1, #invites)
    assert.equal(2, #invites[1].teams)
  end)

  it("does not accept terms that nobody asked it to accept", function()
    local spec = flow.spec()
    spec.paymentMethod.acceptTerms = nil
    local outcome, writes = flow.new():onboard(spec)
    assert.equal(2, outcome.code)
    assert.equal(0, writes)
    assert.matches("the terms of payment method '2026 contract' are not "
      .. "accepted: \"paymentMethod\": {\"displayName\": \"2026 contract\", "
      .. "\"acceptTerms\": true} in SPEC accepts them", outcome.err, 1, true)
  end)

  it("stops at a scope that does not exist, and names those that do",
    function()
      local outcome, writes = flow.new():onboard { teams = { {
        name = "t", scopes = { nixScope = { roles = { "user" } } } } } }
      assert.equal(2, outcome.code)
      assert.equal(0, writes)
      assert.matches("there is no scope 'nixScope': there is "
        .. "'managementScope' and 'allProjectsScope'", outcome.err, 1, true)
    end)

  it("says how far it came when it stops, and goes on the next time",
    function()
      local here = flow.new()
      local stopped = here:run("-e", [[
        local teams = require "mkio.resource.teams"
        teams.ensure = function() error("the sky fell", 0) end]],
        here:unconfined "onboard", flow.example)
      assert.equal(1, stopped.code)
      -- the project, its rule, and the token: nothing under way is dropped
      assert.equal("Summary: 3 created, 2 changed, 0 unchanged, then stopped; "
        .. "run it again to go on.", line(stopped, "^Summary"))
      assert.equal("mkrun: the sky fell\n", stopped.err)
      local second = assert_done(here:run("onboard", flow.example))
      assert.equal("Summary: 3 created, 0 changed, 5 unchanged.",
        line(second, "^Summary"))
    end)
end)

--- What is wrong with a SPEC, and that nothing was done about it.
local function complaints(spec, here)
  local outcome, writes = (here or flow.new()):onboard(spec)
  assert.equal(2, outcome.code, outcome.err)
  assert.equal(0, writes)
  assert.equal("", outcome.out)
  local list = {}
  for text in outcome.err:gmatch "mkrun: spec.json: ([^\n]+)" do
    list[#list + 1] = text
  end
  return list
end

describe("onboard looks everything up first:", function()
  it("all that is wrong is said at once", function()
    local spec = flow.spec()
    spec.projects[1].locationName = "westeurpoe"
    spec.projects[1].paymentMethod = "2025 contract"
    spec.teams[1].scopes = { ["evening-newScope"] = { roles = { "usr" } } }
    spec.tokens[1].file = "no/such/folder/token"
    spec.invites = { { email = "a@b", teams = { "night-desk", "auditor" } } }
    spec.projects[1].webhooks[1].authentication = { headers = {
      ["X-Key"] = { env = "MKRUN_NO_SUCH", keep = true } } }
    assert.same({
      "at '/projects/0/locationName': there is no location 'westeurpoe': "
        .. "did you mean 'westeurope'?",
      "at '/projects/0/paymentMethod': there is no payment method "
        .. "'2025 contract': did you mean '2026 contract'?",
      "at '/projects/0/webhooks/0/authentication': the rule has to be sent "
        .. "with its secrets: set MKRUN_NO_SUCH",
      "at '/teams/0/scopes/evening-newScope': there is no scope "
        .. "'evening-newScope': did you mean 'evening-newsScope'?",
      "at '/teams/0/scopes/evening-newScope/roles/0': there is no role 'usr': "
        .. "did you mean 'user'?",
      "at '/invites/0/teams/1': there is no team 'auditor': "
        .. "did you mean 'auditors'?",
      "at '/tokens/0/file': no/such/folder/token: "
        .. "No such file or directory",
    }, (function(list)
      for i, text in ipairs(list) do
        list[i] = text:gsub("%(%x+%-[%x-]+%)", "(ID)")
      end
      return list
    end)(complaints(spec)))
  end)

  it("a team that would have no administrator left", function()
    local here, spec = flow.new(), flow.spec()
    assert_done(here:onboard(spec))
    spec.teams = { { name = "Administrators", members = {
      { email = "OLA@northlight.example", isTeamAdmin = false } } } }
    assert.same({ "at '/teams/0': team 'Administrators' would have no "
      .. "administrator left" }, complaints(spec, here))
    spec.teams[1].members[2] =
      { email = "kari@northlight.example", isTeamAdmin = true }
    assert_done(here:onboard(spec))
  end)

  it("secrets of rules that are to be sent again", function()
    local here, spec = flow.new(), flow.spec()
    assert_done(here:onboard(spec))
    spec.projects[1].webhooks[1].authentication.headers["X-Key"] =
      { env = "MKRUN_NO_SUCH", keep = true }
    assert_done(here:onboard(spec))
    local outcome, writes = here:counted("onboard", "spec.json",
      "--write-secrets")
    assert.same({ 2, 0 }, { outcome.code, writes })
    assert.matches("at '/projects/0/webhooks/0/authentication': the rule has "
      .. "to be sent with its secrets: set MKRUN_NO_SUCH", outcome.err, 1, true)
  end)

  it("a project that is elsewhere", function()
    local here, spec = flow.new(), flow.spec()
    assert_done(here:onboard(spec))
    spec.projects[1].locationName = "northeurope"
    assert.same({ "at '/projects/0/locationName': the project is in "
      .. "'westeurope' and cannot be moved" }, complaints(spec, here))
  end)

  local cases = {
    { "a resource type", { ["core.projekt"] = { x = { a = { "get" } } } },
      "/core.projekt': there is no resource type 'core.projekt': "
      .. "did you mean 'core.project'?" },
    { "a resource", { ["core.project"] = {
        ["evening-new"] = { ["ams.asset"] = { "get" } } } },
      "/core.project/evening-new': there is no project 'evening-new': "
      .. "did you mean 'evening-news'?" },
    { "a family", { ["core.project"] = {
        ["evening-news"] = { ["ams.aset"] = { "get" } } } },
      "/core.project/evening-news/ams.aset/0': there is no permission "
      .. "'ams.aset.get': did you mean 'ams.asset.get'" },
    { "a verb", { ["core.project"] = {
        ["evening-news"] = { ["ams.asset"] = { "get", "updat" } } } },
      "/core.project/evening-news/ams.asset/1': there is no permission "
      .. "'ams.asset.updat': did you mean 'ams.asset.update'" },
  }
  for _, case in ipairs(cases) do
    it(case[1] .. " of a token that is misspelled", function()
      local spec = flow.spec()
      spec.tokens[1].permissions = case[2]
      local list = complaints(spec)
      assert.equal(1, #list)
      assert.matches("at '/tokens/0/permissions" .. case[3], list[1], 1, true)
    end)
  end

  it("a webhook rule that would lose its secrets", function()
    local here, spec = flow.new(), flow.spec()
    assert_done(here:onboard(spec))
    local rule = spec.projects[1].webhooks[1]
    rule.authentication, rule.enabled = nil, false
    assert.matches("^at '/projects/0/webhooks/0': rule 'job%-done' has secrets "
      .. "that would be lost", complaints(spec, here)[1])
  end)

  it("rights that the caller does not have", function()
    local here, spec = flow.new(), flow.spec()
    assert_done(here:onboard(spec))
    spec.tokens[1].permissions["core.project"]["evening-news"] =
      { ["core.team"] = { "delete" } }
    assert.same({ "at '/tokens/0/permissions/core.project/evening-news/"
      .. "core.team/0': you do not have 'core.team.delete' for it, and a token "
      .. "cannot have more rights than its maker" }, complaints(spec, here))
  end)
end)

describe("onboard and a token in place", function()
  it("asks for no right that only a token in place has", function()
    local here, spec = flow.new(), flow.spec()
    spec.tokens[1].permissions = { ["core.project"] = { ["evening-news"] = {
      ["ams.asset"] = json.array { "get" } } } }
    assert.equal(0, here:onboard(spec).code)
    local least = here:run("--dry-run", "--rights", "onboard", "spec.json")
    assert.equal(0, least.code, least.err)
    assert.not_matches("ams", least.out, 1, true)
    here:write("least.json", least.out)
    assert.equal(0, here:run("token", "create", "least", "--permissions",
      "least.json", "--file", "least.token").code)
    local outcome =
      here:run("--token-file", "least.token", "onboard", "spec.json")
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("= token           evening-news automation", outcome.out, 1,
      true)
  end)
end)

describe("onboard and the secrets of a webhook rule", function()
  local function rule(key)
    local spec = flow.spec()
    spec.projects[1].webhooks[1].authentication.headers["X-Key"] = key
    return spec
  end

  local function kept(here)
    local project = here:state().organizations[1].projects[1]
    return project.webhooks[1].spec.authentication.headers["X-Key"]
  end

  it("says that they are not compared, and sends them when asked to",
    function()
      local here = flow.new()
      assert_done(here:onboard(rule "one"))
      local same = assert_done(here:onboard(rule "two"))
      assert.equal("= webhook rule    evening-news/job-done: secrets not "
        .. "compared, --write-secrets sends them", line(same, "webhook"))
      local before = kept(here)
      local sent, writes =
        here:counted("onboard", "--write-secrets", "spec.json")
      assert_done(sent)
      assert.equal(1, writes)
      assert.equal("~ webhook rule    evening-news/job-done: "
        .. "secrets sent again", line(sent, "webhook"))
      assert.not_equal(before, kept(here))
    end)
end)

describe("onboard and invites", function()
  local function spec(teams)
    local invites = {}
    for i = 1, 30 do
      invites[i] = { email = ("guest%d@x.example"):format(i), teams = teams }
    end
    return { teams = { { name = "desk" }, { name = "late" } },
      invites = invites }
  end

  local function named(here)
    local teams = {}
    for _, invite in ipairs(here:state().organizations[1].invites) do
      teams[#teams + 1] = table.concat(invite.teams, "+")
    end
    table.sort(teams)
    return #teams, teams[1], teams[#teams]
  end

  it("replaces any number of open ones, planned or done", function()
    local here = flow.new()
    assert_done(here:onboard(spec { "desk" }))
    here:write("spec.json", json.encode(spec { "late" }))
    local planned = here:run("--dry-run", "onboard", "spec.json")
    assert.equal(3, planned.code, planned.err)
    assert.matches("Plan: 30 to create, 0 to change, 30 to delete.",
      planned.out, 1, true)
    local outcome, writes = here:counted("onboard", "spec.json")
    assert_done(outcome)
    assert.equal(60, writes)
    assert.same({ 30, "desk+late", "desk+late" }, { named(here) })
    assert.equal(0, select(2, here:counted("onboard", "spec.json")))
  end)

  it("goes on after one that is refused, and names it", function()
    local here = flow.new()
    here:write("spec.json", json.encode(spec { "desk" }))
    here:write("plan.json", json.encode { rules = json.array { {
      method = "POST", path = "/api/v1/organization/invites", nth = 3,
      faults = json.array { { status = 409 } } } } })
    local outcome = here:run("--faults", "plan.json", "onboard", "spec.json")
    assert.equal(1, outcome.code)
    assert.equal(29, (named(here)))
    assert.matches("\n! invite          guest%d+@x.example: POST .-409",
      outcome.out)
    assert.matches("Summary: 31 created, 0 changed, 1 unchanged, 1 failed.",
      outcome.out, 1, true)
    assert_done((here:counted("onboard", "spec.json")))
    assert.equal(30, (named(here)))
  end)

  it("sends anew, with all teams, what a run had withdrawn", function()
    local here = flow.new()
    assert_done(here:onboard(spec { "desk" }))
    here:write("spec.json", json.encode(spec { "late" }))
    here:write("plan.json", json.encode { rules = json.array { {
      method = "POST", path = "/api/v1/organization/invites",
      faults = json.array { { status = 503 } } } } })
    local outcome = here:run("--faults", "plan.json", "--journal", "journal",
      "onboard", "spec.json")
    assert.equal(1, outcome.code)
    assert.matches("the invite to 'guest1@x.example' with 'desk' is withdrawn "
      .. "and not sent again", outcome.err, 1, true)
    assert.equal(29, (named(here))) -- and no other one
    outcome = here:run("--resume", "journal")
    assert.equal(0, outcome.code, outcome.err)
    assert.same({ 30, "desk+late", "desk+late" }, { named(here) })
  end)
end)

describe("onboard and the secrets of SPEC", function()
  local function spec(source)
    local document = flow.spec()
    document.projects[1].webhooks[1].authentication = {
      headers = { ["X-Key"] = source, ["X-Other"] = source } }
    return document
  end

  local function onboard(here, words)
    return process.run({ "sh", "-c", "printf canary-77 | '" .. release.path
      .. "' --sandbox=state.json --trace onboard " .. words },
      { cwd = here.folder, env = here.env })
  end

  it("reads standard input once, for all of them", function()
    local here = flow.new()
    here:write("spec.json", json.encode(spec { file = "-" }))
    local outcome = onboard(here, "spec.json")
    assert.equal(0, outcome.code, outcome.err)
    local rule = here:state().organizations[1].projects[1].webhooks[1]
    local digest = sys.sha256 "canary-77"
    assert.same({ ["X-Key"] = digest, ["X-Other"] = digest },
      rule.spec.authentication.headers)
  end)

  it("refuses what is not there, before the first request", function()
    local here = flow.new { EMPTY = "" }
    for text, source in pairs {
      ["-: standard input was read already"] = { file = "-" },
      ["environment variable EMPTY is empty"] = { env = "EMPTY" },
    } do
      here:write("spec.json", json.encode(spec(source)))
      local outcome = process.run({ "sh", "-c", "'" .. release.path
        .. "' --sandbox=state.json --trace onboard - <spec.json" },
        { cwd = here.folder, env = here.env })
      assert.same({ 2, "" }, { outcome.code, outcome.out })
      assert.matches("at '/projects/0/webhooks/0/authentication/headers/X-Key'"
        .. ": " .. text, outcome.err, 1, true)
      assert.not_matches("/api/", outcome.err, 1, true)
    end
  end)
end)

describe("onboard and the organization", function()
  it("stops when the token belongs to another one", function()
    local outcome, writes =
      flow.new():onboard { organization = { name = "Southlight" } }
    assert.equal(2, outcome.code)
    assert.equal(0, writes)
    assert.matches("the token belongs to 'Northlight Broadcasting', not to "
      .. "'Southlight': is the name in SPEC right?", outcome.err, 1, true)
  end)

  it("creates none when something in SPEC is not there", function()
    local here = flow.new()
    local outcome, writes = here:onboard {
      organization = { name = "Southlight", create = true },
      projects = { { name = "p", displayName = "P",
        locationName = "westeurop" } },
      teams = { { name = "t", scopes = {
        s = { roles = { "raeder" } } } } },
    }
    assert.same({ 2, 0, "" }, { outcome.code, writes, outcome.out })
    assert.matches("at '/projects/0/locationName': there is no location "
      .. "'westeurop': did you mean 'westeurope'?", outcome.err, 1, true)
    assert.matches("at '/teams/0/scopes/s/roles/0': there is no role 'raeder'",
      outcome.err, 1, true)
  end)

  it("creates none whose name is there in another case", function()
    for _, name in ipairs { "northlight broadcasting",
      "Northlight Broadcasting ", "NorthlightBroadcasting",
      "Northlight\u{200B} Broadcasting" } do
      local outcome, writes =
        flow.new():onboard { organization = { name = name, create = true } }
      assert.same({ 2, 0, "" }, { outcome.code, writes, outcome.out })
      assert.matches("there is 'Northlight Broadcasting', and '", outcome.err,
        1, true)
      assert.matches("' was to be created: they differ in case, blanks or "
        .. "accents only", outcome.err, 1, true)
    end
  end)

  it("creates one when asked to, once, and says what to do next", function()
    local here = flow.new()
    local spec = { organization = { name = "Southlight", create = true } }
    local first, writes = here:onboard(spec)
    assert.equal(1, first.code)
    assert.equal(1, writes)
    assert.equal("+ organization    Southlight", line(first, "organization"))
    assert.matches("a token is tied to one organization", first.err, 1, true)
    local _, again = here:onboard(spec)
    assert.equal(0, again)
    assert.equal(2, #here:state().organizations)
  end)
end)

describe("onboard and a token", function()
  it("asks for no more than the caller has", function()
    local here, spec = flow.new(), flow.spec()
    spec.tokens[1].permissions["core.project"]["evening-news"] =
      { ["ams.asset"] = { "get", "paint" } }
    local outcome = here:onboard(spec)
    assert.equal(2, outcome.code)
    assert.matches("ams.asset.paint", outcome.err, 1, true)
    assert.is_nil(here:stored(FILE))
    assert.same({}, here:live(DESCRIPTION))
  end)

  it("asks for none that it could not store", function()
    local here, spec = flow.new(), flow.spec()
    spec.tokens[1].file = "no/such/folder/token"
    local outcome = here:onboard(spec)
    assert.equal(2, outcome.code)
    assert.matches("No such file or directory", outcome.err, 1, true)
    assert.same({}, here:live(DESCRIPTION))
  end)

  it("replaces one whose file is gone", function()
    local here = flow.new()
    assert_done(here:counted("onboard", flow.example))
    local old = here:stored(FILE)
    here:remove(FILE)
    local outcome = assert_done(here:counted("onboard", flow.example))
    local id = assert(here:stored(FILE))
    assert.matches("~ token           evening-news automation: the file was "
      .. "gone; new token " .. id .. "\n", line(outcome, "token") .. "\n", 1,
      true)
    -- another run may be about to store it
    assert.matches(old .. ", which is still valid; mkrun token revoke " .. old
      .. " revokes it", outcome.err, 1, true)
    assert.equal(0, here:run("token", "revoke", "--yes", old).code)
    assert.same({ id }, here:live "evening-news automation")
  end)

  it("revokes the one that a run left behind when it ended too early",
    function()
    local here, spec = flow.new(), flow.spec()
    assert_done(here:onboard(spec))
    local old = here:stored(FILE)
    spec.tokens[1].permissions["core.project"]["evening-news"] =
      { ["ams.asset"] = { "get" } }
    here:write("spec.json", json.encode(spec))
    assert.equal(70, here:run("-e", [[
      require "mkio.resource.token_file".store = function(slot, _, token)
        slot:store(token.metadata.JWT)
        os.exit(70)
      end]], here:unconfined "onboard", "spec.json").code)
    local outcome, writes = here:onboard(spec)
    assert_done(outcome)
    assert.equal(1, writes)
    assert.matches("revoked the old one, " .. old, line(outcome, "token"), 1,
      true)
    assert.same({ here:stored(FILE) }, here:live(DESCRIPTION))
    assert.is_nil(io.open(here.folder .. "/" .. FILE .. ".todo"))
  end)

  it("replaces one that a link leads to, and notes beside the link what is "
    .. "left to do", function()
    local here, spec = flow.new(), flow.spec()
    assert_done(here:onboard(spec))
    local old = here:stored(FILE)
    shell.execute(("cd '%s' && mkdir vault && mv %s vault/real && "
      .. "ln -s vault/real %s"):format(here.folder, FILE, FILE))
    spec.tokens[1].permissions["core.project"]["evening-news"] =
      { ["ams.asset"] = { "get" } }
    assert_done(here:onboard(spec))
    assert.not_equal(old, here:stored "vault/real")
    assert.same({ here:stored(FILE) }, here:live(DESCRIPTION))
  end)

  it("replaces one that was revoked", function()
    local here = flow.new()
    assert_done(here:counted("onboard", flow.example))
    local id = here:stored(FILE)
    assert_done(here:run("-e",
      ("require 'mkio'.connect().me.tokens:revoke '%s'"):format(id)))
    local outcome = assert_done(here:counted("onboard", flow.example))
    assert.matches("not valid any more", line(outcome, "token"))
    assert.not_equal(id, here:stored(FILE))
    assert.same({ here:stored(FILE) }, here:live(DESCRIPTION))
  end)

  it("replaces one when other permissions are declared", function()
    local here, spec = flow.new(), flow.spec()
    assert_done(here:onboard(spec))
    spec.tokens[1].permissions["core.project"]["evening-news"] =
      { ["ams.asset"] = { "get" } }
    local outcome = assert_done(here:onboard(spec))
    assert.matches("permissions changed", line(outcome, "token"))
    assert.same({ here:stored(FILE) }, here:live(DESCRIPTION))
    local _, writes = here:onboard(spec)
    assert.equal(0, writes)
  end)

  it("overwrites the token that another sandbox left behind", function()
    local here = flow.new()
    assert_done(here:onboard(flow.spec()))
    here:remove "state.json"
    local outcome = assert_done(here:onboard(flow.spec()))
    assert.matches("not valid any more", line(outcome, "token"))
  end)

  it("does not overwrite the token of another organization", function()
    local here = flow.new()
    assert_done(here:onboard(flow.spec()))
    local stored = here:stored(FILE)
    here:write("second.lua", [[
      local mkio, sys = require "mkio", require "mkrun.sys"
      local org = mkio.connect {}
      local other = org:create { name = "Second" }
      local token = org.me.tokens:create {
        type = "full-access", description = "second",
        organizationId = other.metadata.id,
        expireDate = sys.iso8601(sys.now() + 86400) }
      assert(token.metadata.JWT:write "second.token")]])
    assert.equal(0, here:run("second.lua").code)
    here:write("second.json", json.encode {
      organization = { name = "Second" },
      tokens = { { description = DESCRIPTION, file = FILE, permissions = {
        ["core.customer"] = { Second = { ["core.customer"] = { "get" } } },
      } } } })
    local outcome =
      here:run("--token-file", "second.token", "onboard", "second.json")
    assert.equal(2, outcome.code)
    assert.matches("of another organization: name another file, it would be",
      outcome.err, 1, true)
    assert.equal(stored, here:stored(FILE))
  end)

  it("does not overwrite a file that holds something else", function()
    local here = flow.new()
    for _, text in ipairs { "no token", "e30.eyJqdGkiOiJ4In0.eA" } do
      here:write(FILE, text)
      local outcome = here:counted("onboard", flow.example)
      assert.equal(2, outcome.code)
      assert.matches("it would be overwritten", outcome.err, 1, true)
    end
  end)
end)

describe("onboard and users who are removed meanwhile", function()
  --- Has a user removed by somebody else when the n-th team write is due.
  local RACE <const> = [[
    local teams, due = require "mkio.resource.teams", %d
    local call = teams.call
    function teams:call(operation, ...)
      if operation == "teams.put" or operation == "teams.patch" then
        due = due - 1
        if due == 0 then
          local users = require "mkio".connect().users
          users:remove(users:find "kari@northlight.example".metadata.id)
        end
      end
      return call(self, operation, ...)
    end]]

  it("tries once more with those who are there", function()
    for _, before in ipairs { false, true } do
      local here, spec = flow.new(), { teams = { { name = "desk",
        members = { { email = "kari@northlight.example" },
          { email = "per@northlight.example" } } } } }
      if before then
        here:run("-e", 'require "mkio".connect().teams:ensure("desk", {})')
      end
      here:write("spec.json", json.encode(spec))
      local outcome = here:run("-e", RACE:format(1), here:unconfined "onboard",
        "spec.json")
      assert.equal(0, outcome.code, outcome.err)
      assert.matches("invite          kari@northlight.example", outcome.out, 1,
        true)
      assert_done(here:onboard(spec))
    end
  end)

  it("does so for a member that a team loses while it is patched", function()
    local here = flow.new()
    local team = { teams = { { name = "desk", members = {
      { email = "kari@northlight.example" } } } } }
    assert_done(here:onboard(team))
    team.teams[1].members[1].isTeamAdmin = true
    here:write("spec.json", json.encode(team))
    local outcome = here:run("-e", RACE:format(1), here:unconfined "onboard",
        "spec.json")
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("+ invite          kari@northlight.example", outcome.out, 1,
      true)
  end)
end)
