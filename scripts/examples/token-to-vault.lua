--- Keep a token for a project in a secret store.
--
-- The token may read PROJECT.  The store is Vault or OpenBao (KV version 2),
-- mounted at "secret".  A run makes sure that PATH there has a live token with
-- more than DAYS days left, and that no other token with DESCRIPTION is live.
--
-- MK.IO shows a token once, so the store is asked first whether it would take
-- one.  A token that was made and not stored, because the run was killed, is
-- revoked by the next run, or by --resume, and a new one is made.  `mkrun undo`
-- revokes the new token and deletes its version; what was revoked stays so.
--
-- @usage  mkrun token-to-vault.lua [--within DAYS] DESCRIPTION PROJECT PATH
-- @arg    DESCRIPTION    description of the token; this flow's alone
-- @arg    PROJECT        name of the project
-- @arg    PATH           path of the secret
-- @arg    --within DAYS  replace a token that expires so soon (default 14)
-- @env    MKRUN_TOKEN_VAULT     a token of the store
-- @env    MKRUN_BASE_URL_VAULT  URL of the store, https://vault.example/v1
-- @output
-- + token           nightly: 51aa22bb-33cc-44dd-88ee-55ff66aa77bb
-- + secret          mk/nightly
-- @provider vault.lua
-- @needs  api:read, api:my_tokens.create, api:my_tokens.revoke, token,
--         net:localhost:8200
-- @tags   write, idempotent
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local script = require "mkrun.script"
local sys = require "mkrun.sys"
local value = require "mkrun.value"

local options, description, project, path = script.arguments(...)
local org, vault = require "mkio".connect(), require "vault".connect()
local tokens, place = org.me.tokens, { mount = "secret", path = path }
local out <close> = require "mkrun.report".new "text"

--- Returns the id of the token in the store.
local function held_id()
  local found = value.dig(vault.secrets:find(place), "data") or {}
  return value.dig(found.data or found, "token_id") -- a sandbox has no envelope
end

--- Returns the version in the store, if we may write the next one.
local function writable_version()
  local ok, rights = pcall(vault.call, vault, "rights.ask",
    { body = { paths = { "secret/data/" .. path } } })
  -- A sandbox does not know what a policy allows.
  local may = value.set(ok and rights.capabilities or {})
  may.root = may.root or not ok and rights.status == 404
  local version = value.dig(vault.metadata:find(place), "data",
    "current_version") or 0
  local right = version == 0 and "create" or "update"
  if may[right] or may.root then return version end
  error(ok and ("vault: the token may not %s secret/data/%s"):format(right,
    path) or rights, 0)
end

--- Makes a token and stores it.  One that is not stored then is revoked.
local function replace(home, version)
  local id = org.projects:get(project).metadata.id
  local token = tokens:mint { type = "restricted", description = description,
    organizationId = home,
    expireDate = sys.iso8601((clock.now() + 90 * clock.DAY) // 1 | 0),
    permissions = { ["core.project"] = { [id] =
      { ["core.project"] = { "get" } } } } }
  id = token.metadata.id
  out:step("created", "token", description, { id })
  local ok, problem = pcall(vault.secrets.put, vault.secrets, place, {
    data = { token = token.metadata.JWT, token_id = id },
    options = { cas = version } })
  if not ok and held_id() ~= id then
    tokens:revoke(id)
    error(problem, 0)
  end
  out:step(version == 0 and "created" or "changed", "secret", path)
  return id
end

local home, held = org:get().metadata.id, held_id()
local live = tokens:find_all(description, home)
local kept = value.by_id(live, held)
local left = kept and sys.parse_time(kept.spec.expires) - clock.now() or 0
if left > tonumber(options.within or 14) * clock.DAY then
  out:step("unchanged", "secret", path, { held })
else
  held = replace(home, writable_version())
end
for _, token in ipairs(live) do
  if token.metadata.id ~= held then
    tokens:revoke(token.metadata.id)
    out:step("revoked", "token", description, { token.metadata.id })
  end
end
out:finish()
