--- Which of some names somebody may have meant.
-- SPDX-License-Identifier: MIT

local M = {}

local function swapped(a, i, b, j)
  return i > 1 and j > 1 and a:byte(i) == b:byte(j - 1)
    and a:byte(i - 1) == b:byte(j)
end

--- How many characters must be changed, put in, left out, or swapped with the
--- next one.  src/base/closest_name.c has the same for the command line.
local function distance(a, b)
  local before, last, row = {}, {}, {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    before, last, row = last, row, before
    row[0] = i
    for j = 1, #b do
      local least = last[j - 1] + (a:byte(i) == b:byte(j) and 0 or 1)
      least = math.min(least, last[j] + 1, row[j - 1] + 1)
      row[j] = swapped(a, i, b, j) and math.min(least, before[j - 2] + 1)
        or least
    end
  end
  return row[#b]
end

local SHORTEST_PART <const> = 3

local function contains(a, b)
  return #b >= SHORTEST_PART and a:find(b, 1, true) ~= nil
end

--- How far apart two names are, or nil when they have nothing in common.
local function score(wanted, name)
  wanted, name = wanted:lower(), name:lower()
  local apart = distance(wanted, name)
  if apart <= math.max(1, #wanted // 3) then return apart end
  if contains(wanted, name) or contains(name, wanted) then
    return apart + #wanted
  end
end

local MOST <const> = 3
local LONGEST <const> = 256

--- The names that are like `wanted`, the likest first, three at most.
---@param wanted string
---@param names string[]
---@return string[]
function M.find(wanted, names)
  local found, scores = {}, {}
  for _, name in ipairs(#wanted <= LONGEST and names or {}) do
    local points = #name <= LONGEST and score(wanted, name)
    if points then
      found[#found + 1], scores[name] = name, points
    end
  end
  table.sort(found, function(a, b)
    if scores[a] ~= scores[b] then return scores[a] < scores[b] end
    return a < b
  end)
  return { table.unpack(found, 1, math.min(MOST, #found)) }
end

return M
