--- Handlers that list and show locations, roles and scopes.  The API has no
--- request that changes locations, roles or scopes.
-- SPDX-License-Identifier: MIT

local list = require "mkio.model.list"
local rbac = require "mkio.model.rbac"

local M = {}

local location_fields = {
  id = function(location) return location.id end,
  name = function(location) return location.name end,
  displayName = function(location) return location.displayName end,
  ["cloud/name"] = function(location) return location.cloud.name end,
  ["cloud/region/name"] = function(location)
    return location.cloud.region.name
  end,
}

local function location_view(location)
  local cloud = location.cloud
  return {
    metadata = {
      id = location.id, name = location.name,
      displayName = location.displayName,
    },
    spec = {
      type = "SaaS",
      cloud = {
        name = cloud.name, displayName = cloud.displayName,
        region = cloud.region,
      },
    },
  }
end

local function role_view(role)
  return {
    kind = "Role",
    metadata = {
      id = role.id, name = role.name, categories = role.categories,
    },
    spec = {
      description = role.description,
      capabilities = list.map(role.capabilities, function(capability)
        return { capability = capability }
      end),
    },
  }
end

local function scope_view(organization)
  return function(scope)
    return {
      kind = "Scope",
      metadata = { id = scope.id, name = scope.name },
      spec = {
        description = scope.description,
        resources = rbac.resources(organization, scope),
      },
    }
  end
end

M["locations.list"] = function(context)
  return 200, {
    kind = "LocationList",
    value = list.paged(context, context.world.state.locations,
      location_fields, location_view),
  }
end

M["locations.get"] = function(context)
  return 200, location_view(list.get(context.world.state.locations,
    "name", context.params.location_name, "location"))
end

M["roles.list"] = function(context)
  return 200, list.kind("RoleList", context.world.state.roles, role_view)
end

M["roles.get"] = function(context)
  return 200, role_view(list.get(context.world.state.roles,
    "name", context.params.role_name, "role"))
end

M["scopes.list"] = function(context)
  local organization = context.organization
  return 200, list.kind("ScopeList", organization.scopes,
    scope_view(organization))
end

M["scopes.get"] = function(context)
  local organization = context.organization
  return 200, scope_view(organization)(list.get(organization.scopes,
    "name", context.params.scope_name, "scope"))
end

return M
