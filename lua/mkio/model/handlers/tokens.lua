--- Handlers of tokens: the user's own tokens, and an administrator's view of
--- all tokens of the organization.
---
--- The API's documents leave some cases open.  These handlers refuse a new
--- token with status 403 if its permissions go beyond the caller's rights, or
--- if a restricted token asks for full rights.  They refuse with 400 an expiry
--- date in the past or more than a year away.
-- SPDX-License-Identifier: MIT

local errors = require "mkio.model.errors"
local json = require "mkrun.json"
local list = require "mkio.model.list"
local patch = require "mkrun.patch"
local rbac = require "mkio.model.rbac"
local sys = require "mkrun.sys"
local tokens = require "mkio.model.tokens"

local M = {}

local function viewer(context)
  return function(token) return tokens.view(context.world, token) end
end

local function is_mine(context, token)
  return token.userId == context.user.id
end

local function is_here(context, token)
  return token.organizationId == context.organization.id
end

--- Returns the unexpired tokens for which `is_wanted(context, token)` is true.
local function all(context, is_wanted)
  return tokens.unexpired(context.world,
    function(token) return is_wanted(context, token) end)
end

--- Returns the token that the path names.  Refuses with status 404 unless the
--- token is unexpired and `is_wanted(context, token)` is true.
local function get(context, is_wanted)
  local world, id = context.world, context.params.token_id
  local token = list.find(world.state.tokens, "id", id)
  if token and is_wanted(context, token)
    and not tokens.is_expired(world, token) then
    return token
  end
  return errors.not_found("token", id)
end

local function is_object(value)
  return type(value) == "table" and not json.is_array(value)
end

--- Refuses with status 400 unless `value` is an array of strings inside `depth`
--- nested objects.
local function check_shape(value, pointer, depth)
  local fits = is_object(value)
  if depth == 0 then fits = type(value) == "table" and not is_object(value) end
  if not fits then
    errors.bad_request("bad_permissions", "%s: %s expected", pointer,
      depth == 0 and "array" or "object")
  end
  for key, inner in pairs(value) do
    local place = pointer .. patch.pointer { depth > 0 and key or key - 1 }
    if depth > 0 then
      check_shape(inner, place, depth - 1)
    elseif type(inner) ~= "string" then
      errors.bad_request("bad_permissions", "%s: string expected", place)
    end
  end
end

--- Returns the organization that the new token is for.  Refuses with status 403
--- if the user is not a member of the organization.
local function wanted_organization(context)
  local id = context.body.organizationId
  local organization = context.world:organization(id)
  if not organization
    or not list.contains(organization.members, context.user.id) then
    errors.refuse(403, "not_a_member",
      ("you are not a member of the organization '%s'"):format(id))
  end
  return organization
end

local function check_rights(context, organization, permissions)
  if context.world.lenient then return end
  local probe = { userId = context.user.id, organizationId = organization.id,
                  type = context.token.type,
                  permissions = context.token.permissions }
  local excess = rbac.excess(permissions, function(...)
    return tokens.has(context.world, probe, ...)
  end)
  if excess then
    errors.refuse(403, "permissions_exceed_yours",
      "the permissions go beyond your own: " .. excess,
      { permission = excess })
  end
end

local function permissions_for(context, organization)
  local body = context.body
  if not tokens.is_cut(body) then
    if tokens.is_cut(context.token) then
      errors.refuse(403, "permissions_exceed_yours",
        ("a %s token cannot make a %s one")
          :format(context.token.type, body.type))
    end
    return nil
  end
  local permissions = body.permissions or json.object {}
  check_shape(permissions, "/permissions", 3)
  check_rights(context, organization, permissions)
  return permissions
end

--- Returns the expiry time of a new token in the API's format, or nil if the
--- request names no expiry.  Refuses with status 400 if the time is in the past
--- or too far away.
local function expiry(context)
  local text = context.body.expireDate
  if not text then return nil end
  local seconds, now = sys.parse_time(text), context.world:now()
  if not seconds or seconds <= now then
    errors.bad_request("bad_expiry", "/expireDate: %s is not in the future",
      text)
  elseif seconds > now + tokens.longest then
    errors.bad_request("bad_expiry",
      "/expireDate: %s is more than a year away", text)
  end
  return sys.iso8601(math.floor(seconds))
end

M["my_tokens.list"] = function(context)
  return 200, list.kind("TokenList", all(context, is_mine),
    viewer(context))
end

M["my_tokens.get"] = function(context)
  return 200, viewer(context)(get(context, is_mine))
end

M["my_tokens.create"] = function(context)
  local organization = wanted_organization(context)
  local permissions = permissions_for(context, organization)
  local text, record = tokens.add(context.world, {
    userId = context.user.id, type = context.body.type,
    organizationId = organization.id, permissions = permissions,
    description = context.body.description, expires = expiry(context),
  })
  return 201, tokens.view(context.world, record, text)
end

M["my_tokens.revoke"] = function(context)
  tokens.revoke(context.world, get(context, is_mine), context.user)
  return 200
end

--- Revokes the user's tokens in every organization, including the token of this
--- request.
M["my_tokens.revoke_all"] = function(context)
  for _, token in ipairs(all(context, is_mine)) do
    tokens.revoke(context.world, token, context.user)
  end
  return 200
end

M["tokens.list"] = function(context)
  return 200, list.kind("TokenList", all(context, is_here),
    viewer(context))
end

M["tokens.revoke"] = function(context)
  local token = get(context, is_here)
  tokens.revoke(context.world, token, context.user)
  return 204
end

return M
