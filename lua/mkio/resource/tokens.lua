--- All users' tokens that reach this organization, as an administrator sees
--- them; one's own are `me.tokens`.
-- SPDX-License-Identifier: MIT

local class = require "mkio.resource.class"
local value = require "mkrun.value"

---@class mkio.Tokens: mkrun.rest.Resource
local Tokens = class { name = "Tokens", list = "tokens.list" }

--- The token with this id, or nil.
---@param id string
---@return mkio.api.UserTokenSchema? token
function Tokens:find(id)
  for token in self:each() do
    if value.dig(token, "metadata", "id") == id then return token end
  end
end

--- Revoke anybody's token.
---@param id string
function Tokens:revoke(id) self:call("tokens.revoke", { token_id = id }) end

return Tokens
