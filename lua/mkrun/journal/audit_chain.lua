--- The lines of an audit as a chain: what is wrong with it, and how what a
--- crash broke is mended.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local sys = require "mkrun.sys"

local M = {}

--- What the first line has for the hash of a line before it.
local NOTHING <const> = ("0"):rep(64)

--- The whole lines of a text, and where the last one ends.
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

--- What is wrong between line `i` and the one before it, or nil.
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

--- Look for the first line that was changed or removed.  What was cut off at
--- the end shows only in the hash of the last line, to who has kept it.
---@param text string     of the file
---@param last? string    the hash of a line that must be there
---@return integer? count of lines
---@return string what    the hash of the last one, or what is wrong
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

-- Mending --------------------------------------------------------------------

--- The line that has the number and the hash of the one before it, as a run
--- wrote that was interrupted between the two; nil without one, or when
--- anything else is wrong.
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

--- The lines from the fork on get the numbers and hashes that they should have
--- had.
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

--- Mend what a run that was cut short left: a last line that is cut off, or
--- two lines that follow the same one.  A line at the end tells of it.
---@param text string
---@param time string  now
---@return string? text  nil when there is nothing of that kind
---@return string? what  was mended
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
