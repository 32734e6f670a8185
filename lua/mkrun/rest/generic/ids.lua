--- Reads the arguments of a declared resource's methods that name a thing: an
--- id is a text where the path has one parameter, else a table.
-- SPDX-License-Identifier: MIT

local near = require "mkrun.rest.suggestion"
local value = require "mkrun.value"

local M = {}

--- Raises an error about an argument at the line that called the method.
--- The error's level is found by `mkrun.rest.generic.resource`.
---@param n integer
---@param method string
---@param text string   format
---@param ... any
function M.bad(n, method, text, ...)
  error({ bad_argument = ("bad argument #%d to '%s' (%s)"):format(n, method,
    text:format(...)) }, 0)
end

local function quoted_table(names)
  local words = {}
  for i, name in ipairs(names) do words[i] = name .. " =" end
  return "{ " .. table.concat(words, ", ") .. " }"
end

local function name_of(n, method, key, item)
  if math.type(item) == "integer" then item = tostring(item) end
  if type(item) ~= "string" then
    M.bad(n, method, "'%s': string expected, got %s", key, type(item))
  elseif item == "" or item == "." or item == ".." then
    M.bad(n, method, "'%s': a name expected, got '%s'", key, item)
  end
  return item
end

local function check_known(n, method, names, id)
  local known = value.set(names)
  for name in pairs(id) do
    if not known[name] then
      local meant = near.find(tostring(name), names)[1]
      M.bad(n, method, "unknown '%s'%s", tostring(name), meant
        and (", did you mean '%s'?"):format(meant)
        or names[1] and ", expected is " .. quoted_table(names)
        or ", the path has no parameter")
    end
  end
end

--- Returns a table with a text for each name.
---@param n integer        position of the argument
---@param method string
---@param names string[]   what tells the thing apart
---@param id any
---@return table<string, string>
function M.read(n, method, names, id)
  if #names == 1 and type(id) ~= "table" and id ~= nil then
    id = { [names[1]] = id }
  elseif type(id) ~= "table" then
    M.bad(n, method, "%s expected, got %s", #names == 1 and "string"
      or quoted_table(names), id == nil and "no value" or type(id))
  end
  check_known(n, method, names, id)
  local at = {}
  for _, name in ipairs(names) do
    at[name] = name_of(n, method, name, id[name])
  end
  return at
end

return M
