--- Makes the hint for status 401: the fault of the token.  `mkio.hint` calls
--- this module.
-- SPDX-License-Identifier: MIT

local token_facts = require "mkio.token_facts"

--- Returns the hint for status 401.
---@param _ mkio.Glance
---@param _ mkrun.rest.SentCall
---@param _ mkrun.rest.Error
---@param session mkrun.rest.Session
---@return string hint
return function(_, _, _, session)
  local expired = token_facts.expired(session.token)
  if expired then
    return expired .. ": make a new one, and set MKIO_TOKEN or use --token-file"
  end
  return session.token and "the token is revoked or not of this server"
    or "set MKIO_TOKEN or use --token-file"
end
