--- Reads facts about a token from the API's list of tokens.  The resources of
--- tokens and the flows that make or revoke tokens call this module.
-- SPDX-License-Identifier: MIT

local value = require "mkrun.value"

local M = {}

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
