--- Declares the shapes of the arguments of the resources' methods.
--- `mkrun.rest.signature` checks each call by these shapes.
-- SPDX-License-Identifier: MIT

local address = require "mkrun.address"
local schema = require "mkio.schema"
local shape = require "mkrun.rest.shape"

--- An address, which an invite would be sent to.
local email = shape.text { check = address.fault }

local any, flag, text = shape.any(), shape.flag(), shape.text()

local function optional(inner)
  local copy = {}
  for key, member in pairs(inner) do copy[key] = member end
  copy.optional = true
  return copy
end

--- Returns the shape of the `spec` of a request body, with every member
--- optional and without read-only members.
local function partial(name)
  local fields = schema.schemas[name].fields.spec.fields
  local loose = {}
  for key, field in pairs(fields) do
    if not field.readonly then loose[key] = field end
  end
  return shape.object(loose)
end

local team = shape.object(schema.team(shape.map(shape.object {
  isTeamAdmin = flag, email = any, name = any,
})))
local project = shape.object {
  displayName = text, locationName = text, paymentMethodId = text,
  isActive = flag,
}
local invite = shape.object { comment = text, teams = shape.list(text) }
local rule = partial "WebhookRuleCreateOrUpdateSchema"
local organization = partial "OrganizationPatchSchema"

local profile = partial "ProfilePatchSchema_v1"
local token = schema.schemas.CreateTokenSchema

--- Returns the shape of a Lua value of a type.
local function typed(expected)
  return { kind = "any", check = function(given)
    if type(given) == expected then return nil end
    return ("%s expected, got %s"):format(expected, type(given))
  end }
end

local one = { have = typed "table", before = typed "function" }
local all = { have = typed "table", told = typed "function",
  limit = shape.integer { min = 1 } }

--- The last argument of `ensure` and `ensure_all`; see
--- `mkrun.rest.EnsureOptions` and `mkrun.rest.EnsureAllOptions`.
---@param ... table   shapes of options, by name
local function options(...)
  local fields = {}
  for _, more in ipairs { ... } do
    for name, field in pairs(more) do fields[name] = field end
  end
  return optional(shape.object(fields))
end

local of_rule = { rotate = flag, is_new = flag }
local of_project = { methods = typed "table" }

--- A list of wishes: `wish` with the field that names the thing, which is a
--- text or has the shape `named`.
local function many(wish, key, named)
  local fields = {}
  for name, field in pairs(wish.fields) do
    fields[wish.required[name] and name .. "!" or name] = field
  end
  fields[key .. "!"] = named or text
  return shape.list(shape.object(fields))
end

--- Class -> method -> shapes of the arguments after `self`.  Arguments that are
--- not listed at the end are not checked.
return {
  Invites = { create = { email, invite }, ensure = { email, invite },
    ensure_all = { many(invite, "email", email), options(all) },
    cancel = { text } },
  Me = { ensure_profile = { profile } },
  MyOrganizations = { ensure = { organization }, accept = { text },
    leave = { text } },
  MyTokens = { ensure = { token }, ensure_all = { shape.list(shape.object {
    ["request!"] = token, ["place!"] = any }), options(all) },
    revoke = { text } },
  Organization = { ensure = { organization } },
  PaymentMethods = { ensure_name = { text, text },
    ensure_terms = { text }, rename = { text, text } },
  Project = { assign_payment_method = { text },
    ensure_metrics = { flag }, ensure_payment_method = { text },
    set_metrics = { flag } },
  Projects = { create = { text, project },
    ensure = { text, project, options(one, of_project) },
    ensure_all = { many(project, "name"), options(one, all, of_project) } },
  Teams = { ensure = { text, team, options(one) },
    ensure_all = { many(team, "name"), options(one, all) }, delete = { text } },
  Tokens = { revoke = { text } },
  Users = { remove = { text } },
  Webhooks = { compare = { text, rule },
    ensure = { text, rule, options(one, of_rule) },
    ensure_all = { many(rule, "name"), options(one, all, of_rule) },
    delete = { text } },
}
