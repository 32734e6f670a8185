--- Puts a list into another order, always the same one for a seed.
-- SPDX-License-Identifier: MIT

--- Returns a generator that does not disturb `math.random`, whose numbers a
--- test may have fixed.
local function generator(seed)
  local state = seed % 2147483646 + 1
  return function(n)
    state = state * 48271 % 2147483647
    return state % n + 1
  end
end

--- Returns the list itself without a seed, else a shuffled copy.
---@generic T
---@param list T[]
---@param seed? integer
---@return T[]
return function(list, seed)
  if not seed then return list end
  local copy, random = table.move(list, 1, #list, 1, {}), generator(seed)
  for _ = 1, 3 do random(1) end
  for i = #copy, 2, -1 do
    local other = random(i)
    copy[i], copy[other] = copy[other], copy[i]
  end
  return copy
end
