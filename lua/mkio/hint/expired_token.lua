--- Makes the hint for status 401: the fault of the token.  `mkio.hint` calls
--- this module.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local sys = require "mkrun.sys"

--- Returns the hint for status 401.
---@param _ mkio.Glance
---@param _ mkrun.rest.SentCall
---@param _ mkrun.rest.Error
---@param session mkrun.rest.Session
---@return string hint
return function(_, _, _, session)
  local claims = session.token and session.token:claims()
  local expires = claims and tonumber(claims.exp)
  if expires and expires < clock.now() then
    return ("this run's token expired at %s: make a new one, and set "
      .. "MKIO_TOKEN or use --token-file")
      :format(sys.iso8601(math.floor(expires)))
  end
  return session.token and "the token is revoked or not of this server"
    or "set MKIO_TOKEN or use --token-file"
end
