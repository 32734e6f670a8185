--- Keep a token that may read a project in Vault or OpenBao (KV version 2).
--
-- After a run PATH, below "secret", has a live token with more than two weeks
-- left, and no other token with DESCRIPTION is live.  MK.IO shows a token once,
-- so the store is asked first whether it would take one.  If a run is killed
-- before the token is stored, the next one, or --resume, revokes it and makes a
-- new one.  `mkrun undo` takes back a first token; of others it says why not.
--
-- @usage  mkrun token-to-vault.lua DESCRIPTION PROJECT PATH
-- @arg    DESCRIPTION  of the token; no other program's tokens may have it
-- @arg    PROJECT      name of the project
-- @arg    PATH         path of the secret
-- @env    MKRUN_TOKEN_VAULT     a token of the store
-- @env    MKRUN_BASE_URL_VAULT  URL of the store, https://vault.example/v1
-- @output
-- + token           nightly: 51aa22bb-33cc-44dd-88ee-55ff66aa77bb
-- @provider vault.lua
-- @needs  api:read, api:my_tokens.create, api:my_tokens.revoke, token,
--         net:localhost:8200
-- @tags   write, idempotent
-- SPDX-License-Identifier: MIT

local clock, sys = require "mkrun.clock", require "mkrun.sys"
local script, value = require "mkrun.script", require "mkrun.value"

local _, description, project, path = script.arguments(...)
local org, vault = require "mkio".connect(), require "vault".connect()
local tokens, place = org.me.tokens, { mount = "secret", path = path }
local out <close> = require "mkrun.report".new "text"

--- Returns the id of the token in the store.
local function held_id()
  local found = value.dig(vault.secrets:find(place), "data") or {}
  return (found.data or found).id -- a sandbox has no envelope
end

--- Returns the version in the store, or raises if it would not take the next.
local function version()
  local ok, answer = pcall(vault.call, vault, "rights.ask",
    { body = { paths = { "secret/data/" .. path } } })
  local may = value.set(ok and answer.capabilities or {})
  local now = value.dig(vault.metadata:find(place), "data", "current_version")
  local is_unknown = not ok and answer.status == 404 -- a sandbox
  if is_unknown or may.root or may[now and "update" or "create"] then
    return now or 0
  end
  error(ok and "vault: the token may not write " .. path or answer, 0)
end

--- Makes a token and stores it.  One that is not in the store then is revoked.
local function replace(home, cas)
  local id = org.projects:get(project).metadata.id
  local token = tokens:mint { type = "restricted", description = description,
    organizationId = home, expireDate = sys.iso8601(
      math.floor(clock.now() + 90 * clock.DAY)), permissions = {
      ["core.project"] = { [id] = { ["core.project"] = { "get" } } } } }
  id = token.metadata.id
  local ok, problem = pcall(vault.secrets.put, vault.secrets, place, {
    data = { token = token.metadata.JWT, id = id }, options = { cas = cas } })
  if held_id() ~= id then
    tokens:revoke(id)
    error(ok and "vault: another run has stored a token" or problem, 0)
  end
  out:step("created", "token", description, { id })
  return id
end

local home, held = org:get().metadata.id, held_id()
local live = tokens:find_all(description, home)
local kept = value.by_id(live, held)
local expires = kept and sys.parse_time(kept.spec.expires) or 0
if expires - clock.now() > 14 * clock.DAY then
  out:step("unchanged", "token", description, { held })
else
  held = replace(home, version())
end
for _, token in ipairs(live) do
  if token.metadata.id ~= held then tokens:revoke(token.metadata.id) end
end
out:finish()
