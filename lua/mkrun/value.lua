--- Reads and compares decoded JSON.  The flows and every resource call this
--- module.
-- SPDX-License-Identifier: MIT

local address = require "mkrun.address"
local json = require "mkrun.json"

local M = {}

--- Returns `value`, or nil if `value` is JSON's null.
---@param value any
---@return any
function M.present(value)
  if value == json.null then return nil end
  return value
end

--- Returns the member at a path of names, such as `dig(team, "spec", "name")`.
--- Returns nil if a member on the path is missing or null.
---@param value any
---@param ... string  member names
---@return any
function M.dig(value, ...)
  for i = 1, select("#", ...) do
    if type(value) ~= "table" then return nil end
    value = M.present(value[select(i, ...)])
  end
  return M.present(value)
end

--- Returns the resource whose id is `id`, or nil.
---@param list table[]
---@param id? string
---@return table?
function M.by_id(list, id)
  for _, item in ipairs(list) do
    if id and M.dig(item, "metadata", "id") == id then return item end
  end
end

--- Returns the names of resources.  Leaves out resources without a name.
---@param list? table[]
---@return string[]
function M.names_of(list)
  local names = {}
  for _, item in ipairs(list or {}) do
    names[#names + 1] = M.dig(item, "metadata", "name")
  end
  return names
end

--- Returns the member names of an object, sorted.
---@param object? table
---@return string[]
function M.names(object)
  local names = {}
  for name in pairs(object or {}) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- Returns a list of strings as a set.
---@param list? string[]
---@return table<string, true>
function M.set(list)
  local set = {}
  for _, item in ipairs(list or {}) do set[item] = true end
  return set
end

--- Returns true if the lists `a` and `b` contain the same strings, in any
--- order.
---@param a? string[]
---@param b? string[]
---@return boolean
function M.same_set(a, b)
  return table.concat(M.names(M.set(a)), "\0")
    == table.concat(M.names(M.set(b)), "\0")
end

--- Returns true if the objects `a` and `b` have the same members with the same
--- strings.
---@param a? table<string, string>
---@param b? table<string, string>
---@return boolean
function M.same_map(a, b)
  a, b = a or {}, b or {}
  for name, value in pairs(a) do
    if b[name] ~= value then return false end
  end
  for name in pairs(b) do
    if a[name] == nil then return false end
  end
  return true
end

--- Returns the items of a list, sorted by texts.  Items with equal texts keep
--- their order.
---@generic T
---@param list? T[]
---@param of? fun(item: T): string?   the text of an item (default: the item);
---  nil counts as ""
---@return T[]
function M.sorted(list, of)
  local copy, texts, place = {}, {}, {}
  for i, item in ipairs(list or {}) do
    local text = item
    if of then text = of(item) or "" end
    copy[i], texts[i], place[i] = item, text, i
  end
  table.sort(place, function(a, b)
    if texts[a] ~= texts[b] then return texts[a] < texts[b] end
    return a < b
  end)
  for i, at in ipairs(place) do place[i] = copy[at] end
  return place
end

--- Compares the members of `want` with the same members of `have`.  A missing
--- member equals null.
---@param have? table
---@param want table
---@return table changes    the members of `want` that differ
---@return string[] names   names of the members that differ, sorted
function M.difference(have, want)
  local changes, names = {}, {}
  for _, name in ipairs(M.names(want)) do
    local seen = M.present(have and have[name])
    if seen ~= M.present(want[name]) then
      changes[name], names[#names + 1] = want[name], name
    end
  end
  return changes, names
end

--- Returns true if two e-mail addresses are the same (see `mkrun.address`).
---@param a any
---@param b any
---@return boolean
function M.same_email(a, b)
  return type(a) == "string" and type(b) == "string"
    and address.key(a) == address.key(b)
end

--- Returns a list in words: "'a', 'b' and 'c'".
---@param list string[]
---@param none? string  returned for an empty list (default: "none")
---@param word? string  word before the last element (default: "and")
---@return string
function M.quoted(list, none, word)
  if #list == 0 then return none or "none" end
  local quoted = {}
  for i, item in ipairs(list) do quoted[i] = "'" .. item .. "'" end
  if #list == 1 then return quoted[1] end
  local last = table.remove(quoted)
  return ("%s %s %s"):format(table.concat(quoted, ", "), word or "and", last)
end

local MOST <const> = 20

--- Returns at most 20 elements of a list in words: "'a', 'b' and 280 more".
---@param list string[]
---@return string
function M.some_quoted(list)
  if #list <= MOST then return M.quoted(list) end
  local first = {}
  for i = 1, MOST do first[i] = "'" .. list[i] .. "'" end
  return ("%s and %d more"):format(table.concat(first, ", "), #list - MOST)
end

return M
