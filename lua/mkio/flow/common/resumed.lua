--- What a journal knows about tokens, for a run that goes on after a crash:
--- which ones were to go, and which ones never came to where they belong.
---
--- Without `--journal` and `--resume` it keeps nothing and knows nothing.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local journal = require "mkrun.journal"
local journal_file = require "mkrun.journal.file"
local sys = require "mkrun.sys"

local operations = require "mkio.operations"
local value = require "mkrun.value"

local M = {}

--- Does this run go on with another one, which may have taken away already
--- what the command line names?
---@return boolean
function M.is_resumed() return config.resume ~= nil end

local REPLACED <const>, HANDED_OVER <const> = "replaced token", "token given"
local SUCCESSOR <const> = "token in the place of another"

--- Say, before the new one is stored, that a token is to be revoked then.
---@param id string
function M.will_replace(id) journal.note(REPLACED, id) end

--- Was it to be revoked by the run that was cut short?
---@param id string
---@return boolean
function M.was_to_go(id) return journal.notes(REPLACED)[id] == true end

--- Say, before it is stored, that a token takes the place of another one,
--- whose text nobody may have any more after that.
---@param id string
function M.succeed(id) journal.note(SUCCESSOR, id) end

--- The tokens of which a run said so.
---@param notes table<string, table<string, true>>  of its journal
---@return table<string, true>
function M.successors(notes) return notes[SUCCESSOR] or {} end

--- Say that a command has taken a token.
---@param id string
function M.hand_over(id) journal.note(HANDED_OVER, id) end

-- Seconds that the server's clock may be behind ours.
local SLACK <const> = 5

--- Did a create perhaps take effect, without a word of what it made?
local function is_doubtful(write)
  return journal_file.is_doubtful(write) or write.status ~= nil
    and write.status < 300 and not value.dig(write, "created", "id")
end

--- May a create without an answer have made this token?  It is named like that,
--- was never used, and is not older.
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

--- Did the run that was cut short make it, or perhaps make it, and not give
--- it to anybody?
---@param token mkio.api.UserTokenSchema
---@return boolean
function M.is_orphan(token)
  local create = operations.by_key["my_tokens.create"]
  local id = token.metadata.id
  if journal.notes(HANDED_OVER)[id] then return false end
  for _, write in ipairs(journal.earlier(create.method, create.path)) do
    if value.dig(write, "created", "id") == id
      or is_doubtful(write) and M.may_have_made(write, token) then
      return true
    end
  end
  return false
end

return M
