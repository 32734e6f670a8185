--- Makes, finds and revokes the tokens of a state.  A token has a user, an
--- organization, an expiry time, and a digest that identifies the token.
--- `mkio.model.router`, `mkio.sandbox` and the handler `tokens` call this
--- module.
-- SPDX-License-Identifier: MIT

local errors = require "mkio.model.errors"
local json = require "mkrun.json"
local jwt = require "mkio.model.jwt"
local list = require "mkio.model.list"
local rbac = require "mkio.model.rbac"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local hour = 60 * 60
local day = 24 * hour

local M = {}

--- The lifetime in seconds of a new token, by type.  The API's documents give
--- no figures: they say that login and ephemeral tokens live a "short" time,
--- and that the other types have a limit.
M.lifetimes = {
  login = 12 * hour, ephemeral = hour,
  ["full-access"] = 90 * day, restricted = 90 * day,
}

--- The longest lifetime that `expireDate` may ask for, in seconds.
M.longest = 365 * day

--- Returns true if tokens of this type have a list of permissions of their own.
---@param token table
---@return boolean
function M.is_cut(token)
  return token.type == "restricted" or token.type == "ephemeral"
end

--- Returns true if a token has expired.
---@param world mkio.model.World
---@param token table
---@return boolean
function M.is_expired(world, token) return token.expires <= world:iso() end

--- Returns the token with this digest.  Refuses with status 401 if the token
--- does not exist, has expired, or is revoked.
---@param world mkio.model.World
---@param digest? string   SHA-256 in hexadecimal
---@return table token
function M.check(world, digest)
  local function refuse(code, detail) errors.refuse(401, code, detail) end
  if not digest then
    refuse("token_missing", "the request carries no bearer token")
  end
  local token = list.find(world.state.tokens, "digest", digest)
  if not token then
    refuse("token_unknown", "the token is not one of this service")
  elseif token.revoked ~= json.null then
    refuse("token_revoked", "the token was revoked at " .. token.revoked)
  elseif M.is_expired(world, token) then
    refuse("token_expired", "the token expired at " .. token.expires)
  end
  return token
end

--- Returns the rights that a token has now: the rights of its user, limited to
--- the permissions of the token.
---@param world mkio.model.World
---@param token table
---@return mkio.model.Rights
function M.rights(world, token)
  local organization = world:organization(token.organizationId)
  local member = organization
    and list.contains(organization.members, token.userId)
  if not member then return {} end
  local rights = rbac.of_user(world.state, organization, token.userId)
  return M.is_cut(token) and rbac.intersect(rights, token.permissions)
    or rights
end

--- Returns true if a token has `capability` on one resource now.
---@param world mkio.model.World
---@param token table
---@param resource_type string
---@param id string   the id of the resource
---@param capability string
---@return boolean
function M.has(world, token, resource_type, id, capability)
  local organization = world:organization(token.organizationId)
  return organization ~= nil
    and list.contains(organization.members, token.userId)
    and (not M.is_cut(token)
      or rbac.has(token.permissions, resource_type, id, capability))
    and rbac.user_has(world.state, organization, token.userId, resource_type,
      id, capability)
end

--- Makes the JWT of a new token.  The times in the JWT are in seconds since
--- 1970.
local function make(world, record)
  local function seconds(text) return math.floor(sys.parse_time(text)) end
  return jwt.make({
    jti = record.id, sub = record.userId, org = record.organizationId,
    typ = record.type, iss = jwt.issuer,
    iat = seconds(record.issued), exp = seconds(record.expires),
  }, world.random(32))
end

--- Adds a token to the state.
---@param world mkio.model.World
---@param token {userId: string, type: string, organizationId?: string,
---  expires?: string, description?: string, permissions?: table}
---@param digest? string  the digest of an existing token; nil makes a new token
---@return string? text   the new token, which is not stored; nil with `digest`
---@return table record   the token in the state
function M.add(world, token, digest)
  local now, text = world:now(), nil
  local lifetime = M.lifetimes[token.type] or M.lifetimes.restricted
  local record = {
    id = world:id(), issued = world:iso(), lastUsed = json.null,
    revoked = json.null, organizationId = json.null,
    expires = sys.iso8601(math.floor(now + lifetime)),
  }
  for name, value in pairs(token) do record[name] = value end
  if not digest then
    text = make(world, record)
    digest = world:draw(function()
      return secret.new(text, "sandbox token"):digest()
    end)
  end
  record.digest = digest
  table.insert(world.state.tokens, record)
  return text, record
end

--- Revokes a token.  Does nothing if the token is revoked already.
---@param world mkio.model.World
---@param token table
---@param by table   the user who revokes the token
function M.revoke(world, token, by)
  if token.revoked ~= json.null then return end
  token.revoked = world:iso()
  token.revokedBy = by.email
end

--- Returns the unexpired tokens for which `wanted(token)` is true, including
--- revoked tokens.
---@param world mkio.model.World
---@param wanted fun(token: table): boolean?
---@return table[]
function M.unexpired(world, wanted)
  return list.filter(world.state.tokens, function(token)
    return wanted(token) and not M.is_expired(world, token)
  end)
end

--- Makes the API's description of a token.
---@param world mkio.model.World
---@param token table
---@param text? string   the JWT, only in the answer that creates the token
---@return table
function M.view(world, token, text)
  return {
    kind = "Token",
    metadata = { id = token.id, type = token.type, JWT = text },
    spec = {
      user = world:user(token.userId).email,
      description = token.description, issued = token.issued,
      expires = token.expires, lastUsed = token.lastUsed,
      revoked = token.revoked, revokedBy = token.revokedBy,
      organizationId = token.organizationId,
      permissions = token.permissions,
    },
  }
end

return M
