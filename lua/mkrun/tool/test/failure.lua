--- Calls the functions of a test file, and says where and how they failed.  A
--- failed assertion is a failure; any other error is an error.
-- SPDX-License-Identifier: MIT

local show = require "mkrun.tool.test.show"

local M = {}

local Failure = { __tostring = function(self) return self.message end,
  __name = "failure" }
local Pending = { __name = "pending" }

--- The modules of `mkrun test` have this in their paths.
local OWN <const> = "lua/mkrun/tool/test/"

--- Returns true if a function belongs to a file of the user.
local function is_users(info)
  return info.what ~= "C" and info.source:sub(1, 1) == "@"
    and not info.source:find(OWN, 1, true)
    and info.source ~= "@scripts/test.lua"
end

--- Returns the innermost line of a user's file on the stack.
---@param level integer   where to begin, 1 for the caller
---@return {file: string, line: integer}
function M.place(level)
  for i = level + 1, math.huge do
    local info = debug.getinfo(i, "Sl")
    if not info then return { file = "?", line = 0 } end
    if is_users(info) then
      return { file = info.source:sub(2), line = info.currentline }
    end
  end
end

--- Raises a failure of an assertion.
---@param message any
function M.fail(message)
  error(setmetatable({ message = message, place = M.place(2) }, Failure), 0)
end

--- Ends a test as pending.
---@param message any
function M.pending(message)
  error(setmetatable({ message = message and tostring(message) }, Pending), 0)
end

local function text_of(value)
  if value == nil then return "Nil error" end
  if type(value) ~= "table" then return tostring(value) end
  return show.value(value)
end

--- Returns the lines of a traceback that are of the user's files.
local function trace_of()
  local lines = {}
  for line in debug.traceback("", 3):gmatch "\n\t([^\n]*)" do
    if not line:find(OWN, 1, true) and not line:find "^%[C%]"
      and not line:find "^scripts/test.lua" then
      lines[#lines + 1] = line
    end
  end
  return table.concat(lines, "\n")
end

--- Puts the place before a text.  An error may have one already.
local function with_place(text, place, is_failure)
  local has_place = not is_failure and text:find "^[^\n]-:%d+: "
  if has_place or place.line == 0 then return text end
  return ("%s:%d: %s"):format(place.file, place.line, text)
end

--- A message handler for `xpcall`.
local function describe(value)
  local meta = getmetatable(value)
  if meta == Pending then
    return { status = "pending", message = value.message }
  end
  local is_failure = meta == Failure
  local place = is_failure and value.place or M.place(2)
  local message = text_of(is_failure and value.message or value)
  return { status = is_failure and "failure" or "error", trace = trace_of(),
    message = with_place(message, place, is_failure) }
end

--- Calls a function.
---@param f function
---@return boolean ok
---@return {status: string, message?: string, trace?: string}? problem
function M.call(f)
  local ok, problem = xpcall(f, describe)
  if ok then return true end
  if type(problem) ~= "table" then -- the stack was too deep for `describe`
    problem = { status = "error", message = tostring(problem) }
  end
  return false, problem
end

return M
