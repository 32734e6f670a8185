--- Compares values as luassert does: tables by their content.
-- SPDX-License-Identifier: MIT

--- Returns the equality that both metatables define, if there is one.
local function own_equality(a, b)
  local meta, other = debug.getmetatable(a), debug.getmetatable(b)
  return type(meta) == "table" and meta == other and meta.__eq
end

--- Compares two values.
---@param a any
---@param b any
---@param inside? boolean  true: `__eq` of both counts; it does not for the
---  outermost tables
---@param seen? table      what is being compared
---@return boolean is_same
---@return any[]? crumbs   the keys to the first difference, the last key first
local function same(a, b, inside, seen)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  if rawequal(a, b) then return true end
  if inside and own_equality(a, b) then return a == b end
  seen = seen or {}
  if seen[a] == b then return true end
  seen[a] = b
  for key, value in next, a do
    local other = b[key]
    if other == nil then return false, { key } end
    local is_same, crumbs = same(value, other, true, seen)
    if not is_same then
      crumbs = crumbs or {}
      crumbs[#crumbs + 1] = key
      return false, crumbs
    end
  end
  for key in next, b do
    if a[key] == nil then return false, { key } end
  end
  seen[a] = nil
  return true
end

return same
