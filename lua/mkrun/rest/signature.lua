--- How the methods of the resources are called: each call is checked before
--- the method runs, and a wrong one is blamed on the caller's line.
---
--- `ensure` compares what is declared, so a name that it does not know would
--- be declared in vain: unknown names are refused, at every depth.
-- SPDX-License-Identifier: MIT

local schema = require "mkio.schema"
local shape = require "mkrun.rest.shape"

local M = {}

local any, flag, text = shape.any(), shape.flag(), shape.text()

local function optional(inner)
  local copy = {}
  for key, member in pairs(inner) do copy[key] = member end
  copy.optional = true
  return copy
end

--- The `spec` of a request body, of which nothing must be said.
local function partial(name)
  local fields = schema.schemas[name].fields.spec.fields
  local loose = {}
  for key, field in pairs(fields) do
    if not field.readonly then loose[key] = field end
  end
  return shape.object(loose)
end

local team = shape.object {
  description = text,
  members = shape.map(shape.object {
    isTeamAdmin = flag, email = any, name = any,
  }),
  scopes = shape.map(shape.object { ["roles!"] = shape.list(text) }),
}
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

--- The arguments after `self`; those at the end that are not here are free.
local arguments = {
  ["mkio.Invites"] = { create = { text, invite }, ensure = { text, invite },
    cancel = { text } },
  ["mkio.Me"] = { ensure_profile = { profile } },
  ["mkio.MyOrganizations"] = { ensure = { organization }, accept = { text },
    leave = { text } },
  ["mkio.MyTokens"] = { ensure = { token }, revoke = { text } },
  ["mkio.Organization"] = { ensure = { organization } },
  ["mkio.PaymentMethods"] = { ensure_name = { text, text },
    ensure_terms = { text }, rename = { text, text } },
  ["mkio.Project"] = { assign_payment_method = { text },
    ensure_metrics = { flag }, ensure_payment_method = { text },
    set_metrics = { flag } },
  ["mkio.Projects"] = { create = { text, project },
    ensure = { text, project } },
  ["mkio.Teams"] = { ensure = { text, team }, delete = { text } },
  ["mkio.Tokens"] = { revoke = { text } },
  ["mkio.Users"] = { remove = { text } },
  ["mkio.Webhooks"] = { compare = { text, rule },
    ensure = { text, rule, resend }, delete = { text } },
}

local LUA_TYPES <const> = {
  string = "string", boolean = "boolean", integer = "number",
  object = "table", map = "table", array = "table",
}

--- What is wrong with one argument, or nil.
local function fault(wanted, argument, given)
  if argument == nil and wanted.optional then return nil end
  local expected = LUA_TYPES[wanted.kind]
  if expected and type(argument) ~= expected then
    return ("%s expected, got %s"):format(expected,
      given and type(argument) or "no value")
  end
  local ok, pointer, why = shape.check(wanted, shape.mark(wanted, argument))
  if ok then return nil end
  return pointer == "" and why or ("%s: %s"):format(shape.place(pointer), why)
end

local function check(method, shapes, ...)
  local count = select("#", ...)
  for i, wanted in ipairs(shapes) do
    local wrong = fault(wanted, (select(i, ...)), i <= count)
    if wrong then
      error(("bad argument #%d to '%s' (%s)"):format(i, method, wrong), 3)
    end
  end
end

--- "PaymentMethods" -> "payment_methods"
local function object_name(class)
  return class.__name:gsub("^mkio%.", ""):gsub("(%l)(%u)", "%1_%2"):lower()
end

--- Some functions of a class take what the API gave instead of an object.
local function check_self(class, method, self, strict)
  if strict and getmetatable(self) == class
    or not strict and type(self) == "table" then
    return
  end
  error(("bad call of '%s' (it needs a colon: %s:%s(...))")
    :format(method, object_name(class), method), 3)
end

--- `method` of `class`, with its calls checked.
---@param class table
---@param name string
---@param method function
---@return function
function M.guarded(class, name, method)
  local shapes = (arguments[class.__name] or {})[name]
    or (name == "find" or name == "get" and class.is_collection) and { text }
  return function(self, ...)
    check_self(class, name, self, shapes)
    if shapes then check(name, shapes, ...) end
    return method(self, ...)
  end
end

return M
