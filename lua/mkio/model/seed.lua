--- Makes the state of a new sandbox.  The organization "Northlight
--- Broadcasting" has three members, two predefined teams, and one payment
--- method whose terms are not accepted.  The state also has the service's
--- roles, scopes and locations.  `mkio.model.world` and `mkio.plan.hydrate`
--- call this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local roles = require "mkio.model.roles"
local sys = require "mkrun.sys"

local M = {}

--- The version number in saved states.  A file with another version is refused.
M.version = 1

--- The e-mail address of the sandbox's user, unless a token names another user.
M.caller = "ola@northlight.example"

local people = {
  { "Ola Berg", M.caller },
  { "Kari Lund", "kari@northlight.example" },
  { "Nils Aas", "nils@northlight.example" },
}

local places = {
  { "westeurope", "West Europe" }, { "northeurope", "North Europe" },
}

local year = 365 * 24 * 60 * 60

--- Makes a user who is not yet a member of an organization.
---@param world mkio.model.World
---@param name string
---@param email string
---@return table user
function M.user(world, name, email)
  return {
    id = world:id(), name = name, email = email,
    avatar = ("https://img.example/%s.png"):format(email:match "^[^@]*"),
    company = "", country = "", jobRole = "", phoneNumber = "",
  }
end

local function location(world, name, display_name)
  return {
    id = world:id(), name = name, displayName = display_name,
    cloud = {
      id = world:id(), name = "azure", displayName = "Azure",
      region = { name = name, displayName = display_name },
    },
  }
end

local function all_roles(world)
  local list = json.array(roles.list())
  for _, role in ipairs(list) do role.id = world:id() end
  return list
end

--- Makes a team.  `scopes` maps the name of each scope to the role under it.
local function team(world, name, description, scopes)
  local granted = json.object {}
  for scope, role in pairs(scopes) do
    granted[scope] = { roles = json.array { role } }
  end
  return {
    id = world:id(), name = name, description = description,
    members = json.object {}, scopes = granted,
  }
end

local function scopes(world, organization)
  return json.array {
    { id = world:id(), name = "managementScope",
      description = "the organization itself",
      resources = json.array {
        { type = "core.customer", id = organization.id },
      } },
    { id = world:id(), name = "allProjectsScope", allProjects = true,
      description = "every project, later ones too" },
  }
end

local function teams(world)
  return json.array {
    team(world, "Administrators", "full access", {
      managementScope = "administrator", allProjectsScope = "administrator",
    }),
    team(world, "Everyone", "all members", {
      managementScope = "managementReader", allProjectsScope = "reader",
    }),
  }
end

--- Makes an organization with `creator` as its only member and administrator.
---@param world mkio.model.World
---@param creator table   a user
---@param spec table      the name and the legal fields of the organization
---@return table organization
function M.organization(world, creator, spec)
  local organization = {
    id = world:id(), isActive = true, createdById = creator.id,
    created = world:iso(), updated = world:iso(), spec = spec,
    members = json.array { creator.id }, paymentMethods = json.array {},
    projects = json.array {}, invites = json.array {},
  }
  organization.scopes = scopes(world, organization)
  organization.teams = teams(world)
  for _, predefined in ipairs(organization.teams) do
    local admin = predefined.name == "Administrators"
    predefined.members[creator.id] = { isTeamAdmin = admin }
  end
  return organization
end

--- Makes an organization that has an id and a name, but no members or objects.
---@param id string
---@param name string
---@param time string   the time of its creation, ISO 8601
---@return table organization
function M.stub(id, name, time)
  return {
    id = id, isActive = true, created = time, updated = time,
    spec = { name = name }, members = json.array {},
    paymentMethods = json.array {}, projects = json.array {},
    invites = json.array {}, scopes = json.array {}, teams = json.array {},
  }
end

local function payment_method(world, creator)
  return {
    id = world:id(), displayName = "2026 contract", created = world:iso(),
    createdById = creator.id, isActive = true,
    termsAndConditionsAccepted = false,
    spec = {
      type = "direct", autoPurchaseBeamLicenses = false,
      productPublicationName = "standard-2026",
      startDate = sys.iso8601(math.floor(world:now() - year // 2)):sub(1, 10),
      endDate = json.null, salesOrderNumber = "SO1042", status = "Approved",
    },
  }
end

--- Makes the state of a new sandbox.
---@param world mkio.model.World
---@return table state
function M.state(world)
  local users, locations = json.array {}, json.array {}
  for i, person in ipairs(people) do
    users[i] = M.user(world, person[1], person[2])
  end
  for i, place in ipairs(places) do
    locations[i] = location(world, place[1], place[2])
  end
  local organization = M.organization(world, users[1],
    { name = "Northlight Broadcasting", legalEntityName = "Northlight AS" })
  organization.paymentMethods[1] = payment_method(world, users[1])
  for i = 2, #users do
    organization.members[i] = users[i].id
    organization.teams[2].members[users[i].id] = { isTeamAdmin = false }
  end
  return {
    version = M.version, users = users, locations = locations,
    roles = all_roles(world), organizations = json.array { organization },
    tokens = json.array {},
  }
end

return M
