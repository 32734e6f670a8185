--- Numbers as people write them on a command line: digits, and a point where
--- fractions make sense.  What Lua takes besides, such as 0x1F, is a slip.
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

--- A whole number.
---@param text string
---@param min integer
---@param max integer
---@return integer? number
---@return string? fault   "integer of 1 to 365 expected, got 'x'"
function M.integer(text, min, max)
  return read(text, WHOLE, min, max, "integer")
end

--- A number that may have a fraction.
---@param text string
---@param min number
---@param max number
---@return number? number
---@return string? fault
function M.number(text, min, max)
  return read(text, ANY, min, max, "number")
end

return M
