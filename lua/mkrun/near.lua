--- Which of some names somebody may have meant.
-- SPDX-License-Identifier: MIT

local M = {}

--- How many characters must be changed, put in or left out.
local function distance(a, b)
  local row = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local diagonal = row[0]
    row[0] = i
    for j = 1, #b do
      local changed = diagonal + (a:byte(i) == b:byte(j) and 0 or 1)
      diagonal = row[j]
      row[j] = math.min(changed, row[j] + 1, row[j - 1] + 1)
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

--- Does one slip of a finger make the one of the other: a character wrong, too
--- many, missing, or two in the wrong order?
local function is_slip(a, b)
  if distance(a, b) <= 1 then return true end
  local i = 1
  while a:byte(i) == b:byte(i) do i = i + 1 end
  return #a == #b and a:sub(i, i + 1) == b:sub(i, i + 1):reverse()
    and a:sub(i + 2) == b:sub(i + 2)
end

--- The names that are just one slip away from `wanted`.
---@param wanted string
---@param names string[]
---@return string[]
function M.slips(wanted, names)
  local found = {}
  for _, name in ipairs(#wanted <= LONGEST and names or {}) do
    if #name <= LONGEST and is_slip(wanted:lower(), name:lower()) then
      found[#found + 1] = name
    end
  end
  return found
end

return M
