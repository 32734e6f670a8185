--- Makes JSON of JSON with comments: // to the end of the line, /* to */, and
--- a comma after the last element.  `mkrun.host.document` calls this module.
---
--- Comments become blanks, so each place keeps its line and column.
-- SPDX-License-Identifier: MIT

local M = {}

--- Returns a text in which each character but a line break is a blank.
local function blank(text)
  return (text:gsub("[\x80-\xBF]", ""):gsub("[^\r\n]", " "))
end

--- Returns the place of the byte at `at`: "line 3 column 14".
local function place_of(text, at)
  local before = text:sub(1, at - 1)
  local _, breaks = before:gsub("\n", "")
  local line = before:match "[^\n]*$"
  return ("line %d column %d"):format(breaks + 1, (utf8.len(line) or #line) + 1)
end

--- Returns the position after a string.
local function after_string(text, at)
  at = at + 1
  while true do
    at = text:find('["\\]', at)
    if not at then return #text + 1 end
    if text:byte(at) == 34 then return at + 1 end
    at = at + 2
  end
end

--- Returns the position after a comment, or nil.  Returns nil and a message if
--- the comment does not end.
local function after_comment(text, at)
  local sign = text:sub(at, at + 1)
  if sign == "//" then return text:find("[\r\n]", at) or #text + 1 end
  if sign ~= "/*" then return nil end
  local _, last = text:find("*/", at + 2, true)
  if last then return last + 1 end
  return nil, "bad JSON: a comment without an end, at " .. place_of(text, at)
end

--- Replaces the comments by blanks.
local function without_comments(text)
  local parts, from, at = {}, 1, text:find '["/]'
  while at do
    local next_at, message
    if text:byte(at) == 34 then
      next_at = after_string(text, at)
    else
      next_at, message = after_comment(text, at)
      if message then return nil, message end
      if next_at then
        parts[#parts + 1] = text:sub(from, at - 1)
        parts[#parts + 1] = blank(text:sub(at, next_at - 1))
        from = next_at
      end
    end
    at = text:find('["/]', next_at or at + 1)
  end
  parts[#parts + 1] = text:sub(from)
  return table.concat(parts)
end

--- Returns true if the comma at `at` follows an element and is before the end
--- of a list or an object.
local function is_last(text, at, before)
  return text:find("^%s*[%]}]", at + 1) and not before:find "[%[{,:]"
end

--- Replaces commas after the last element by blanks.  Has a text without
--- comments.
local function without_last_commas(text)
  local parts, from, at, before = {}, 1, text:find '[^%s]', "["
  while at do
    local c, next_at = text:sub(at, at), at + 1
    if c == '"' then
      next_at = after_string(text, at)
    elseif c == "," and is_last(text, at, before) then
      parts[#parts + 1] = text:sub(from, at - 1)
      parts[#parts + 1] = " "
      from = next_at
    end
    before = c
    at = text:find('["%[%]{},:%w]', next_at)
  end
  parts[#parts + 1] = text:sub(from)
  return table.concat(parts)
end

--- Returns JSON for JSON with comments.
---@param text string
---@return string? json
---@return string? message  a comment does not end
function M.strip(text)
  local bare, message = without_comments(text)
  if not bare then return nil, message end
  return without_last_commas(bare)
end

return M
