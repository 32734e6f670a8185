--- Small questions about decoded JSON that every resource asks.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local M = {}

--- `value`, or nil when it is JSON's null.
function M.present(value)
  if value == json.null then return nil end
  return value
end

--- Follow member names from `value`; nil as soon as one is missing or null.
---@param value any
---@param ... string
function M.dig(value, ...)
  for i = 1, select("#", ...) do
    if type(value) ~= "table" then return nil end
    value = M.present(value[select(i, ...)])
  end
  return M.present(value)
end

--- The resource of a list that has this id, or nil.
---@param list table[]
---@param id? string
---@return table?
function M.by_id(list, id)
  for _, item in ipairs(list) do
    if id and M.dig(item, "metadata", "id") == id then return item end
  end
end

--- What the resources of a list are called; those without a name are left out.
---@param list? table[]
---@return string[]
function M.names_of(list)
  local names = {}
  for _, item in ipairs(list or {}) do
    names[#names + 1] = M.dig(item, "metadata", "name")
  end
  return names
end

--- The member names of an object, sorted.
---@param object? table
---@return string[]
function M.names(object)
  local names = {}
  for name in pairs(object or {}) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- A list of strings as a set.
---@param list? string[]
---@return table<string, true>
function M.set(list)
  local set = {}
  for _, item in ipairs(list or {}) do set[item] = true end
  return set
end

--- Do both lists hold the same strings, whatever the order?
function M.same_set(a, b)
  return table.concat(M.names(M.set(a)), "\0")
    == table.concat(M.names(M.set(b)), "\0")
end

--- Do both objects have the same members with the same strings?
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

--- What of `want` differs from `have`; null and nothing are the same.
---@param have? table
---@param want table
---@return table changes    the wanted values of what differs
---@return string[] names   of what differs, sorted
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

--- Are these the same e-mail address?  Case does not tell people apart.
function M.same_email(a, b)
  return type(a) == "string" and type(b) == "string"
    and a:lower() == b:lower()
end

--- "'a', 'b' and 'c'", or `none` for an empty list.
---@param list string[]
---@param none? string
---@param word? string  instead of "and"
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

--- The same, of no more than 20: "'a', 'b', ... and 280 more".
---@param list string[]
---@return string
function M.some_quoted(list)
  if #list <= MOST then return M.quoted(list) end
  local first = {}
  for i = 1, MOST do first[i] = "'" .. list[i] .. "'" end
  return ("%s and %d more"):format(table.concat(first, ", "), #list - MOST)
end

return M
