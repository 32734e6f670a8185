local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local patch = require "mkrun.patch"

local VARIABLE <const> = "WEBHOOK_EVENING_NEWS_JOB_DONE_X_KEY"

local function assert_done(outcome)
  assert.equal(0, outcome.code, outcome.err)
  return outcome
end

local function onboarded()
  local here = flow.new()
  assert_done(here:run("onboard", flow.example))
  return here
end

--- Export; it must not write.
local function export(here)
  local outcome, writes = here:counted "export"
  assert_done(outcome)
  assert.equal(0, writes)
  here:write("o.json", outcome.out)
  return outcome, json.decode(outcome.out)
end

--- Onboarding what was exported writes nothing, and so does the second time.
local function assert_round_trip(here)
  local text = export(here).out
  for _ = 1, 2 do
    local outcome, writes = here:counted("onboard", "o.json")
    assert_done(outcome)
    assert.equal(0, writes)
    assert.matches("Summary: 0 created, 0 changed, ", outcome.out, 1, true)
  end
  assert.equal(text, export(here).out)
end

--- Change the state behind the back of everybody.
local function tamper(here, change)
  local state = here:state()
  change(state.organizations[1], state)
  here:write("state.json", json.encode(state))
end

local function find(list, name)
  for _, item in ipairs(list) do
    if item.name == name then return item end
  end
end

describe("export", function()
  it("of an invite to a team that is gone can be onboarded", function()
    local here = flow.new()
    assert_done(here:onboard { teams = { { name = "desk" }, { name = "late" } },
      invites = { { email = "x@y.example", teams = { "desk", "late" } } } })
    assert_done(here:run("-e",
      "require 'mkio'.connect {}.teams:delete 'late'"))
    assert_round_trip(here)
    local _, spec = export(here)
    assert.same({ "desk" }, spec.invites[1].teams)
  end)

  it("of a fresh organization can be onboarded", function()
    assert_round_trip(flow.new())
  end)

  it("of the example can be onboarded, and writes nothing", function()
    assert_round_trip(onboarded())
  end)

  it("says all that the example says", function()
    local _, spec = export(onboarded())
    local example = flow.spec()
    local organization = example.organization
    assert.same(organization, spec.organization)
    assert.same({ { displayName = "2026 contract", acceptTerms = true } },
      spec.paymentMethods)
    local rule = spec.projects[1].webhooks[1]
    assert.same({ env = VARIABLE, keep = true },
      rule.authentication.headers["X-Key"])
    rule.authentication, rule.enabled = nil, nil
    example.projects[1].webhooks[1].authentication = nil
    table.sort(example.projects[1].webhooks[1].events)
    assert.same(example.projects[1].webhooks[1], rule)
    local desk = find(spec.teams, "night-desk")
    assert.same(example.teams[1].scopes, desk.scopes)
    assert.same({
      { email = "kari@northlight.example", isTeamAdmin = true },
      { email = "nils@northlight.example", isTeamAdmin = false },
    }, desk.members)
    assert.equal("freelance@partner.example", spec.invites[1].email)
  end)

  it("sets up another organization like it, given the secrets", function()
    local here = onboarded()
    local text = export(here).out
    local there = flow.new { [VARIABLE] = "change-me" }
    there:write("o.json", text)
    assert_done(there:run("onboard", "o.json"))
    assert.equal(text, export(there).out)
  end)

  it("names the variable when a secret turns out to be needed", function()
    local outcome = export(onboarded())
    assert.matches("to onboard it elsewhere, set " .. VARIABLE, outcome.err,
      1, true)
    local there = flow.new()
    there:write("o.json", outcome.out)
    local failed = there:run("onboard", "o.json")
    assert.equal(2, failed.code)
    assert.matches("/webhooks/0/authentication': the rule has to be sent "
      .. "with its secrets: set " .. VARIABLE, failed.err, 1, true)
  end)
end)

