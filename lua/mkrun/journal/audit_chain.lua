--- Checks the chain of hashes in an audit, and mends an audit after a crash.
--- `mkrun.journal.audit` calls this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local sys = require "mkrun.sys"

local M = {}

--- The value of the member `previous` in the first line of an audit.
local NOTHING <const> = ("0"):rep(64)

--- Returns the complete lines of a text, and the position of the last line
--- break.
local function lines_of(text)
  local lines, good = {}, 0
  for line, after in text:gmatch "([^\n]*)\n()" do
    lines[#lines + 1], good = line, after - 1
  end
  return lines, good
end

local function is_link(value)
  return type(value) == "table" and type(value.previous) == "string"
end

--- Returns an error message if line `i` does not continue the chain, or nil.
local function fault_at(i, value, previous)
  if not is_link(value) then
    return ("line %d was changed: it is no line of an audit"):format(i)
  elseif value.line ~= i then
    return math.type(value.line) == "integer" and value.line > i
      and ("line %d was removed"):format(i)
      or ("line %d was changed or put in"):format(i)
  elseif value.previous == previous then
    return nil
  elseif i == 1 then
    return "line 1 was changed: it does not begin an audit"
  end
  return ("line %d was changed: line %d has another hash of it")
    :format(i - 1, i)
end

--- Finds the first line that was changed or removed.  Lines removed at the end
--- are noticed only if the caller passes the hash of the last line.
---@param text string     the text of the file
---@param last? string    a hash that must be in the chain
---@return integer? count  number of lines; nil if the chain is broken
---@return string what     hash of the last line, or an error message
function M.verify(text, last)
  local lines, good = lines_of(text)
  local previous, found = NOTHING, last == nil
  for i, line in ipairs(lines) do
    local fault = fault_at(i, json.decode(line), previous)
    if fault then return nil, fault end
    previous = sys.sha256(line)
    found = found or previous == last
  end
  if good < #text then
    return nil, ("line %d is cut off"):format(#lines + 1)
  elseif not found then
    return nil, ("lines were removed after line %d, or the last one was "
      .. "changed: none has the hash %s"):format(#lines, last)
  end
  return #lines, previous
end

-- Mending an audit -----------------------------------------------------------

--- Finds two adjacent lines with the same number and the same `previous`, and
--- returns the position of the second line.  A run adds such a second line if
--- an interrupt came between the write of the first line and the update of the
--- hash.  Returns nil if no such line exists, or if the audit has any other
--- fault.
local function fork_of(lines)
  local previous, before, fork = NOTHING, nil, nil
  for i, line in ipairs(lines) do
    local value = json.decode(line)
    local is_fork = not fork and before and is_link(value)
      and value.line == before.line and value.previous == before.previous
    if is_fork then
      fork = i
    elseif fault_at(fork and i - 1 or i, value, previous) then
      return nil
    end
    previous, before = sys.sha256(line), value
  end
  return fork
end

local function encoded(value)
  return assert(json.encode(value, { sort = true }))
end

local function link(lines, value)
  value.line, value.previous = #lines + 1, lines[1]
    and sys.sha256(lines[#lines]) or NOTHING
  lines[#lines + 1] = encoded(value)
end

--- Corrects the numbers and hashes of all lines from the position `fork` on.
local function straighten(lines, fork)
  local straight = table.move(lines, 1, fork - 1, 1, {})
  for i = fork, #lines do link(straight, json.decode(lines[i])) end
  return straight
end

local function say_fork(straight, lines, fork, time)
  local what = ("lines %d and %d had one number: an interrupted run wrote "
    .. "them; numbered again from line %d on"):format(fork - 1, fork, fork)
  link(straight, { time = time, mended = what,
    last = sys.sha256(lines[#lines]) })
  return what
end

local function say_torn(lines, torn, time)
  local what = ("line %d was cut off by a crash: taken out"):format(#lines + 1)
  link(lines, { time = time, mended = what, torn = #torn })
  return what
end

--- Mends the damage of an interrupted run: an incomplete last line, or two
--- lines with the same number and `previous`.  Appends a line that describes
--- the change.
---@param text string
---@param time string  the time now, ISO 8601
---@return string? text  the mended text; nil if there is nothing to mend
---@return string? what  a description of the change, for people
function M.mend(text, time)
  local lines, good = lines_of(text)
  local fork, told = fork_of(lines), {}
  local whole = M.verify(text:sub(1, good)) ~= nil
  if not fork and not whole or whole and good == #text then return nil end
  if fork then
    local straight = straighten(lines, fork)
    told[1] = say_fork(straight, lines, fork, time)
    lines = straight
  end
  if good < #text then
    told[#told + 1] = say_torn(lines, text:sub(good + 1), time)
  end
  return table.concat(lines, "\n") .. "\n", table.concat(told, "; ")
end

return M
