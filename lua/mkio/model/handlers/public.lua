--- Handlers of the requests that need no token: the service's public keys, the
--- revoked tokens, and the check that the service is ready.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local jwt = require "mkio.model.jwt"

local M = {}

--- Answers with the name of a key but without key material, because a sandbox
--- token has no signature to verify.
M["well_known.jwks"] = function()
  return 200, {
    keys = json.array {
      { kid = jwt.key_id, kty = "oct", alg = "HS256", use = "sig" },
    },
  }
end

M["well_known.revoked"] = function(context)
  local ids = json.array {}
  for _, token in ipairs(context.world.state.tokens) do
    if token.revoked ~= json.null then ids[#ids + 1] = token.id end
  end
  return 200, { revokedTokens = ids }
end

M["service.ready"] = function() return 200 end

return M
