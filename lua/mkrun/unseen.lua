--- Finds the characters of a text that nobody can see, or that change the
--- reading direction, and writes them as their numbers.  Two names that differ
--- only in such a character look the same.  Also makes UTF-8 of any bytes, for
--- JSON.  `mkrun.markdown`, `mkrun.page.html`, `mkrun.output` and
--- `mkrun.plan.show` call this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local M = {}

--- The first and last code points of the ranges that nobody can see: control
--- characters, the soft hyphen, marks of direction, zero-width characters,
--- fillers, separators of lines, and tags.  page/dom.js has the same ranges.
local UNSEEN <const> = { { 0x00, 0x08 }, { 0x0B, 0x1F }, { 0x7F, 0x9F },
  { 0xAD, 0xAD }, { 0x034F, 0x034F }, { 0x061C, 0x061C }, { 0x115F, 0x1160 },
  { 0x17B4, 0x17B5 }, { 0x180B, 0x180F }, { 0x200B, 0x200F },
  { 0x2028, 0x202E }, { 0x2060, 0x206F }, { 0x2800, 0x2800 },
  { 0x3164, 0x3164 }, { 0xFEFF, 0xFEFF }, { 0xFFA0, 0xFFA0 },
  { 0xFFF9, 0xFFFB }, { 0xE0000, 0xE0FFF } }

local function is_unseen(code)
  for _, range in ipairs(UNSEEN) do
    if code >= range[1] and code <= range[2] then return true end
  end
  return false
end

--- Replaces each byte that is not part of a UTF-8 character by U+FFFD.
---@param text string
---@return string
function M.valid(text)
  local parts, at = {}, 1
  while true do
    local whole, bad = utf8.len(text, at)
    if whole then return table.concat(parts) .. text:sub(at) end
    parts[#parts + 1] = text:sub(at, bad - 1) .. "\u{FFFD}"
    at = bad + 1
  end
end

--- Copies a value; its texts are UTF-8 in the copy.
local function valid_copy(value)
  if type(value) == "string" then return M.valid(value) end
  if type(value) ~= "table" then return value end
  local copy = json.is_array(value) and json.array() or json.object()
  for key, member in pairs(value) do
    copy[valid_copy(key)] = valid_copy(member)
  end
  return copy
end

--- Encodes a value as JSON, and its texts by `valid`: the name of a file may
--- have bytes that JSON cannot have.
---@param value any
---@param options? table   as for `json.encode`
---@return string
function M.json(value, options)
  return json.encode(value, options)
    or assert(json.encode(valid_copy(value), options))
end

--- Returns a text in which each character that nobody can see is written as
--- its number: "[U+202E]".  A tab and a line break stay.  Bytes that are no
--- UTF-8 become U+FFFD.
---@param text string
---@return string
function M.shown(text)
  if not text:find "[^\t\n -~]" then return text end
  return (M.valid(text):gsub("[%c\xC2\xCD\xD8\xE1-\xE3\xEF\xF3][\x80-\xBF]*",
    function(character)
      local code = utf8.codepoint(character)
      return is_unseen(code) and ("[U+%04X]"):format(code) or nil
    end))
end

return M
