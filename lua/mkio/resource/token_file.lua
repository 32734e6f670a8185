--- A file that holds one token: reads it, checks whether it may be replaced,
--- and stores a new token.  The flows `token`, `rotate_tokens` and `onboard`
--- and `mkio.resource.my_tokens` use it.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local errors = require "mkrun.rest.error"
local jwt = require "mkio.model.jwt"
local token_facts = require "mkio.token_facts"
local token_left = require "mkio.resource.token_left"
local value = require "mkrun.value"

local M = {}

--- Reads the token in the file.  Returns nil if there is no file.  Raises if
--- the file cannot be read or holds anything else, which must not be
--- overwritten.
---@param path string
---@return userdata? token   a secret
---@return string? id        the token's id, which is its JWT's "jti"
function M.read(path)
  if sys.is_special(path) then -- reading a pipe would block
    errors.refuse("file", path .. ": not a regular file")
  end
  -- "-" would mean standard input, so a file of that name gets its folder.
  local token, message, code = secret.read(path == "-" and "./-" or path,
    "token in " .. path)
  if code == "missing" then return nil end
  if not token then errors.raise("file", message) end
  local claims = token:claims()
  if not claims or type(claims.jti) ~= "string" then
    errors.raise("file", path .. ": holds something that is no token",
      "move it away, it would be overwritten")
  end
  return token, claims.jti
end

local function refuse(path, what)
  errors.raise("file", ("%s: holds %s"):format(path, what),
    "name another file, it would be overwritten")
end

local function is_expired(token)
  local expires = tonumber(token:claims().exp)
  return expires ~= nil and expires <= clock.now()
end

--- Tells whether a sandbox in memory made the token.  Such a sandbox forgets
--- its tokens, and no service knows them.
local function is_pretend(token)
  return token:claims().iss == jwt.issuer
end

local function is_revoked(tokens, id)
  local answer = tokens:call "well_known.revoked"
  return value.set(value.dig(answer, "revokedTokens"))[id] == true
end

--- Raises unless the live token in the file is the one to replace.
local function check_live(path, live, description, organization_id)
  local name = value.dig(live, "spec", "description")
  local home = value.dig(live, "spec", "organizationId")
  if name ~= description then
    refuse(path, ("the live token '%s'"):format(name or live.metadata.id))
  end
  if organization_id and home ~= organization_id then
    refuse(path, ("the live token '%s' of another organization"):format(name))
  end
end

local function find(tokens, id)
  for listed in tokens:each { needs = "names" } do
    if listed.metadata.id == id then return listed end
  end
end

--- Raises if other users or runs may need the token in the file: a live token
--- with another description or organization, of another user, or of another
--- service.
---@param path string
---@param tokens mkio.MyTokens
---@param description string  of the token that will replace it
---@param organization_id? string  of the token that will replace it
---@param own? mkio.OwnTokens  if the caller has just listed them
function M.check_replaceable(path, tokens, description, organization_id, own)
  local token, id = M.read(path)
  if not token or is_expired(token) then return end
  local listed
  if own then listed = own:get(id) else listed = find(tokens, id) end
  if token_facts.is_revoked(listed) then return end
  if listed then
    return check_live(path, listed, description, organization_id)
  end
  if is_pretend(token) or is_revoked(tokens, id) then return end
  refuse(path, "a token of somebody else")
end

--- Seconds to wait for another run that replaces the token.
local PATIENCE <const> = 60

--- Keeps other runs from replacing the token in the file until the lock is
--- closed.  It locks the real path, so that two names of one file share a lock.
---@param path string
---@return mkrun.Lock
---@return boolean has_waited  another run had it
function M.lock(path)
  local name = (sys.real_path(path) or path) .. ".lock"
  local lock, message, code = sys.lock(name)
  local has_waited = code == "busy"
  if has_waited then lock, message = sys.lock(name, PATIENCE) end
  if not lock then
    errors.raise("file", ("%s: cannot be locked: %s"):format(path, message))
  end
  return lock, has_waited
end

--- Opens a place for a token at `path` before there is a token.  Raises "file"
--- if the folder or the file cannot be written.
---@param path string
---@return table slot   `slot:store(token)`, `slot:close()`
function M.reserve(path)
  local slot, message = sys.reserve(path, { overwrite = true })
  if not slot then errors.raise("file", message) end
  return slot
end

--- Stores a new token in the place; it is on disk when this returns.  A token
--- that cannot be stored is useless, so it is revoked and an error says so.
---@param slot mkrun.Slot
---@param tokens mkio.MyTokens
---@param token mkio.api.UserTokenSchema
function M.store(slot, tokens, token)
  local ok, message, _, kept = slot:store(token.metadata.JWT)
  if ok then return end
  local hint, is_gone = token_left.take_back(tokens, token.metadata.id)
  if is_gone and kept then
    os.remove(kept)
    message = message:sub(1, -#("; the bytes are in " .. kept) - 1)
  end
  errors.raise("file", message, hint)
end

return M
