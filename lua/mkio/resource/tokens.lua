--- An administrator's view of all tokens, of any user, that give access to this
--- organization.  `org.tokens` is the only instance of this class.  The user's
--- own tokens are `me.tokens`.
-- SPDX-License-Identifier: MIT

local class = require "mkio.resource.class"
local value = require "mkrun.value"

---@class mkio.Tokens: mkrun.rest.Resource
local Tokens = class { name = "Tokens", list = "tokens.list" }

--- Finds a token by its id.
---@param id string
---@return mkio.api.UserTokenSchema?  nil if there is no such token
function Tokens:find(id)
  for token in self:each() do
    if value.dig(token, "metadata", "id") == id then return token end
  end
end

--- Revokes a token of any user.
---@param id string
function Tokens:revoke(id) self:call("tokens.revoke", { token_id = id }) end

return Tokens
