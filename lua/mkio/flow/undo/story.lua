--- What a journal tells beyond the write at hand.
-- SPDX-License-Identifier: MIT

local journal_file = require "mkrun.journal.file"
local sys = require "mkrun.sys"

local operations = require "mkio.operations"
local resumed = require "mkio.flow.common.resumed"
local value = require "mkrun.value"

---@class mkio.UndoStory
---@field gone table<string, true>  ids of users that were removed
---@field revoked {id: string, spec: table?}[]  tokens that are, or may be
---@field created mkrun.JournalWrite[]  those that made tokens, or may have
---@field successors table<string, true>  ids of tokens

local M = {}

-- Seconds that the server's clock may be behind ours.
local SLACK <const> = 5

M.is_done, M.is_doubtful = journal_file.is_done, journal_file.is_doubtful

--- Seconds since 1970, or nil.
local function moment(text)
  return type(text) == "string" and sys.parse_time(text) or nil
end

--- Is something at least as young as the write?
---@param write mkrun.JournalWrite
---@param made any   a time of the API
---@return boolean
function M.is_since(write, made)
  local sent, at = moment(write.time), moment(value.present(made))
  return sent ~= nil and at ~= nil and at >= sent - SLACK
end

local learn = {
  ["users.remove"] = function(story, write, at)
    if M.is_done(write) then story.gone[at.user_id] = true end
  end,
  ["my_tokens.create"] = function(story, write)
    table.insert(story.created, write)
  end,
  ["my_tokens.revoke"] = function(story, write, at)
    -- one without an answer is most likely gone, and its successor the only one
    if not M.is_done(write) and not M.is_doubtful(write) then return end
    table.insert(story.revoked,
      { id = at.token_id, spec = value.dig(write, "before", "spec") })
  end,
}
learn["tokens.revoke"] = learn["my_tokens.revoke"]

---@param writes mkrun.JournalWrite[]
---@param notes? table<string, table<string, true>>
---@return mkio.UndoStory
function M.of(writes, notes)
  local story = { gone = {}, revoked = {}, created = {},
    successors = resumed.successors(notes or {}) }
  for _, write in ipairs(writes) do
    local operation, at = operations.match(write.method, write.path)
    local act = operation and learn[operation.key]
    if act then act(story, write, at) end
  end
  return story
end

local function last_segment(path) return path:match "[^/]+$" end

--- Did `made` make what `deleted` deleted?
local function is_maker(made, deleted)
  if made.status ~= 201 then return false end
  if made.method == "PUT" then return made.path == deleted.path end
  local id = value.dig(made, "created", "id")
  return id ~= nil and id == last_segment(deleted.path)
end

--- Nothing is left of what was made and then deleted: those writes, and the
--- ones to the same thing in between.
---@param writes mkrun.JournalWrite[]
---@return table<mkrun.JournalWrite, true>
function M.without_trace(writes)
  local gone = {}
  for i, deleted in ipairs(writes) do
    local first = deleted.method == "DELETE" and M.is_done(deleted) and i or 0
    while first > 0 and (gone[writes[first]]
      or not is_maker(writes[first], deleted)) do
      first = first - 1
    end
    for j = first, first > 0 and i or -1 do
      local write = writes[j]
      if write == deleted or j == first or write.path == deleted.path then
        gone[write] = true
      end
    end
  end
  return gone
end

--- Did the run itself make this token, perhaps without learning of it?
local function is_own(story, token)
  for _, write in ipairs(story.created) do
    if value.dig(write, "created", "id") == token.id
      or M.is_doubtful(write) and resumed.may_have_made(write, token) then
      return true
    end
  end
  return false
end

--- Did the token that a write made take the place of another one?  A journal
--- that does not say so tells it by what was revoked.
---@param story mkio.UndoStory
---@param write mkrun.JournalWrite
---@return boolean
function M.is_successor(story, write)
  if story.successors[value.dig(write, "created", "id")] then return true end
  local name = value.dig(write, "body", "description")
  for _, token in ipairs(story.revoked) do
    if value.dig(token, "spec", "description") == name
      and not is_own(story, token) then
      return true
    end
  end
  return false
end

return M
