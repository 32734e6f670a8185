--- Shows values in the message of a failed assertion.
-- SPDX-License-Identifier: MIT

--- `deepest` is the depth to which a table is shown; -1: no limit.
local M = { deepest = 3 }

local LONGEST <const>, MOST <const> = 30, 20

local RANK <const> = { number = 1, boolean = 2, string = 3 }

local function before(a, b)
  local one, other = RANK[type(a)] or 4, RANK[type(b)] or 4
  if one ~= other then return one < other end
  if one == 2 or one == 4 then return tostring(a) < tostring(b) end
  return a < b
end

local function sorted_keys(t)
  local keys = {}
  for key in next, t do keys[#keys + 1] = key end
  table.sort(keys, before)
  return keys
end

local function plain(value)
  if type(value) == "string" then return "'" .. value .. "'" end
  if math.type(value) == "float" and value == value // 1 then
    return ("%.1f"):format(value)
  end
  return type(value) == "number" and ("%.17g"):format(value) or tostring(value)
end

--- Shows a table.  `crumbs` are the keys to the first difference, the last one
--- first; they get a star.
local function table_text(t, depth, crumbs, seen)
  if next(t) == nil then return "{ }" end
  if seen[t] then return "{ ... recursive }" end
  local is_deep = depth > M.deepest and M.deepest >= 0
  if is_deep and not crumbs then return "{ ... more }" end
  seen[t] = true
  local lines = { "{" }
  local marked = crumbs and crumbs[#crumbs - depth + 1]
  for _, key in ipairs(sorted_keys(t)) do
    local is_marked = crumbs ~= nil and key == marked
    local value = t[key]
    local text = type(value) == "table" and
      table_text(value, depth + 1, is_marked and crumbs or nil, seen)
      or plain(value)
    lines[#lines + 1] = ("%s%s[%s] = %s"):format(
      ("  "):rep(depth):sub(is_marked and 2 or 1), is_marked and "*" or "",
      tostring(key), text)
  end
  seen[t] = nil
  return table.concat(lines, "\n") .. " }"
end

--- Shows a value with its type, as luassert does.
---@param value any
---@param crumbs? any[]  the keys to what is to be marked
---@return string
function M.value(value, crumbs)
  local kind = type(value)
  if kind == "nil" then return "(nil)" end
  local meta = debug.getmetatable(value)
  if kind == "table" then
    if type(meta) == "table" and meta.__tostring then return tostring(value) end
    return "(table) " .. table_text(value, 1, crumbs, {})
  end
  if kind == "function" then
    local info = debug.getinfo(value, "S")
    return ("(function) %s:%d"):format(info.short_src, info.linedefined)
  end
  return ("(%s) %s"):format(kind, plain(value))
end

local function add_difference(list, path, passed, expected)
  list[#list + 1] = ("  %s: passed in %s, expected %s"):format(path,
    M.value(passed), M.value(expected))
end

local function compare(list, path, passed, expected, same)
  local keys = {}
  for key in next, passed do keys[key] = true end
  for key in next, expected do keys[key] = true end
  for _, key in ipairs(sorted_keys(keys)) do
    local one, other = rawget(passed, key), rawget(expected, key)
    local place = ("%s[%s]"):format(path, plain(key))
    if type(one) == "table" and type(other) == "table" then
      if not same(one, other) then compare(list, place, one, other, same) end
    elseif one ~= other then
      add_difference(list, place, one, other)
    end
  end
end

--- Shows two values that are not the same.  Of long tables it shows where they
--- differ.
---@param passed any
---@param expected any
---@param crumbs? any[]
---@param same fun(a: any, b: any): boolean
---@return string
function M.two(passed, expected, crumbs, same)
  local one, other = M.value(passed, crumbs), M.value(expected, crumbs)
  local _, lines = (one .. other):gsub("\n", "")
  if lines <= LONGEST or not crumbs then
    return ("Passed in:\n%s\nExpected:\n%s"):format(one, other)
  end
  local list = {}
  compare(list, "", passed, expected, same)
  local rest = #list - MOST
  list = table.move(list, 1, math.min(#list, MOST), 1, {})
  if rest > 0 then list[#list + 1] = ("  and %d more"):format(rest) end
  return "They differ at:\n" .. table.concat(list, "\n")
end

return M