describe("export of what is odd", function()
  it("tells payment methods of one name apart", function()
    local here = onboarded()
    tamper(here, function(organization)
      local methods = organization.paymentMethods
      local second = patch.copy(methods[1])
      second.id = "00000000-0000-4000-8000-000000000001"
      local third = patch.copy(methods[1])
      third.id = "00000000-0000-4000-8000-000000000002"
      third.displayName, third.isActive = json.null, false
      methods[2], methods[3] = second, third
    end)
    local _, spec = export(here)
    assert.equal(2, #spec.paymentMethods)
    assert.matches("^%x+%-", spec.projects[1].paymentMethod)
    assert_round_trip(here)
  end)

  it("keeps a project inactive, and one whose payment method is", function()
    local here = onboarded()
    tamper(here, function(organization)
      organization.projects[1].isActive = false
      organization.paymentMethods[1].isActive = false
    end)
    local _, spec = export(here)
    assert.is_false(spec.projects[1].isActive)
    assert.is_nil(spec.projects[1].paymentMethod)
    assert_round_trip(here)
  end)

  it("takes an invite without teams and a rule without events", function()
    local here = onboarded()
    tamper(here, function(organization)
      organization.invites[1].teams = json.array {}
      organization.projects[1].webhooks[1].spec.events = json.array {}
      organization.projects[1].displayName = ""
    end)
    assert_round_trip(here)
  end)

  it("leaves out an invite that has expired and is listed still", function()
    local export_of = require "mkio.flow.export".read
    local canned = require "tests.lua.mkio.canned"
    local path = "GET /api/v1/organization"
    local org = canned.connect {
      [path] = canned.ok { metadata = { id = "o" }, spec = { name = "n" } },
      ["GET /api/v1/projects"] = canned.list(),
      [path .. "/paymentMethods"] = canned.list(),
      [path .. "/teams"] = canned.list(), [path .. "/users"] = canned.list(),
      [path .. "/invites"] = canned.list(
        { metadata = { id = "1", created = "2020-01-01T00:00:00Z" },
          spec = { email = "old@x.example", comment = "c" } },
        { metadata = { id = "2", created = "2999-01-01T00:00:00Z" },
          spec = { email = "new@x.example", comment = "c" } }),
    }
    assert.same({ { email = "new@x.example", comment = "c" } },
      export_of(org).invites)
  end)

  it("gives every secret a variable of its own", function()
    local here, spec = flow.new(), flow.spec()
    local secrets = { ["x-a"] = "1", ["X.A"] = "2", ["ключ"] = "3" }
    spec.projects[1].webhooks[1].authentication =
      { headers = secrets, queryParams = secrets }
    assert_done(here:onboard(spec))
    local seen = {}
    for name in export(here).out:gmatch '"env": "([^"]*)"' do
      assert.matches("^WEBHOOK_[A-Z0-9_]+$", name)
      assert.is_nil(seen[name])
      seen[name] = true
    end
    assert_round_trip(here)
  end)

  it("takes no arguments", function()
    assert.equal(2, flow.new():run("export", "x").code)
  end)
end)

describe("onboard and several payment methods", function()
  it("looks them all up before it writes", function()
    local outcome, writes = flow.new():onboard { paymentMethods = {
      { displayName = "2026 contract", acceptTerms = true },
      { displayName = "2027 contract" } } }
    assert.equal(2, outcome.code)
    assert.equal(0, writes)
    assert.matches("at '/paymentMethods/1/displayName': there is no payment "
      .. "method '2027 contract'", outcome.err, 1, true)
  end)
end)

describe("onboard and invites", function()
  it("sends what SPEC says, once", function()
    local here = flow.new()
    local spec = { inviteComment = "hello", invites = {
      { email = "a@x.example", teams = { "Everyone" } },
      { email = "b@x.example", comment = "you too" },
      { email = "NILS@northlight.example" },
    } }
    local first, writes = here:onboard(spec)
    assert_done(first)
    assert.equal(2, writes)
    assert.matches("= invite          NILS@northlight.example: a member",
      first.out, 1, true)
    local invites = here:state().organizations[1].invites
    assert.same({ "hello", "you too" },
      { invites[1].comment, invites[2].comment })
    local _, again = here:onboard(spec)
    assert.equal(0, again)
  end)

  it("gives one invite to who is in a team and invited, too", function()
    local here = flow.new()
    local outcome, writes = here:onboard {
      teams = { { name = "t", members = { { email = "a@x.example" } } } },
      invites = { { email = "A@x.example", comment = "mine",
        teams = { "Administrators", "t" } } },
    }
    assert_done(outcome)
    assert.equal(2, writes)
    local invites = here:state().organizations[1].invites
    assert.equal(1, #invites)
    assert.same({ "t", "Administrators" }, invites[1].teams)
    assert.equal("mine", invites[1].comment)
  end)
end)
