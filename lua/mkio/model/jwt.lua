--- Makes sandbox tokens that look like the service's tokens: three base64url
--- parts, with `jti`, `sub`, `org` and `exp` in the middle part.
--- `mkio.model.tokens` calls this module.
---
--- The last part is random bytes, not a signature.  The sandbox recognizes its
--- tokens by their digest, so no signature is needed, and the random bytes keep
--- anybody from guessing a token.
-- SPDX-License-Identifier: MIT

local base64 = require "mkrun.base64"
local json = require "mkrun.json"

local M = {}

--- The id of the only key that `/.well-known/jwks.json` lists.
M.key_id = "sandbox"

--- The claim `iss` of each sandbox token.  The real service does not accept a
--- token of this issuer.
M.issuer = "mkrun sandbox"

--- Makes a token.
---@param claims table  the JSON object in the middle part
---@param noise string  random bytes that make the token unguessable
---@return string token
function M.make(claims, noise)
  local header = { alg = "HS256", kid = M.key_id, typ = "JWT" }
  local function part(value)
    return base64.encode_url(json.encode(value, { sort = true }))
  end
  return part(header) .. "." .. part(claims) .. "." .. base64.encode_url(noise)
end

return M
