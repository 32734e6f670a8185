--- Names the owner of a token, for the audit and the journal.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"

local M = {}

--- Returns the user in a token's claims.  The provider says which members name
--- the user.
---@param token? mkrun.Secret
---@return string?  nil if the claims name no user
function M.subject(token)
  local claims = token and token:claims()
  for _, member in ipairs(claims and config.provider().claims.user or {}) do
    local user = claims[member]
    if user then return type(user) == "string" and user or nil end
  end
end

--- Returns a name for a token: the user in the token's claims, or else the
--- token's hash.
---@param token? mkrun.Secret
---@return string?  nil without a token
function M.name(token)
  if not token then return nil end
  return M.subject(token)
    or "token with SHA-256 " .. token:digest():sub(1, 16)
end

return M
