--- What a token, as the API lists it, says of itself.
-- SPDX-License-Identifier: MIT

local value = require "mkrun.value"

local M = {}

---@param token? table
---@return boolean
function M.is_revoked(token)
  return value.dig(token, "spec", "revoked") ~= nil
end

--- Its description, or nil when it has none.
---@param token? table
---@return string?
function M.description(token)
  local text = value.dig(token, "spec", "description")
  return text ~= "" and text or nil
end

local function newer(a, b)
  return (value.dig(a, "spec", "issued") or "")
    > (value.dig(b, "spec", "issued") or "")
end

--- The live ones with this description, the newest first.
---@param tokens table[]
---@param description string
---@param organization_id? string  only those of this organization
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
