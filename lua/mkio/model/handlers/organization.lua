--- Handlers of the token's organization and of new organizations.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local seed = require "mkio.model.seed"

local legal_fields = {
  "legalEntityAddress", "legalEntityContactEmail", "legalEntityName",
  "legalEntityOfficer",
}

local M = {}

local function view(world, organization)
  local creator = world:user(organization.createdById)
  local spec = { name = organization.spec.name }
  for _, name in ipairs(legal_fields) do
    spec[name] = organization.spec[name] or json.null
  end
  return {
    kind = "Organization",
    metadata = {
      id = organization.id, name = spec.name,
      isActive = organization.isActive,
      created = organization.created, updated = organization.updated,
      createdBy = creator.id, createdById = creator.id,
      createdByName = creator.name, createdByEmail = creator.email,
    },
    spec = spec,
  }
end

M["organization.get"] = function(context)
  return 200, view(context.world, context.organization)
end

--- Changes the fields that the request names.  Null clears a legal field.
M["organization.patch"] = function(context)
  local organization = context.organization
  for name, value in pairs(context.body.spec) do
    organization.spec[name] = value
  end
  organization.updated = context.world:iso()
  return 200, view(context.world, organization)
end

--- Creates an organization.  Names are not unique, so repeating the request
--- creates a second organization.  The token still belongs to its old
--- organization.
M["organization.create"] = function(context)
  local world = context.world
  local organization =
    seed.organization(world, context.user, context.body.spec)
  table.insert(world.state.organizations, organization)
  return 201, view(world, organization)
end

return M
