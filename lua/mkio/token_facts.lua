--- Reads facts about a token from the API's list of tokens.  The resources of
--- tokens and the flows that make or revoke tokens call this module.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local sys = require "mkrun.sys"

local value = require "mkrun.value"

local M = {}

--- Says when this run's token expired, by the server's clock, or before the
--- first answer by the machine's clock.  Reads the token's own claims and sends
--- no request.
---@param token? mkrun.Secret
---@return string? text  nil if it has not expired, or nobody can tell
function M.expired(token)
  local claims = token and token:claims()
  local expires = claims and tonumber(claims.exp)
  local is_over = expires and expires >= 0 and expires < clock.now()
  if not is_over then return nil end
  return "this run's token expired at " .. sys.iso8601(math.floor(expires))
end

--- Returns true if a token is revoked.
---@param token? table  an element of the API's list
---@return boolean
function M.is_revoked(token)
  return value.dig(token, "spec", "revoked") ~= nil
end

--- Returns the description of a token.
---@param token? table  an element of the API's list
---@return string?  nil if the description is missing or empty
function M.description(token)
  local text = value.dig(token, "spec", "description")
  return text ~= "" and text or nil
end

local function newer(a, b)
  return (value.dig(a, "spec", "issued") or "")
    > (value.dig(b, "spec", "issued") or "")
end

--- Returns the tokens with this description that are not revoked, the newest
--- first.
---@param tokens table[]  the API's list
---@param description string
---@param organization_id? string  if given, only tokens of this organization
---@return mkio.api.UserTokenSchema[]
function M.named(tokens, description, organization_id)
  local found = {}
  for _, token in ipairs(tokens) do
    local home = value.dig(token, "spec", "organizationId")
    if not M.is_revoked(token)
      and value.dig(token, "spec", "description") == description
      and (not organization_id or home == organization_id) then
      found[#found + 1] = token
    end
  end
  table.sort(found, newer)
  return found
end

return M
