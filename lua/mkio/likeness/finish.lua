--- Completes the state of a likeness, so that it is a whole sandbox: the
--- service's roles, scopes and locations, the predefined teams, and an
--- administrator who sends the requests.  `mkio.likeness.spec` and `recording`
--- call this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local list = require "mkio.model.list"
local unread = require "mkio.plan.unread"
local worlds = require "mkio.model.world"

local M = {}

local PREDEFINED <const> = { "Administrators", "Everyone" }

--- Adds the objects whose names are not there.
local function add_missing(items, others)
  for _, other in ipairs(others) do
    if not list.find(items, "name", other.name) then
      items[#items + 1] = other
    end
  end
end

--- A role of which only the name is known gets the capabilities of the role
--- with this name, or of one that sees things.
local function fill_roles(roles, known)
  for _, role in ipairs(roles) do
    if not role.capabilities[1] then
      local model = list.find(known, "name", role.name)
        or list.find(known, "name", "reader")
      role.capabilities = model.capabilities
      role.categories = role.categories or model.categories
      role.description = role.description or ""
    end
  end
end

--- A scope of which only the name is known gets the resources of the service's
--- scope with this name, or of the project that it is named after.  Each
--- project gets its scope.
local function fill_scopes(world, home, known)
  for _, scope in ipairs(home.scopes) do
    local model = list.find(known, "name", scope.name)
    if not scope.description and model then
      scope.description = model.description
      scope.resources = model.resources
      scope.allProjects = model.allProjects
    end
  end
  for _, project in ipairs(home.projects) do
    local found = list.find(home.scopes, "name", project.name .. "Scope")
    if not found then
      found = { id = world:id(), name = project.name .. "Scope" }
      table.insert(home.scopes, found)
    end
    if not found.description then
      found.resources = json.array { { type = "core.project",
        id = project.id } }
    end
  end
  for _, scope in ipairs(home.scopes) do
    scope.description = scope.description or ""
  end
end

local function fill_locations(locations)
  for _, place in ipairs(locations) do
    place.name = place.name or place.id
    place.displayName = place.displayName or place.name
    local region = place.cloud.region or {}
    region.name = region.name or place.name
    region.displayName = region.displayName or place.displayName
    place.cloud.region = region
  end
end

--- Adds the payment methods of which only the ids are known.
local function fill_methods(state, home)
  for _, project in ipairs(home.projects) do
    local id = project.paymentMethodId
    if type(id) == "string" then
      unread.add({ state = state }, "methods", id)
    else
      project.paymentMethodId = nil
    end
  end
end

--- Makes everybody a member of the team "Everyone".
local function fill_everyone(home)
  local everyone = list.find(home.teams, "name", "Everyone")
  for _, id in ipairs(home.members) do
    everyone.members[id] = everyone.members[id] or { isTeamAdmin = false }
  end
end

--- Makes a user an administrator, if the team "Administrators" is new.
local function fill_administrators(home, caller, is_new)
  local team = list.find(home.teams, "name", "Administrators")
  if is_new or not next(team.members) then
    team.members[caller.id] = { isTeamAdmin = true }
  end
end

--- Returns the scopes of a new organization for one with another id.
local function own_scopes(model, home)
  for _, scope in ipairs(model.scopes) do
    for _, resource in ipairs(scope.resources or {}) do
      if resource.id == model.id then resource.id = home.id end
    end
  end
  return model.scopes
end

--- Adds the predefined teams, with the scopes and roles that they have.
local function add_predefined(state, home, fresh)
  local model = fresh.organizations[1]
  for _, name in ipairs(PREDEFINED) do
    local team = list.find(model.teams, "name", name)
    team.members = {}
    add_missing(home.teams, { team })
    for scope, grant in pairs(list.find(home.teams, "name", name).scopes) do
      add_missing(home.scopes, { (list.find(model.scopes, "name", scope)) })
      for _, role in ipairs(grant.roles) do
        add_missing(state.roles, { (list.find(fresh.roles, "name", role)) })
      end
    end
  end
end

--- Returns a member of the team "Administrators": `caller` if possible.
local function administrator(state, home, caller)
  local members = list.find(home.teams, "name", "Administrators").members
  if members[caller.id] then return caller end
  local ids = {}
  for id in pairs(members) do ids[#ids + 1] = id end
  table.sort(ids)
  return list.find(state.users, "id", ids[1])
end

--- Completes a state.
---@param state table
---@param caller table   the user for whom the state is made, in the state
---@param known table<string, true>   "roles", "scopes" or "locations": the
---  state has all of them
---@return table state
function M.state(state, caller, known)
  local world, home = worlds.new {}, state.organizations[1]
  local fresh = world.state
  local model = fresh.organizations[1]
  model.scopes = own_scopes(model, home)
  fill_roles(state.roles, fresh.roles)
  fill_locations(state.locations)
  fill_methods(state, home)
  if not known.roles then add_missing(state.roles, fresh.roles) end
  if not known.locations then
    add_missing(state.locations, fresh.locations)
  end
  if not known.scopes then add_missing(home.scopes, model.scopes) end
  fill_scopes(world, home, model.scopes)
  local is_new = not list.find(home.teams, "name", "Administrators")
  add_predefined(state, home, fresh)
  fill_everyone(home)
  fill_administrators(home, caller, is_new)
  state.caller = administrator(state, home, caller).email
  return state
end

return M
