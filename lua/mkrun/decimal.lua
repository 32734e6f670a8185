--- Sums of decimal numbers that are written as text, exactly.
---
--- Money comes as "0.1": as floats, ten of those are not 1.  Numbers may be of
--- any length; a sum has as many digits after the point as the longest of its
--- terms.
-- SPDX-License-Identifier: MIT

local M = {}

--- A number: `digits` without the point, of which `scale` stand behind it.
---@class mkrun.Decimal
---@field negative boolean
---@field digits string
---@field scale integer

--- So many digits add up in one integer.
local WIDTH <const> = 15
local LIMIT <const> = 10 ^ WIDTH // 1 | 0

--- Exponents beyond this are no amounts.
local MOST <const> = 400

local PATTERN <const> = "^%s*([+-]?)(%d*)%.?(%d*)([eE]?)([+-]?%d*)%s*$"

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

--- Both with as many digits, before the point and behind it.
local function align(a, b)
  local scale = math.max(a.scale, b.scale)
  local x = a.digits .. ("0"):rep(scale - a.scale)
  local y = b.digits .. ("0"):rep(scale - b.scale)
  local width = math.max(#x, #y)
  width = width + -width % WIDTH
  return ("0"):rep(width - #x) .. x, ("0"):rep(width - #y) .. y, scale
end

--- x + y, or with `sign` -1 x - y where that is not negative.
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

--- The sum of decimal numbers; of none it is "0".
---@param terms string[]   "12.50", "-3", "1e-7"
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
