--- Finds a member name that an object of a JSON text contains twice.  The
--- decoder would silently keep the last member.  `mkrun.script` calls this
--- module and refuses such a file.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local patch = require "mkrun.patch"

local M = {}

--- Returns the position of the closing quote of the string whose opening quote
--- is at `from`.
local function end_of_string(text, from)
  local at = text:find('["\\]', from + 1)
  while text:byte(at) ~= 34 do at = text:find('["\\]', at + 2) end
  return at
end

--- Returns the place of the byte at position `at`: "line 3 column 14".
local function place_of(text, at)
  local before = text:sub(1, at - 1)
  local _, ends = before:gsub("\n", "")
  local line = before:match "[^\n]*$"
  return ("line %d column %d"):format(ends + 1, (utf8.len(line) or #line) + 1)
end

local function pointer_of(frame)
  local segments = {}
  while frame do
    table.insert(segments, 1, frame.name)
    frame = frame.up
  end
  return patch.pointer(segments)
end

local step = {}

step["{"] = function(frame)
  return { up = frame, seen = {}, is_object = true, wants_name = true }
end

step["["] = function(frame) return { up = frame, name = 0 } end

step["}"] = function(frame) return frame.up end
step["]"] = step["}"]

step[","] = function(frame)
  if frame.is_object then
    frame.wants_name = true
  else
    frame.name = frame.name + 1
  end
  return frame
end

--- Finds the first member name that an object contains twice.
---@param text string  text of valid JSON
---@return string? pointer  JSON Pointer of the second member with this name;
---  nil if no object contains a name twice
---@return string? message  "the name is there twice: line 1 column 2, and ..."
function M.find(text)
  local at, frame = text:find '[%[%]{},"]', nil
  while at do
    local c, stop = text:sub(at, at), at
    if c ~= '"' then
      frame = step[c](frame)
    else
      stop = end_of_string(text, at)
      if frame and frame.wants_name then
        frame.name = json.decode(text:sub(at, stop))
        frame.wants_name = false
        local first = frame.seen[frame.name]
        if first then
          return pointer_of(frame), ("the name is there twice: %s, and %s")
            :format(place_of(text, first), place_of(text, at))
        end
        frame.seen[frame.name] = at
      end
    end
    at = text:find('[%[%]{},"]', stop + 1)
  end
end

return M
