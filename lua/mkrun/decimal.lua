--- Adds decimal numbers that are written as text, without rounding.  The flow
--- `usage` adds amounts of money with this module.
---
--- The API writes an amount as text, such as "0.1".  Floating point numbers
--- would be inexact: the sum of ten times 0.1 is not 1.  Numbers may have any
--- length.  A sum has as many digits after the decimal point as the term with
--- the most such digits.
-- SPDX-License-Identifier: MIT

local M = {}

--- A parsed number.  `digits` contains no decimal point.  The last `scale`
--- digits are the digits after the decimal point.
---@class mkrun.Decimal
---@field negative boolean
---@field digits string
---@field scale integer

--- The number of digits that are added at once.  The sum of two numbers with 15
--- digits fits into a Lua integer.
local WIDTH <const> = 15
local LIMIT <const> = 10 ^ WIDTH // 1 | 0

--- Numbers with a larger exponent than this, positive or negative, are refused,
--- because no amount of money needs such an exponent.
local MOST <const> = 400

local PATTERN <const> = "^%s*([+-]?)(%d*)%.?(%d*)([eE]?)([+-]?%d*)%s*$"

--- Parses a decimal number.  Returns nil if the text is not a decimal number.
---@return mkrun.Decimal?
local function parse(text)
  local sign, whole, fraction, mark, power = text:match(PATTERN)
  if not sign or whole .. fraction == "" then return nil end
  local exponent = mark == "" and power == "" and 0
    or mark ~= "" and math.tointeger(tonumber(power))
  if not exponent or math.abs(exponent) > MOST then return nil end
  local scale = #fraction - exponent
  return {
    negative = sign == "-", scale = math.max(scale, 0),
    digits = whole .. fraction .. ("0"):rep(-scale),
  }
end

--- Pads the digits of `a` and `b` with zeros to the same length and scale.
--- Returns the digits of `a`, the digits of `b`, and the scale.
local function align(a, b)
  local scale = math.max(a.scale, b.scale)
  local x = a.digits .. ("0"):rep(scale - a.scale)
  local y = b.digits .. ("0"):rep(scale - b.scale)
  local width = math.max(#x, #y)
  width = width + -width % WIDTH
  return ("0"):rep(width - #x) .. x, ("0"):rep(width - #y) .. y, scale
end

--- Returns the digits of x + y, or of x - y if `sign` is -1.  The result must
--- not be negative.
local function combine(x, y, sign)
  local carry, pieces = 0, {}
  for last = #x, 1, -WIDTH do
    local from = last - WIDTH + 1
    local sum = tonumber(x:sub(from, last))
      + sign * tonumber(y:sub(from, last)) + carry
    carry = sum // LIMIT
    table.insert(pieces, 1, ("%015d"):format(sum % LIMIT))
  end
  return ((carry .. table.concat(pieces)):gsub("^0+", ""))
end

---@param a mkrun.Decimal
---@param b mkrun.Decimal
---@return mkrun.Decimal
local function plus(a, b)
  local x, y, scale = align(a, b)
  if a.negative == b.negative then
    return { negative = a.negative, digits = combine(x, y, 1), scale = scale }
  elseif x >= y then
    return { negative = a.negative, digits = combine(x, y, -1), scale = scale }
  end
  return { negative = b.negative, digits = combine(y, x, -1), scale = scale }
end

---@param number mkrun.Decimal
local function show(number)
  local digits, scale = number.digits, number.scale
  digits = ("0"):rep(scale + 1 - #digits) .. digits
  local whole = digits:sub(1, #digits - scale):gsub("^0+(%d)", "%1")
  local text = whole
  if scale > 0 then text = whole .. "." .. digits:sub(-scale) end
  return number.negative and text:find "[1-9]" and "-" .. text or text
end

--- Returns the sum of decimal numbers.  The sum of an empty list is "0".
---@param terms string[]   numbers to add: "12.50", "-3", "1e-7"
---@return string? sum
---@return string? message  "'x' is not a decimal number"
---@return "decimal"? code
function M.sum(terms)
  local sum = { negative = false, digits = "0", scale = 0 }
  for i, term in ipairs(terms) do
    if type(term) ~= "string" then
      error(("bad argument #1 to 'sum' (element %d: string expected, got %s)")
        :format(i, type(term)), 2)
    end
    local number = parse(term)
    if not number then
      return nil, ("'%s' is not a decimal number"):format(term), "decimal"
    end
    sum = plus(sum, number)
  end
  return show(sum)
end

return M
