--- Collects facts from a whole journal that are needed to undo a single write.
--- `mkio.flow.undo` and `mkio.flow.undo.inverse` call this module.
-- SPDX-License-Identifier: MIT

local journal_file = require "mkrun.journal.file"
local sys = require "mkrun.sys"

local operations = require "mkio.operations"
local resumed = require "mkio.flow.common.resumed"
local value = require "mkrun.value"

---@class mkio.UndoStory
---@field gone table<string, true>  ids of users that were removed
---@field revoked {id: string, spec: table?}[]  tokens that were revoked, or may
---                                             have been revoked
---@field created mkrun.JournalWrite[]  writes that created tokens, or may have
---@field successors table<string, true>  ids of tokens that replaced a token
---@field names? table<string, true>  descriptions of revoked tokens that other
---                                   runs made

local M = {}

-- The number of seconds by which the server's clock may be behind ours.
local SLACK <const> = 5

M.is_done, M.is_doubtful = journal_file.is_done, journal_file.is_doubtful

--- Returns a time in seconds since 1970, or nil.
local function moment(text)
  return type(text) == "string" and sys.parse_time(text) or nil
end

--- Returns true if an object is not older than the write.
---@param write mkrun.JournalWrite
---@param made any   the time of the object's creation, from the API
---@return boolean
function M.is_since(write, made)
  local sent, at = moment(write.time), moment(value.present(made))
  return sent ~= nil and at ~= nil and at >= sent - SLACK
end

--- Maps each operation to a function that adds facts about a write to a story.
local learn = {
  ["users.remove"] = function(story, write, at)
    if M.is_done(write) then story.gone[at.user_id] = true end
  end,
  ["my_tokens.create"] = function(story, write)
    table.insert(story.created, write)
  end,
  ["my_tokens.revoke"] = function(story, write, at)
    -- A token without an answer to its revoke request counts as revoked,
    -- because then the new token may be the only one that works.
    if not M.is_done(write) and not M.is_doubtful(write) then return end
    table.insert(story.revoked,
      { id = at.token_id, spec = value.dig(write, "before", "spec") })
  end,
}
learn["tokens.revoke"] = learn["my_tokens.revoke"]

--- Collects the facts of a journal.
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

local function push(lists, key, i)
  if key == nil then return end
  lists[key] = lists[key] or {}
  table.insert(lists[key], i)
end

--- Returns the index of the list's latest write that is not in `gone`, or 0.
local function latest(list, writes, gone)
  while list and list[1] and gone[writes[list[#list]]] do
    table.remove(list)
  end
  return list and list[#list] or 0
end

--- Stores the index of a write under the write's path.  If the write created an
--- object, also stores the index under the path or id of the object.
local function note(seen, write, i)
  push(seen.paths, write.path, i)
  if write.status ~= 201 then return end
  if write.method == "PUT" then
    push(seen.put, write.path, i)
  else
    push(seen.posted, value.dig(write, "created", "id"), i)
  end
end

--- Adds to `gone` the write at index `first`, the write `deleted`, and the
--- writes to the same path between them.
local function forget(seen, writes, gone, first, deleted)
  gone[writes[first]], gone[deleted] = true, true
  local list = seen.paths[deleted.path]
  while list[1] and list[#list] >= first do
    gone[writes[table.remove(list)]] = true
  end
end

--- Returns the writes that left no trace: each write that created an object,
--- the write that later deleted the object, and the writes to the same path
--- between them.
---@param writes mkrun.JournalWrite[]
---@return table<mkrun.JournalWrite, true>
function M.without_trace(writes)
  local gone, seen = {}, { put = {}, posted = {}, paths = {} }
  for i, write in ipairs(writes) do
    note(seen, write, i)
    if write.method == "DELETE" and M.is_done(write) then
      local first = math.max(latest(seen.put[write.path], writes, gone),
        latest(seen.posted[last_segment(write.path) or ""], writes, gone))
      if first > 0 then forget(seen, writes, gone, first, write) end
    end
  end
  return gone
end

--- Returns true if the journal's run made this token, or may have made it.
local function is_own(made, doubtful, token)
  if made[token.id] then return true end
  for _, write in ipairs(doubtful) do
    if resumed.may_have_made(write, token) then return true end
  end
  return false
end

--- Returns the descriptions of revoked tokens that the journal's run did not
--- make.
local function revoked_names(story)
  local made, doubtful, names = {}, {}, {}
  for _, write in ipairs(story.created) do
    made[value.dig(write, "created", "id") or ""] = true
    if M.is_doubtful(write) then doubtful[#doubtful + 1] = write end
  end
  for _, token in ipairs(story.revoked) do
    if not is_own(made, doubtful, token) then
      names[value.dig(token, "spec", "description") or ""] = true
    end
  end
  return names
end

--- Returns true if a write made a token that replaced another token.  A journal
--- of an earlier version does not note replacements.  For such a journal,
--- returns true if a token with the same description was revoked.
---@param story mkio.UndoStory
---@param write mkrun.JournalWrite
---@return boolean
function M.is_successor(story, write)
  if story.successors[value.dig(write, "created", "id")] then return true end
  story.names = story.names or revoked_names(story)
  return story.names[value.dig(write, "body", "description") or ""] == true
end

return M
