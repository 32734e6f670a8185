local json = require "mkrun.json"
local likeness = require "mkio.likeness.spec"
local spec_check = require "mkio.flow.onboard.spec"
local state_check = require "mkio.model.state_check"
local temp = require "tests.support.temp"

local function example()
  return json.decode(temp.read "scripts/examples/onboard.json")
end

--- Makes a state that a sandbox takes.
local function state_of(document)
  local state, pointer, expected = likeness.state(document)
  assert.same({}, { pointer, expected })
  assert.same({}, { state_check.fault(state) })
  return state, state.organizations[1]
end

local function field_of(items, field)
  local out = {}
  for _, item in ipairs(items) do out[#out + 1] = item[field] end
  table.sort(out)
  return out
end

local function emails(state, members)
  local out = {}
  for _, user in ipairs(state.users) do
    if members[user.id] then out[#out + 1] = user.email end
  end
  table.sort(out)
  return out
end

local function find(items, name)
  for _, item in ipairs(items) do
    if item.name == name then return item end
  end
end

describe("the state of a SPEC", function()
  it("has the organization, the people, the projects and methods", function()
    local state, home = state_of(example())
    assert.equal("Northlight Broadcasting", home.spec.name)
    assert.equal("legal@northlight.example", home.spec.legalEntityContactEmail)
    assert.same({ "freelance@partner.example", "kari@northlight.example",
      "nils@northlight.example", "you@sandbox.invalid" },
      field_of(state.users, "email"))
    assert.equal(#state.users, #home.members)
    assert.same({ "evening-news" }, field_of(home.projects, "name"))
    assert.same({ "2026 contract" },
      field_of(home.paymentMethods, "displayName"))
    assert.is_true(home.paymentMethods[1].termsAndConditionsAccepted)
    assert.equal(home.paymentMethods[1].id, home.projects[1].paymentMethodId)
  end)

  it("leaves out what the SPEC makes", function()
    local document = example()
    document.invites = { { email = "a@x.example" } }
    local state, home = state_of(document)
    assert.same({ "Administrators", "Everyone" }, field_of(home.teams, "name"))
    assert.same({ 0, 0, 0 }, { #home.invites, #state.tokens,
      #home.projects[1].webhooks })
  end)

  it("has the terms of a method that no project uses to accept", function()
    local document = example()
    document.projects = nil
    local _, home = state_of(document)
    assert.is_false(home.paymentMethods[1].termsAndConditionsAccepted)
  end)

  it("has the roles, scopes and locations that it names", function()
    local document = example()
    document.projects[1].locationName = "mars"
    document.teams[1].scopes = { ["sportsScope"] = { roles = { "cutter" } } }
    local state, home = state_of(document)
    assert.is_table(find(state.locations, "mars"))
    assert.is_table(find(state.locations, "westeurope"))
    assert.is_table(find(home.scopes, "sportsScope"))
    assert.is_table(find(home.scopes, "evening-newsScope").resources[1])
    assert.is_true(#find(state.roles, "cutter").capabilities > 0)
  end)

  it("has an administrator, whom the SPEC may name", function()
    assert.equal("you@sandbox.invalid", state_of(example()).caller)
    local document = example()
    table.insert(document.teams, { name = "Administrators", members = {
      { email = "nils@northlight.example" },
      { email = "Kari@northlight.example", isTeamAdmin = true } } })
    local state, home = state_of(document)
    assert.equal("Kari@northlight.example", state.caller)
    assert.same({ "Kari@northlight.example" },
      emails(state, find(home.teams, "Administrators").members))
    assert.equal(#state.users,
      #emails(state, find(home.teams, "Everyone").members))
  end)

  it("may have a part of an organization only", function()
    for _, document in ipairs { { teams = json.array {} },
      { organization = { name = "x" } }, { invites = json.array {} },
      { tokens = json.array {} }, { projects = { { name = "p",
        locationName = "westeurope", displayName = json.null } } },
      { teams = { { name = "t", members = json.null } } } } do
      state_of(document)
    end
  end)

  it("has one object for each name", function()
    local document = example()
    document.projects[2] = document.projects[1]
    document.paymentMethods = { document.paymentMethod }
    document.teams[2].members[1].email = "NILS@northlight.example"
    local state, home = state_of(document)
    assert.same({ 1, 1, 4 },
      { #home.projects, #home.paymentMethods, #state.users })
  end)

  it("has a message for what is no SPEC", function()
    for text, want in pairs {
      ["[]"] = "", ["7"] = "", ["{}"] = "", ['{"spec": {}}'] = "",
      ['{"organization": {}}'] = "/organization/name",
      ['{"organization": "x"}'] = "/organization",
      ['{"teams": [{"name": ""}]}'] = "/teams/0/name",
      ['{"teams": [{"name": "t", "members": [{"email": "x"}]}]}'] =
        "/teams/0/members/0/email",
      ['{"projects": [{"name": "p"}]}'] = "/projects/0/locationName",
      ['{"paymentMethods": {"a": 1}}'] = "/paymentMethods",
      ['{"exported": "yes", "teams": []}'] = "/exported",
    } do
      local state, pointer, expected = likeness.state(json.decode(text))
      assert.same({ nil, want }, { state, pointer }, text)
      assert.equal("string", type(expected))
    end
  end)
end)

describe("the state of what export wrote", function()
  local function exported()
    local document = example()
    document.exported = true
    document.invites = { { email = "a@x.example", teams = { "auditors" } } }
    return document
  end

  it("has all that is in it", function()
    local state, home = state_of(exported())
    assert.same({ "Administrators", "Everyone", "auditors", "night-desk" },
      field_of(home.teams, "name"))
    assert.same({ "freelance@partner.example", "nils@northlight.example" },
      emails(state, find(home.teams, "auditors").members))
    local rule = home.projects[1].webhooks[1]
    assert.same({ "job-done", "(secret)" },
      { rule.name, rule.spec.authentication.headers["X-Key"] })
    assert.same({ "auditors" }, { table.unpack(home.invites[1].teams) })
  end)

  it("holds no secret that somebody wrote into it", function()
    assert.is_nil(json.encode((state_of(exported()))):find("change-me", 1,
      true))
  end)

  it("is a SPEC", function()
    local document = example()
    document.exported = true
    assert.same({ true }, { spec_check.check(document) })
  end)
end)
