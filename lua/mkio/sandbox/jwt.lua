--- Makes tokens that look like the service's: three base64url parts with
--- `jti`, `sub`, `org`, `exp` in the middle one.
---
--- The last part is random, not a signature: the sandbox knows its tokens by
--- their digest and verifies none, and nobody can guess one.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local alphabet =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

local M = {}

--- The id of the one key that `/.well-known/jwks.json` lists.
M.key_id = "sandbox"

--- The claim `iss` of every token made here: such a token opens nothing.
M.issuer = "mkrun sandbox"

local function letters(bits, count)
  local out = {}
  for i = 1, count do
    local index = bits >> (24 - 6 * i) & 63
    out[i] = alphabet:sub(index + 1, index + 1)
  end
  return table.concat(out)
end

--- Base64 for URLs (RFC 4648, section 5), without padding.
---@param bytes string
---@return string
function M.base64url(bytes)
  return (bytes:gsub("..?.?", function(group)
    local a, b, c = group:byte(1, 3)
    return letters(a << 16 | (b or 0) << 8 | (c or 0), #group + 1)
  end))
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
