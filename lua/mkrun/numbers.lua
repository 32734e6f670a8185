--- Parses numbers on a command line.  A number has digits, and may have a
--- decimal point.  Forms that only Lua accepts, such as 0x1F, are refused.
--- Flows call this module.
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

local function read(text, forms, min, max, what)
  local number = is_written(text, forms) and tonumber(text)
  if number and number >= min and number <= max then return number end
  return nil, ("%s of %g to %g expected, got '%s'"):format(what, min, max, text)
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

return M
