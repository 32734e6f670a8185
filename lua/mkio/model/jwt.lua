--- Makes tokens that look like the service's: three base64url parts with
--- `jti`, `sub`, `org`, `exp` in the middle one.
---
--- The last part is random, not a signature: the sandbox knows its tokens by
--- their digest and verifies none, and nobody can guess one.
-- SPDX-License-Identifier: MIT

local base64 = require "mkrun.base64"
local json = require "mkrun.json"

local URL_LETTERS <const> = { ["+"] = "-", ["/"] = "_", ["="] = "" }

local M = {}

--- The id of the one key that `/.well-known/jwks.json` lists.
M.key_id = "sandbox"

--- The claim `iss` of every token made here: such a token opens nothing.
M.issuer = "mkrun sandbox"

--- Base64 for URLs (RFC 4648, section 5), without padding.
---@param bytes string
---@return string
function M.base64url(bytes)
  return (base64.encode(bytes):gsub("[+/=]", URL_LETTERS))
end

--- A token with these claims; `noise` makes it unguessable.
---@param claims table
---@param noise string  random bytes
---@return string
function M.make(claims, noise)
  local header = { alg = "HS256", kid = M.key_id, typ = "JWT" }
  local function part(value)
    return M.base64url(json.encode(value, { sort = true }))
  end
  return part(header) .. "." .. part(claims) .. "." .. M.base64url(noise)
end

return M
