--- Names the owner of a token, for the audit and the journal.
-- SPDX-License-Identifier: MIT

local M = {}

--- Returns the user in a token's claims.
---@param token? mkrun.Secret
---@return string?  nil if the claims name no user
function M.subject(token)
  local claims = token and token:claims()
  local subject = claims and (claims.sub or claims.email)
  return type(subject) == "string" and subject or nil
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
