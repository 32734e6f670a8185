--- Writes facts about tokens into the journal as notes.  In a run with
--- `--resume`, reads the notes of the interrupted run: the tokens that the run
--- was about to revoke, and the tokens that the run gave to a command.  The
--- flows that write tokens or delete objects call this module.
---
--- Without `--journal` and `--resume` no note is written and no note is found.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local sys = require "mkrun.sys"

local operations = require "mkio.operations"
local value = require "mkrun.value"

local M = {}

--- Returns the module of the journal, or nil in a run without one, which then
--- need not load it.
local function journal()
  local has_journal = config.journal or config.resume
  return has_journal and require "mkrun.journal" or nil
end

local function note(kind, id)
  if journal() then journal().note(kind, id) end
end

local function noted(kind)
  return journal() and journal().notes(kind) or {}
end

--- Returns true if this run resumes an interrupted run.  The interrupted run
--- may already have removed the objects that the command line names.
---@return boolean
function M.is_resumed() return config.resume ~= nil end

local REPLACED <const>, HANDED_OVER <const> = "replaced token", "token given"
local SUCCESSOR <const> = "token in the place of another"

--- Notes that a token will be revoked.  Call this before the new token is
--- stored.
---@param id string  the id of the old token
function M.will_replace(id) note(REPLACED, id) end

--- Returns true if the interrupted run was about to revoke this token.
---@param id string
---@return boolean
function M.was_to_go(id) return noted(REPLACED)[id] == true end

--- Notes that a token replaces another token.  Call this before the new token
--- is stored, because storing may overwrite the only copy of the old token.
---@param id string  the id of the new token
function M.succeed(id) note(SUCCESSOR, id) end

--- Returns the ids of the tokens that replaced another token.
---@param notes table<string, table<string, true>>  the notes of a run's journal
---@return table<string, true>
function M.successors(notes) return notes[SUCCESSOR] or {} end

--- Notes that the command of `--exec` has received a token.
---@param id string
function M.hand_over(id) note(HANDED_OVER, id) end

-- The number of seconds by which the server's clock may be behind ours.
local SLACK <const> = 5

--- Returns true if a create request may have succeeded but the journal does not
--- contain the id of the new token.
local function is_doubtful(write)
  return require "mkrun.journal.file".is_doubtful(write)
    or write.status ~= nil
    and write.status < 300 and not value.dig(write, "created", "id")
end

--- Returns true if a create request without an answer may have made this token.
--- Such a token has the same description, was never used, and is not older than
--- the request.
---@param write mkrun.JournalWrite
---@param token {spec: table?}
---@return boolean
function M.may_have_made(write, token)
  local sent = sys.parse_time(write.time or "")
  local issued = value.dig(token, "spec", "issued")
  issued = type(issued) == "string" and sys.parse_time(issued) or nil
  return value.dig(write, "body", "description")
      == value.dig(token, "spec", "description")
    and value.dig(token, "spec", "lastUsed") == nil
    and sent ~= nil and issued ~= nil and issued >= sent - SLACK
end

local function earlier_creates()
  local create = operations.by_key["my_tokens.create"]
  return journal() and journal().earlier(create.method, create.path) or {}
end

--- Returns true if the interrupted run is known to have made this token.
---@param id string
---@return boolean
function M.has_made(id)
  for _, write in ipairs(earlier_creates()) do
    if value.dig(write, "created", "id") == id then return true end
  end
  return false
end

--- Returns true if the interrupted run made this token, or may have made it,
--- and did not give the token to a command.
---@param token mkio.api.UserTokenSchema
---@return boolean
function M.is_orphan(token)
  local id = token.metadata.id
  if noted(HANDED_OVER)[id] then return false end
  if M.has_made(id) then return true end
  for _, write in ipairs(earlier_creates()) do
    if is_doubtful(write) and M.may_have_made(write, token) then return true end
  end
  return false
end

return M
