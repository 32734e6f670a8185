--- The requests to the service that need no token.  `org.service` and the
--- object that `mkio.service` returns are instances of this class.
-- SPDX-License-Identifier: MIT

local class = require "mkio.resource.class"
local errors = require "mkrun.rest.error"
local value = require "mkrun.value"

---@class mkio.Service: mkrun.rest.Resource
local Service = class { name = "Service" }

local UNAVAILABLE <const> = 503

--- Returns true if the service is up, and false for status 503.  Raises an
--- error if no answer arrives or the answer has another status.
---@return boolean
function Service:ready()
  local ok, problem = pcall(self.call, self, "service.ready")
  if ok then return true end
  if errors.is(problem) and problem.status == UNAVAILABLE then return false end
  error(problem, 0)
end

--- Reads the public keys that verify tokens, as JSON Web Keys.
---@return table[] keys
function Service:keys()
  return value.dig(self:call "well_known.jwks", "keys") or {}
end

--- Reads the ids of revoked tokens.
---@return string[] ids
function Service:revoked_tokens()
  return value.dig(self:call "well_known.revoked", "revokedTokens") or {}
end

return Service
