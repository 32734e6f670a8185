--- Tells names that are one letter apart, for typos that a check refuses: what
--- is only similar may be meant.
-- SPDX-License-Identifier: MIT

local M = {}

--- Returns true if a text is another one without one of its letters.
local function lacks_one(short, long)
  for i = 1, #long do
    if long:sub(1, i - 1) .. long:sub(i + 1) == short then return true end
  end
  return false
end

--- Returns true if two texts differ in one letter, or have two letters in
--- exchange.
local function differ_in_one(a, b)
  local apart = {}
  for i = 1, #a do
    if a:byte(i) ~= b:byte(i) then apart[#apart + 1] = i end
  end
  local i, j = apart[1], apart[2]
  return #apart == 1 or #apart == 2 and j == i + 1
    and a:byte(i) == b:byte(j) and a:byte(j) == b:byte(i)
end

--- Returns true if a letter more, less or another, or two in exchange, make one
--- text of the other.
---@param a string
---@param b string
---@return boolean
function M.apart(a, b)
  if #a == #b then return differ_in_one(a, b) end
  if #a > #b then a, b = b, a end
  return #a + 1 == #b and lacks_one(a, b)
end

return M
