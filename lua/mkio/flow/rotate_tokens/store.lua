--- The places where a rotated token is stored: a file, or a command that puts
--- the token into a vault.  `mkio.flow.rotate_tokens` calls this module.
-- SPDX-License-Identifier: MIT

local commands = require "mkio.flow.common.command"
local errors = require "mkrun.rest.error"
local resumed = require "mkio.flow.common.resumed"
local token_file = require "mkio.resource.token_file"
local token_lease = require "mkio.flow.common.token_lease"

local M = {}

---@class mkio.TokenStore   the file or command that gets the new token
---@field name string      "file" or "command"
---@field done string      the word in the report for "the token is stored"
---@field path? string     the path of the file
---@field is_new? boolean  true: the file need not contain an old token
---@field lock? mkrun.Lock  held until this run ends: no other run can replace
---                        the token in the file, or change the lease
---@field held? userdata   the stored token, if the store can be read
---@field held_id? string  the id of the stored token
---@field lease? mkio.TokenLease  the replaced tokens that stay valid
---@field reserve fun(self)           prepares the store for a token
---@field put fun(self, tokens, token)  stores the token or raises an error;
---                        flows of earlier versions pass only the JWT
---@field back fun(self, id, token): userdata   returns the stored token; raises
---                        an error if its id is not `id`

--- The `mkio.TokenStore` that keeps the token in a file.
local File = {}
File.__index = File

function File:reserve() self.slot = token_file.reserve(self.path) end

local NOT_STORED <const> = "the old token still works; a run that succeeds "
  .. "also revokes the new one that was not stored"

function File:put(tokens, token)
  if token then
    token_file.store(self.slot, tokens, token)
  else
    local ok, message = self.slot:store(tokens)
    if not ok then errors.raise("file", message, NOT_STORED) end
  end
  self.slot:close()
end

function File:back(id)
  local token, held_id = token_file.read(self.path)
  if held_id ~= id then
    errors.raise("file", self.path .. ": holds another token than it should",
      "another program may write this file")
  end
  return token
end

--- Returns a store that keeps the token in a file.  The file is locked: no
--- other run can replace the token until this run ends.
---@param path string
---@param is_new? boolean  true: the file need not contain an old token
---@param lease? string    the path of the lease; flows of earlier versions know
---  no lease
---@return mkio.TokenStore
function M.file(path, is_new, lease)
  local lock = token_file.lock(path)
  local held, held_id = token_file.read(path)
  return setmetatable({ name = "file", done = "proven", path = path,
    is_new = is_new, lock = lock, held = held, held_id = held_id,
    lease = lease and token_lease.read(lease) }, File)
end

--- The `mkio.TokenStore` that passes the token to a command.
local Command = {}
Command.__index = Command

function Command.reserve() end -- `M.command` has already checked the command

function Command:put(tokens, token)
  local jwt = token and token.metadata.JWT or tokens
  if token then resumed.hand_over(token.metadata.id) end
  local ok, message = jwt:pipe(self.command)
  if not ok then errors.raise("exec", message, NOT_STORED) end
end

--- Returns the given token, because it is unknown what the command did with the
--- token.
function Command.back(_, _, token) return token end

--- Returns a store that passes the token to the standard input of a command.
--- Raises an error if the shell or the command is missing.  The lease is
--- locked: runs with the same lease follow one after the other.
---@param command string
---@param lease? string  the path of the lease
---@return mkio.TokenStore
function M.command(command, lease)
  commands.check(command)
  return setmetatable({ name = "command", done = "handed to the command",
    command = command, lock = lease and token_file.lock(lease),
    lease = lease and token_lease.read(lease) }, Command)
end

return M
