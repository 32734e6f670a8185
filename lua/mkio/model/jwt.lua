--- Makes tokens that look like the service's: three base64url parts, with
--- `jti`, `sub`, `org` and `exp` in the middle one.  `mkio.model.tokens` calls
--- it.
---
--- The last part is random bytes, not a signature.  The sandbox knows its
--- tokens by their digest, so it verifies no signature, and nobody can guess a
--- token.
-- SPDX-License-Identifier: MIT

local base64 = require "mkrun.base64"
local json = require "mkrun.json"

local M = {}

--- The id of the only key that `/.well-known/jwks.json` lists.
M.key_id = "sandbox"

--- The claim `iss` of each token that is made here.  No service accepts such a
--- token.
M.issuer = "mkrun sandbox"

--- A token with these claims; `noise` makes it unguessable.
---@param claims table
---@param noise string  random bytes that make the token unguessable
---@return string
function M.make(claims, noise)
  local header = { alg = "HS256", kid = M.key_id, typ = "JWT" }
  local function part(value)
    return base64.encode_url(json.encode(value, { sort = true }))
  end
  return part(header) .. "." .. part(claims) .. "." .. base64.encode_url(noise)
end

return M
