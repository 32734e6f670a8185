--- Compares what a write set with what an API shows later.  `undo` and
--- `mkrun.journal.lookup` call this module.
---
--- An API may show a value in another form than it takes: "a,b" as a list, or
--- 5 as "5".  A value that the journal hides as a secret is never compared.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local patch = require "mkrun.patch"
local scrub = require "mkrun.journal.scrub"

local M = {}

local function is_object(value)
  return type(value) == "table" and not json.is_array(value)
end

local function is_absent(value) return value == nil or value == json.null end

--- Returns a list of plain values as one text, in any order of the list.
local function text_of(value)
  if type(value) == "string" then
    local words = {}
    for word in value:gmatch "[^,]+" do
      words[#words + 1] = word:match "^%s*(.-)%s*$"
    end
    value = words
  end
  local words = {}
  for i, item in ipairs(value) do
    if type(item) == "table" then return nil end
    words[i] = tostring(item)
  end
  table.sort(words)
  return table.concat(words, ",")
end

--- Returns true if two values are equal, whatever their form.
local function is_same(now, wanted)
  if is_absent(now) or is_absent(wanted) then
    return is_absent(now) == is_absent(wanted)
  elseif type(now) == "table" or type(wanted) == "table" then
    if is_object(now) or is_object(wanted) then return false end
    local text = text_of(now)
    return text ~= nil and text == text_of(wanted)
  end
  return now == wanted or tostring(now) == tostring(wanted)
end

local has

--- Returns true if each item of `wanted` has one of its own in `now`.  An API
--- may show a list in another order than it takes.
local function has_each(now, wanted)
  local left = table.move(now, 1, #now, 1, {})
  for _, item in ipairs(wanted) do
    local place
    for i, other in ipairs(left) do
      if not place and has(other, item) then place = i end
    end
    if not place then return false end
    table.remove(left, place)
  end
  return true
end

--- Returns true if `now` has all that `wanted` has.  Further members of objects
--- do not count, and neither do values that `wanted` hides.
---@param now any
---@param wanted any
---@return boolean
function has(now, wanted)
  if type(wanted) == "string" and scrub.hides(wanted) then return true end
  if is_object(wanted) then
    if not is_object(now) then return next(wanted) == nil end
    for name, member in pairs(wanted) do
      if not has(now[name], member) then return false end
    end
    return true
  elseif json.is_array(wanted) and json.is_array(now) and #now == #wanted then
    if has_each(now, wanted) then return true end
  end
  return patch.equal(now, wanted) or is_same(now, wanted)
end

M.has = has

--- Returns true if a value is what it was before a write, and nothing that the
--- write added is left of it.
---@param now any
---@param was any    what was there before the write
---@param made any   what the write made of it
---@return boolean
function M.is_back(now, was, made)
  if not has(now, was) then return false end
  if not (is_object(was) and is_object(made) and is_object(now)) then
    return has(was, made) or not has(now, made)
  end
  for name, item in pairs(made) do
    if not M.is_back(now[name], was[name], item) then return false end
  end
  return true
end

--- Returns true if somebody has given a value to a member that a write has
--- emptied.
---@param now any   the member
---@param was any   what was there before the write
---@return boolean
function M.is_filled(now, was)
  local is_empty = is_absent(now) or now == ""
    or type(now) == "table" and next(now) == nil
  return not is_empty and not has(now, was)
end

--- Returns the member of a value, or nil.
local function member(value, name)
  if is_object(value) then return value[name] end
end

--- Returns true if somebody else has changed a value: it has neither what the
--- write set nor what was there before.
---@param now any
---@param made any   what the write set
---@param was any    what was there before the write
---@return boolean
function M.is_taken(now, made, was)
  if is_object(made) and is_object(now) then
    for name, item in pairs(made) do
      if M.is_taken(now[name], item, member(was, name)) then return true end
    end
    return false
  end
  return not M.has(now, made) and not M.has(now, was)
end

--- Returns a text as a segment of a path.
---@param text any
---@return string
function M.escape(text)
  return (tostring(text):gsub("[^%w%-._~]", function(c)
    return ("%%%02X"):format(c:byte())
  end))
end

return M
