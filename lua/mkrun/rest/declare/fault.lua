--- Raises errors about the declaration of a provider.  Each message names the
--- provider and the row or the resource.
-- SPDX-License-Identifier: MIT

local near = require "mkrun.closest_name"
local value = require "mkrun.value"

local M = {}

--- Raises an error about a declaration.
---@param where string   "provider 'rabbitmq', row 'users.put'"
---@param text string    format of what is wrong
---@param ... any
function M.raise(where, text, ...)
  error(("%s: %s"):format(where, text:format(...)), 0)
end

--- Raises an error that suggests the nearest of the known names.
---@param where string
---@param what string    "field"
---@param name any
---@param known table<string, any>   names are its keys
function M.unknown(where, what, name, known)
  local names = {}
  for each in pairs(known) do
    if type(each) == "string" then names[#names + 1] = each end
  end
  table.sort(names)
  local meant = near.find(tostring(name), names)[1]
  M.raise(where, "unknown %s '%s'%s", what, tostring(name),
    meant and (", did you mean '%s'?"):format(meant)
      or ", known are " .. value.quoted(names))
end

local function is_of(kind, field)
  for word in kind:gmatch "%a+" do
    if type(field) == word or word == "integer"
      and math.type(field) == "integer" then
      return true
    end
  end
  return false
end

--- Raises if a table has a field that is unknown or of the wrong type.
---@param where string
---@param given table
---@param known table<string, string>   name of a field -> its types:
---  words of `type`, and "integer": "string table"
---@param what? string   word for a field
function M.fields(where, given, known, what)
  local names = {}
  for name in pairs(given) do names[#names + 1] = name end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  for _, name in ipairs(names) do -- the same fault has the same message
    local kind, field = known[name], given[name]
    if not kind then M.unknown(where, what or "field", name, known) end
    if not is_of(kind, field) then
      M.raise(where, "'%s': %s expected, got %s", name,
        (kind:gsub(" ", " or ")), type(field))
    end
  end
end

--- Raises if a table is no list.  What `ipairs` does not see would be ignored:
--- a secret in it would be shown.
---@param where string
---@param name string   what the list is
---@param list table
function M.list(where, name, list)
  for key in pairs(list) do
    if math.type(key) ~= "integer" or key < 1 or key > #list then
      M.raise(where, "'%s': a list expected, got the name '%s' in it", name,
        tostring(key))
    end
  end
  for i = 1, #list do
    if list[i] == nil then
      M.raise(where, "'%s': a list expected, got no element %d", name, i)
    end
  end
end

--- Returns a list of texts, or raises.
---@param where string
---@param name string
---@param list any   a text is a list of one
---@return string[]
function M.texts(where, name, list)
  if type(list) == "string" then list = { list } end
  M.list(where, name, list or {})
  for _, text in ipairs(list or {}) do
    if type(text) ~= "string" or text == "" then
      M.raise(where, "'%s': a list of texts expected, got %s in it", name,
        text == "" and "an empty one" or type(text))
    end
  end
  return list
end

return M
