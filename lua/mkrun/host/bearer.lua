--- Whose token it is.
-- SPDX-License-Identifier: MIT

local M = {}

--- The user, as far as the token tells.
---@param token? mkrun.Secret
---@return string?
function M.subject(token)
  local claims = token and token:claims()
  local subject = claims and (claims.sub or claims.email)
  return type(subject) == "string" and subject or nil
end

--- The user; one that the token does not tell is told by its hash.
---@param token? mkrun.Secret
---@return string?
function M.name(token)
  if not token then return nil end
  return M.subject(token)
    or "token with SHA-256 " .. token:digest():sub(1, 16)
end

return M
