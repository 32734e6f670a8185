--- Parses numbers and durations on a command line.  A number has digits, and
--- may have a decimal point.  Forms that only Lua accepts, such as 0x1F, are
--- refused.  A duration is a whole number and a unit: "24h".  Flows call this
--- module.
-- SPDX-License-Identifier: MIT

local M = {}

local WHOLE <const> = { "^%d+$" }
local ANY <const> = { "^%d+%.?%d*$", "^%.%d+$" }

local function is_written(text, forms)
  for _, form in ipairs(forms) do
    if text:find(form) then return true end
  end
  return false
end

--- Returns a number as people write it: "1000000", not "1e+06".
local function shown(number)
  local whole = math.tointeger(number)
  return whole and tostring(whole) or ("%g"):format(number)
end

local function read(text, forms, min, max, what)
  local number = is_written(text, forms) and tonumber(text)
  if number and number >= min and number <= max then return number end
  return nil, ("%s of %s to %s expected, got '%s'"):format(what, shown(min),
    shown(max), text)
end

--- Parses a whole number.
---@param text string  the argument of the command line
---@param min integer  least number that is accepted
---@param max integer  greatest number that is accepted
---@return integer? number
---@return string? fault   "integer of 1 to 365 expected, got 'x'"
function M.integer(text, min, max)
  return read(text, WHOLE, min, max, "integer")
end

--- Parses a number that may have a fraction.
---@param text string  the argument of the command line
---@param min number   least number that is accepted
---@param max number   greatest number that is accepted
---@return number? number
---@return string? fault   "number of 0 to 60 expected, got 'x'"
function M.number(text, min, max)
  return read(text, ANY, min, max, "number")
end

local UNITS <const> = { { "d", 24 * 60 * 60 }, { "h", 60 * 60 }, { "m", 60 } }

--- Returns a duration as `M.duration` reads it: "7d", "90m".
local function spelled(seconds)
  for _, unit in ipairs(UNITS) do
    if seconds % unit[2] == 0 then
      return ("%d%s"):format(seconds // unit[2], unit[1])
    end
  end
end

local function seconds_of(text)
  local count, name = text:match "^(%d+)(%l)$"
  for _, unit in ipairs(UNITS) do
    if unit[1] == name then
      return tonumber(count) * (unit[2] + 0.0) -- an integer would overflow
    end
  end
end

--- Parses a duration: a whole number of minutes, hours or days.
---@param text string  the argument of the command line: "90m", "24h", "7d"
---@param min integer  shortest duration that is accepted, in seconds: whole
---  minutes
---@param max integer  longest duration that is accepted, in seconds
---@return integer? seconds
---@return string? fault   "duration of 1m to 364d expected, such as 24h, got
---  'x'"
function M.duration(text, min, max)
  local seconds = seconds_of(text)
  if seconds and seconds >= min and seconds <= max then
    return math.tointeger(seconds)
  end
  return nil, ("duration of %s to %s expected, such as 24h, got '%s'")
    :format(spelled(min), spelled(max), text)
end

return M
