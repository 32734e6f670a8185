--- Reads a file that contains one token, checks whether the token may be
--- replaced, and stores a new token.  The flows `token`, `rotate_tokens` and
--- `onboard` and `mkio.resource.my_tokens` call this module.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local long_wait = require "mkrun.host.long_wait"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"
local task = require "mkrun.task"

local errors = require "mkrun.rest.error"
local jwt = require "mkio.model.jwt"
local token_facts = require "mkio.token_facts"
local token_left = require "mkio.resource.token_left"
local value = require "mkrun.value"

local M = {}

--- Raises an error for a folder, a pipe or a device.
local function check_regular(path)
  if sys.is_special(path) then -- reading a pipe would block
    errors.refuse("file", path .. ": not a regular file")
  end
end

--- Reads the token in the file.  Returns nil if there is no file.  Raises an
--- error if the file cannot be read or contains no token, so that no other file
--- is overwritten.
---@param path string
---@return userdata? token   the token, as a secret
---@return string? id        the token's id, which is the claim `jti` of the JWT
function M.read(path)
  check_regular(path)
  -- `secret.read` would read standard input for "-", so a file "-" is "./-".
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

--- Returns true if a sandbox in memory made the token.  Such a sandbox forgets
--- its tokens, and no service knows them.
local function is_pretend(token)
  return token:claims().iss == jwt.issuer
end

local function is_revoked(tokens, id)
  local answer = tokens:call "well_known.revoked"
  return value.set(value.dig(answer, "revokedTokens"))[id] == true
end

--- Raises an error unless the live token in the file has the given description
--- and organization.
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

--- Raises an error if other users or runs may need the token in the file: a
--- live token with another description or organization, of another user, or of
--- another service.
---@param path string
---@param tokens mkio.MyTokens
---@param description string  the description of the new token
---@param organization_id? string  the organization of the new token
---@param own? mkio.OwnTokens  the user's tokens, if they were just listed
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

--- The number of seconds to wait for another run that is replacing the token,
--- and between two looks.
local PATIENCE <const>, PAUSE <const> = 60, 0.05

--- Locks the file `name`, and waits for another run that holds the lock.  Other
--- tasks run meanwhile.
local function lock_when_free(name, path)
  local lock, message, code = sys.lock(name)
  local has_waited = code == "busy"
  local waited = 0
  while code == "busy" and waited < PATIENCE do
    if waited >= long_wait.AFTER then
      long_wait.tell(("another run replaces the token in %s"):format(path),
        PATIENCE - waited, { is_most = true })
    end
    task.sleep(PAUSE)
    waited = waited + PAUSE
    lock, message, code = sys.lock(name)
  end
  return lock, message, has_waited
end

--- Locks the file: no other run can replace the token until the lock is closed.
--- The lock is on the real path, so that two names of one file share a lock.
---@param path string
---@return mkrun.Lock
---@return boolean has_waited  true if another run had the lock
function M.lock(path)
  check_regular(path)
  local name = (sys.real_path(path) or path) .. ".lock"
  local lock, message, has_waited = lock_when_free(name, path)
  if not lock then
    errors.raise("file", ("%s: cannot be locked: %s"):format(path, message))
  end
  return lock, has_waited
end

--- Reserves a place for a token at `path` before there is a token.  Raises an
--- error with the code "file" if the folder or the file cannot be written.
---@param path string
---@return table slot   has the methods `slot:store(token)` and `slot:close()`
function M.reserve(path)
  local slot, message = sys.reserve(path, { overwrite = true })
  if not slot then errors.raise("file", message) end
  return slot
end

--- Calls `slot:store` and returns its results.  A slot that cannot be used,
--- such as a closed one, raises; here that is a failure like others.
local function try_store(slot, text)
  local result = table.pack(pcall(function() return slot:store(text) end))
  if result[1] then return table.unpack(result, 2, result.n) end
  return nil, tostring(result[2])
end

--- Stores a new token in the reserved place.  The token is on disk when this
--- function returns.  If the token cannot be stored, revokes the token and
--- raises an error.
---@param slot mkrun.Slot
---@param tokens mkio.MyTokens
---@param token mkio.api.UserTokenSchema
function M.store(slot, tokens, token)
  local ok, message, _, kept = try_store(slot, token.metadata.JWT)
  if ok then return end
  local hint, is_gone = token_left.take_back(tokens, token.metadata.id)
  if is_gone and kept then
    os.remove(kept)
    message = message:sub(1, -#("; the bytes are in " .. kept) - 1)
  end
  errors.raise("file", message, hint)
end

return M
