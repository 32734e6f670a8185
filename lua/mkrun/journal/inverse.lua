--- Adds to a provider's write in a journal what the write means, and the
--- request that undoes it.  So `undo` needs no file of the provider.  The layer
--- `journal` calls this module.
---
--- The request that undoes a write is written before the write is sent, unless
--- it needs the id that the server gives.  So a killed run can be undone.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local places = require "mkrun.journal.place"
local scrub = require "mkrun.journal.scrub"

local M = {}

local UNDECLARED <const> = "its provider does not declare what it does"
local UNKNOWN <const> = "what was there before is not known"
local HIDDEN <const> = "it had a secret, which no journal keeps"

--- Acts whose inverse needs the document before the write, or the knowledge
--- that there was none.
local NEEDS_BEFORE <const> = { replace = true, merge = true, remove = true,
  ["json-patch"] = true, ["item-put"] = true, ["item-remove"] = true }

--- Returns the inverse of a write, or the reason why there is none.
local function inverse_of(subject, write)
  local act = write.means.act
  if NEEDS_BEFORE[act] and not write.before and not write.absent then
    return { never = UNKNOWN }
  end
  local ok, inverse, reason = pcall(subject.inverse, write)
  if not ok or not inverse then
    return { never = ok and reason or UNKNOWN }
  elseif scrub.hides(inverse.body) then
    return { never = HIDDEN }
  end
  return inverse
end

--- Returns a text that is the same for items with the same keys.
local function key_of(item, keys)
  local words = {}
  for i, name in ipairs(keys) do
    words[i] = tostring(type(item) == "table" and item[name])
  end
  return table.concat(words, "\0")
end

--- Returns a document with only those items of its list that a write names.  A
--- journal with the whole list for each of its items would be too large.
---@param document? table
---@param facts table   `means.items` of the write
---@param body table    of the write
---@return table?
function M.only_named(document, facts, body)
  local list, named = document and document[facts.inside], {}
  if type(list) ~= "table" then return document end
  for _, item in ipairs(body[facts.inside]) do
    named[key_of(item, facts.keys)] = true
  end
  local kept = json.array {}
  for _, item in ipairs(list) do
    if named[key_of(item, facts.keys)] then kept[#kept + 1] = item end
  end
  return { [facts.inside] = kept }
end

--- Adds the meaning of a write, and its inverse if that is known already.
---@param place mkrun.Place
---@param request table
---@param write mkrun.JournalWrite   its `before` or `absent` is set
function M.prepare(place, request, write)
  local meaning = places.meaning(place, request)
  if not meaning then
    write.inverse = { never = UNDECLARED }
    return
  end
  write.means = place.subject.means(meaning)
  if write.means.act ~= "make" then
    write.inverse = inverse_of(place.subject, write)
  end
  local facts = write.means.items
  if facts then
    write.before = M.only_named(write.before, facts, write.body)
  end
end

local function joined(write, outcome)
  local all = {}
  for name, member in pairs(write) do all[name] = member end
  for name, member in pairs(outcome) do all[name] = member end
  return all
end

--- Returns the outcome of a provider's write for the journal: the status, the
--- id of what the write made, and how to undo that.  If the answer does not
--- tell the id, who needs it finds it in the list.
---@param subject? table
---@param write mkrun.JournalWrite
---@param response table
---@return table outcome
function M.outcome(subject, write, response)
  local outcome = { status = response.status }
  local is_done = response.status >= 200 and response.status < 300
  if not is_done or not write.means or write.means.act ~= "make" then
    return outcome
  end
  outcome.created = subject.created(write, json.decode(response.body or ""),
    response)
  local is_listed = write.means.collection and write.means.each
  if outcome.created or not is_listed then
    outcome.inverse = inverse_of(subject, joined(write, outcome))
  end
  return outcome
end

return M
