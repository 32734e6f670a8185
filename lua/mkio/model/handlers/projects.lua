--- Handlers of projects.  Each project has a payment method and a scope.
---
--- The API's documents leave some cases open.  These handlers refuse a PUT of
--- an existing project with status 409, and an unknown location with 400.  They
--- also refuse with 400 a payment method that is unknown, inactive, not valid
--- today, or whose terms are not accepted.
-- SPDX-License-Identifier: MIT

local errors = require "mkio.model.errors"
local json = require "mkrun.json"
local list = require "mkio.model.list"
local payment_methods = require "mkio.model.handlers.payment_methods"

local M = {}

local function get(context)
  return list.get(context.organization.projects, "name",
    context.params.project_name, "project")
end

local function location_of(world, project)
  return list.find(world.state.locations, "id", project.locationId)
end

local function metadata(world, project)
  local creator = world:user(project.createdById)
  local cloud = location_of(world, project).cloud
  return {
    id = project.id, name = project.name, displayName = project.displayName,
    created = project.created, updated = project.updated,
    createdBy = creator.id, createdById = creator.id,
    createdByName = creator.name, createdByEmail = creator.email,
    cloud = {
      id = cloud.id, name = cloud.name, displayName = cloud.displayName,
    },
  }
end

--- Makes the answer that describes a project.  No answer of the API contains
--- the field `isHidden`.
local function view(world, project)
  local location = location_of(world, project)
  return {
    kind = "Project",
    metadata = metadata(world, project),
    spec = {
      name = project.name, displayName = project.displayName,
      isActive = project.isActive, locationId = location.id,
      locationName = location.name,
      locationDisplayName = location.displayName,
      assignedPaymentMethodId = project.paymentMethodId,
    },
  }
end

local function fields(world)
  local found = {
    assignedPaymentMethodId = function(p) return p.paymentMethodId end,
    createdBy = function(p) return p.createdById end,
    createdByName = function(p) return world:user(p.createdById).name end,
    createdByEmail = function(p) return world:user(p.createdById).email end,
    locationName = function(p) return location_of(world, p).name end,
  }
  for _, name in ipairs {
    "created", "displayName", "id", "isActive", "locationId", "name",
    "updated",
  } do
    found[name] = function(project) return project[name] end
  end
  return found
end

--- Returns the projects that the caller may see.  Hidden projects are included
--- only if the query asks for them with `show_hidden`.
local function visible(context)
  local organization = context.organization
  local shown = (context.query.show_hidden or ""):lower()
  local hidden_too = shown == "true" or shown == "1"
  local everywhere = context.world.lenient or context.has("core.customer",
    organization.id, "core.project.get")
  return list.filter(organization.projects, function(project)
    return (hidden_too or not project.isHidden) and (everywhere
      or context.has("core.project", project.id, "core.project.get"))
  end)
end

M["projects.list"] = function(context)
  local world = context.world
  return 200, list.pagination(context, "ProjectList", visible,
    fields(world), function(project) return view(world, project) end)
end

M["projects.get"] = function(context)
  return 200, view(context.world, get(context))
end

local function check_dates(context, method)
  local today = context.world:iso():sub(1, 10)
  local first, last = method.spec.startDate, method.spec.endDate
  local early = type(first) == "string" and today < first
  local late = type(last) == "string" and today >= last
  if early or late then
    errors.bad_request("payment_method_not_valid",
      "payment method '%s' is not valid on %s", method.id, today)
  end
end

--- Returns the payment method that the request body names.  Refuses with status
--- 400 if a project cannot use the payment method.
local function usable_method(context)
  local id = context.body.paymentMethodId
  local method = list.find(context.organization.paymentMethods, "id", id)
  if not method then
    errors.bad_request("unknown_payment_method",
      "/paymentMethodId: no payment method '%s'", id)
  elseif not method.termsAndConditionsAccepted then
    errors.bad_request("terms_not_accepted",
      "the terms of payment method '%s' are not accepted", id)
  elseif not method.isActive then
    errors.bad_request("payment_method_inactive",
      "payment method '%s' is not active", id)
  end
  check_dates(context, method)
  return method
end

local function wanted_location(context)
  local name = context.body.locationName
  return list.find(context.world.state.locations, "name", name)
    or errors.bad_request("unknown_location",
      "/locationName: no location '%s'", name)
end

local function add_scope(world, organization, project)
  table.insert(organization.scopes, {
    id = world:id(), name = project.name .. "Scope",
    description = ("the project %s"):format(project.name),
    resources = json.array { { type = "core.project", id = project.id } },
  })
end

M["projects.put"] = function(context)
  local world, organization = context.world, context.organization
  local name = context.params.project_name
  if list.find(organization.projects, "name", name) then
    errors.refuse(409, "project_exists",
      ("there is a project '%s' already"):format(name))
  end
  local method, location = usable_method(context), wanted_location(context)
  local project = {
    id = world:id(), name = name, displayName = context.body.displayName,
    created = world:iso(), updated = world:iso(),
    createdById = context.user.id, isActive = true, isHidden = false,
    locationId = location.id, paymentMethodId = method.id,
    webhooks = json.array {},
  }
  table.insert(organization.projects, project)
  add_scope(world, organization, project)
  return 201, view(world, project)
end

M["projects.patch"] = function(context)
  local project, body = get(context), context.body
  for _, part in ipairs { body.metadata or {}, body.spec or {} } do
    for name, value in pairs(part) do project[name] = value end
  end
  project.updated = context.world:iso()
  return 200, view(context.world, project)
end

M["project_payment_method.get"] = function(context)
  context.params = { paymentmethod_id = get(context).paymentMethodId }
  return payment_methods["payment_methods.get"](context)
end

--- Assigns a payment method, which also activates the project.
M["project_payment_method.assign"] = function(context)
  local project, method = get(context), usable_method(context)
  project.paymentMethodId = method.id
  project.isActive = true
  project.updated = context.world:iso()
  return 200
end

return M
