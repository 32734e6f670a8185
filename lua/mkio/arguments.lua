--- Declares the shapes of the arguments of the resources' methods.
--- `mkrun.rest.signature` checks each call by these shapes.
-- SPDX-License-Identifier: MIT

local schema = require "mkio.schema"
local shape = require "mkrun.rest.shape"

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

local resend = optional(shape.object { rotate = flag })

--- Class -> method -> shapes of the arguments after `self`.  Arguments that are
--- not listed at the end are not checked.
return {
  Invites = { create = { text, invite }, ensure = { text, invite },
    cancel = { text } },
  Me = { ensure_profile = { profile } },
  MyOrganizations = { ensure = { organization }, accept = { text },
    leave = { text } },
  MyTokens = { ensure = { token }, revoke = { text } },
  Organization = { ensure = { organization } },
  PaymentMethods = { ensure_name = { text, text },
    ensure_terms = { text }, rename = { text, text } },
  Project = { assign_payment_method = { text },
    ensure_metrics = { flag }, ensure_payment_method = { text },
    set_metrics = { flag } },
  Projects = { create = { text, project },
    ensure = { text, project } },
  Teams = { ensure = { text, team }, delete = { text } },
  Tokens = { revoke = { text } },
  Users = { remove = { text } },
  Webhooks = { compare = { text, rule },
    ensure = { text, rule, resend }, delete = { text } },
}
