--- The service itself: what anybody may ask, without a token.
-- SPDX-License-Identifier: MIT

local class = require "mkio.resource.class"
local errors = require "mkrun.rest.error"
local value = require "mkrun.value"

---@class mkio.Service: mkrun.rest.Resource
local Service = class { name = "Service" }

local UNAVAILABLE <const> = 503

--- Is the service up?  Raises when there is no answer, or another one.
---@return boolean
function Service:ready()
  local ok, problem = pcall(self.call, self, "service.ready")
  if ok then return true end
  if errors.is(problem) and problem.status == UNAVAILABLE then return false end
  error(problem, 0)
end

--- The public keys that tokens are signed with, as JSON Web Keys.
---@return table[] keys
function Service:keys()
  return value.dig(self:call "well_known.jwks", "keys") or {}
end

--- The ids of revoked tokens.
---@return string[] ids
function Service:revoked_tokens()
  return value.dig(self:call "well_known.revoked", "revokedTokens") or {}
end

return Service
