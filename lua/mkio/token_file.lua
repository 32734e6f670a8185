--- A file that holds one token: what is in it, and whether it may be replaced.
-- SPDX-License-Identifier: MIT

local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local errors = require "mkio.error"

local M = {}

local NO_SUCH_FILE <const> = 2

local function exists(path)
  local file, _, errno = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil or errno ~= NO_SUCH_FILE
end

--- The token in the file, or nil when there is no file.  Raises when the file
--- cannot be read, or holds something else, which must not be overwritten.
---@param path string
---@return userdata? token   a secret
---@return string? id        the token's id, which is its JWT's "jti"
function M.read(path)
  if not exists(path) then return nil end
  local token, message = secret.read(path, "token in " .. path)
  if not token then errors.raise("file", message) end
  local claims = token:claims()
  if not claims or type(claims.jti) ~= "string" then
    errors.raise("file", path .. ": holds something that is no token",
      "move it away, it would be overwritten")
  end
  return token, claims.jti
end

--- Raise when the file holds a live token of another description.
---@param path string
---@param id? string       what `read` found in it
---@param tokens table[]   the caller's tokens
---@param description string
function M.check_replaceable(path, id, tokens, description)
  for _, token in ipairs(tokens) do
    local name = token.spec.description
    if token.metadata.id == id and name ~= description then
      errors.raise("file", ("%s: holds the live token '%s'")
        :format(path, tostring(name)), "name another file")
    end
  end
end

--- Open a place for a token at `path` before there is a token.
---@param path string
---@return table slot   `slot:store(token)`, `slot:close()`
function M.reserve(path)
  local slot, message = sys.reserve(path, { overwrite = true })
  if not slot then errors.raise("file", message) end
  return slot
end

--- Put the token into the place; it is on disk when this returns.
function M.store(slot, token)
  local ok, message = slot:store(token)
  if not ok then errors.raise("file", message) end
end

return M
