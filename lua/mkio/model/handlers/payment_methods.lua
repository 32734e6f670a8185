--- Handlers of payment methods: read payment methods, accept their terms, and
--- change their display names.
-- SPDX-License-Identifier: MIT

local errors = require "mkio.model.errors"
local json = require "mkrun.json"
local list = require "mkio.model.list"

local M = {}

local function get(context)
  return list.get(context.organization.paymentMethods, "id",
    context.params.paymentmethod_id, "payment method")
end

local function projects_of(organization, method)
  local names = json.array {}
  for _, project in ipairs(organization.projects) do
    if project.paymentMethodId == method.id then
      names[#names + 1] = project.name
    end
  end
  return names
end

local function viewer(context)
  local world, organization = context.world, context.organization
  return function(method)
    local creator = world:user(method.createdById)
    return {
      metadata = {
        id = method.id, organizationId = organization.id,
        displayName = method.displayName, created = method.created,
        createdBy = creator.id, createdByEmail = creator.email,
      },
      spec = method.spec,
      status = {
        isActive = method.isActive,
        termsAndConditionsAccepted = method.termsAndConditionsAccepted,
      },
      related = { projects = projects_of(organization, method) },
    }
  end
end

local function in_spec(name)
  return function(method) return method.spec[name] end
end

local function fields(world)
  local function creator(name)
    return function(method) return world:user(method.createdById)[name] end
  end
  return {
    id = function(method) return method.id end,
    type = in_spec "type",
    displayName = function(method) return method.displayName end,
    created = function(method) return method.created end,
    createdBy = creator "id", createdByName = creator "name",
    createdByEmail = creator "email",
    ["aws/awsAccountId"] = in_spec "awsAccountId",
    ["azure/azureSaasSubscriptionId"] = in_spec "azureSaasSubscriptionId",
    ["azure/azureSaasSubscriptionName"] = in_spec "azureSaasSubscriptionName",
  }
end

M["payment_methods.list"] = function(context)
  return 200, list.pagination(context, "PaymentMethodList",
    context.organization.paymentMethods, fields(context.world),
    viewer(context))
end

M["payment_methods.get"] = function(context)
  return 200, viewer(context)(get(context))
end

--- Accepts the terms.  Accepting terms that are already accepted is not an
--- error.
M["payment_methods.accept_terms"] = function(context)
  get(context).termsAndConditionsAccepted = true
  return 200
end

local function check_entry(i, entry)
  local place = ("/%d: "):format(i - 1)
  if entry.op ~= "replace" or entry.path ~= "/metadata/displayName" then
    errors.bad_request("bad_patch",
      place .. "only 'replace' of /metadata/displayName is possible")
  elseif type(entry.value) ~= "string" then
    errors.bad_request("bad_patch", place .. "a string is expected")
  elseif (utf8.len(entry.value) or math.huge) > 256 then
    errors.bad_request("bad_patch", place .. "at most 256 characters")
  end
end

--- Changes the display name.  An empty string clears the name.
M["payment_methods.patch"] = function(context)
  local method = get(context)
  for i, entry in ipairs(context.body) do check_entry(i, entry) end
  for _, entry in ipairs(context.body) do
    method.displayName = entry.value ~= "" and entry.value or nil
  end
  return 200, viewer(context)(method)
end

M["payment_methods.rate_card"] = function(context)
  local method = get(context)
  local function price(name, unit, amount)
    return {
      name = name, displayName = name, unit = unit, price = amount,
      sku = json.null,
    }
  end
  return 200, {
    kind = "RateCard",
    metadata = {
      paymentMethodId = method.id, isPrivateOffer = false,
      productPublicationId = method.id,
      productPublicationName = method.spec.productPublicationName,
    },
    spec = {
      currency = "EUR",
      rateCard = json.array {
        { solution = "Encoding", family = "VOD", prices = json.array {
          price("Output minutes", "minute", 0.012),
        } },
        { solution = "Streaming", family = "Delivery", prices = json.array {
          price("Egress", "GB", 0.04),
        } },
      },
    },
  }
end

return M
