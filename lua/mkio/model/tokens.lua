--- Tokens as the state keeps them: who, for which organization, until when,
--- and the digest by which one is known again.
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

--- Seconds that a token lives when nobody says how long.  The API gives no
--- figures; it says "short" of login and ephemeral ones, and caps the others.
M.lifetimes = {
  login = 12 * hour, ephemeral = hour,
  ["full-access"] = 90 * day, restricted = 90 * day,
}

--- The longest that `expireDate` may ask for.
M.longest = 365 * day

--- Does a token of this type carry permissions of its own?
function M.is_cut(token)
  return token.type == "restricted" or token.type == "ephemeral"
end

function M.is_expired(world, token) return token.expires <= world:iso() end

--- The token with this digest, if it is still good; else 401.
---@param world mkio.sandbox.World
---@param digest? string
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

--- What a token may do now: its user's rights, cut to its permissions.
---@return mkio.sandbox.Rights
function M.rights(world, token)
  local organization = world:organization(token.organizationId)
  local member = organization
    and list.contains(organization.members, token.userId)
  if not member then return {} end
  local rights = rbac.of_user(world.state, organization, token.userId)
  return M.is_cut(token) and rbac.intersect(rights, token.permissions)
    or rights
end

--- May a token do `capability` on this one resource now?
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

--- The JWT of a new token, with its times in seconds.
local function make(world, record)
  local function seconds(text) return math.floor(sys.parse_time(text)) end
  return jwt.make({
    jti = record.id, sub = record.userId, org = record.organizationId,
    typ = record.type, iss = jwt.issuer,
    iat = seconds(record.issued), exp = seconds(record.expires),
  }, world.random(32))
end

--- Put a token into the state.
---@param world mkio.sandbox.World
---@param token {userId: string, type: string, organizationId?: string,
---  expires?: string, description?: string, permissions?: table}
---@param digest? string  of the token, when it exists already
---@return string? text   the token that was made; it cannot be had again
---@return table record   what the state keeps
function M.add(world, token, digest)
  local now, text = world:now(), nil
  local record = {
    id = world:id(), issued = world:iso(), lastUsed = json.null,
    revoked = json.null, organizationId = json.null,
    expires = sys.iso8601(math.floor(now + M.lifetimes[token.type])),
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

--- Revoke a token; once revoked it stays so.
function M.revoke(world, token, by)
  if token.revoked ~= json.null then return end
  token.revoked = world:iso()
  token.revokedBy = by.email
end

--- Not yet expired ones that `wanted` says yes to; revoked ones included.
function M.unexpired(world, wanted)
  return list.filter(world.state.tokens, function(token)
    return wanted(token) and not M.is_expired(world, token)
  end)
end

--- A token as the API shows it; `text` only in the answer that creates it.
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
