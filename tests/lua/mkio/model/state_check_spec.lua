local json = require "mkrun.json"
local state_check = require "mkio.model.state_check"

local sandbox = require "tests.support.sandbox"

--- A state with something of each kind in it.
local function whole()
  local api = sandbox.new()
  api:project "news"
  api:put("/projects/news/webhook/rules/done", { spec = {
    url = "https://hooks.test/a", enabled = true,
    events = { "MediaKind.JobFinished" } } })
  api:put("/organization/teams/desk", { spec = {
    members = { [api:member "kari@northlight.example"] =
      { isTeamAdmin = true } },
    scopes = { newsScope = { roles = { "reader" } } } } })
  api:post("/organization/invites", { spec = { email = "a@partner.example",
    comment = "hello" } })
  return json.decode(api.model:save())
end

describe("mkio.model.state_check", function()
  it("finds nothing wrong with what a sandbox saves", function()
    local state = whole()
    local first = state.organizations[1]
    assert.is_not_nil(first.projects[1] and first.invites[1]
      and first.projects[1].webhooks[1] and first.teams[3])
    assert.same({}, { state_check.fault(state) })
  end)

  for pointer, change in pairs {
    ["/users"] = function(state) state.users = json.array {} end,
    ["/users/0/email"] = function(state) state.users[1].email = nil end,
    ["/roles/0/capabilities"] =
      function(state) state.roles[1].capabilities = "all" end,
    ["/locations/0/cloud"] =
      function(state) state.locations[1].cloud = json.null end,
    ["/organizations/0/createdById"] =
      function(_, first) first.createdById = "nobody" end,
    ["/organizations/0/members/1"] =
      function(_, first) first.members[2] = "nobody" end,
    ["/organizations/0/teams/0/scopes/managementScope/roles"] = function(_, f)
      f.teams[1].scopes.managementScope.roles[1] = "none"
    end,
    ["/organizations/0/teams/0/scopes"] = function(_, first)
      first.teams[1].scopes.nowhere = { roles = json.array {} }
    end,
    ["/organizations/0/teams/1/members"] = function(_, first)
      first.teams[2].members.nobody = { isTeamAdmin = false }
    end,
    ["/organizations/0/scopes/0/resources"] =
      function(_, first) first.scopes[1].resources = nil end,
    ["/organizations/0/projects/0/locationId"] =
      function(_, first) first.projects[1].locationId = "nowhere" end,
    ["/organizations/0/projects/0/paymentMethodId"] =
      function(_, first) first.projects[1].paymentMethodId = "none" end,
    ["/organizations/0/projects/0/webhooks/0/spec"] =
      function(_, first) first.projects[1].webhooks[1].spec = nil end,
    ["/organizations/0/invites/0/invitedById"] =
      function(_, first) first.invites[1].invitedById = "nobody" end,
  } do
    it("names the place: " .. pointer, function()
      local state = whole()
      change(state, state.organizations[1])
      local at, fault = state_check.fault(state)
      assert.equal(pointer, at)
      assert.matches("expected", fault)
    end)
  end
end)
