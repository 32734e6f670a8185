--- Warns about values that are not in the API's lists of known values.
---
--- Such lists grow with the API.  So a value that this version does not know is
--- sent, with a warning that names the nearest known value.
-- SPDX-License-Identifier: MIT

local choice = require "mkrun.rest.choice"
local patch = require "mkrun.patch"
local script = require "mkrun.script"
local value = require "mkrun.value"

local M = {}

---@class mkrun.rest.Newer   a value that is in no list
---@field pointer string   JSON Pointer of the value
---@field text string      the value
---@field known string[]   the values of the list

local walk

local function walk_members(shape, object, path, found)
  for _, name in ipairs(value.names(object)) do
    local inner = shape.value or shape.fields and shape.fields[name]
    if inner then walk(inner, object[name], { path, name }, found) end
  end
end

local function pointer_of(path)
  local names = {}
  while path do
    if path[2] then table.insert(names, 1, path[2]) end
    path = path[1]
  end
  return patch.pointer(names)
end

--- Appends what is in no list.  `path` is a linked list of the names that lead
--- to the value, with the last name first.
function walk(shape, given, path, found)
  if shape.known and type(given) == "string" then
    if not choice.has(shape.known, given) then
      found[#found + 1] = { pointer = pointer_of(path), text = given,
        known = shape.known }
    end
  elseif shape.item and type(given) == "table" then
    for i, item in ipairs(given) do
      walk(shape.item, item, { path, i - 1 }, found)
    end
  elseif type(given) == "table" then
    walk_members(shape, given, path, found)
  end
end

--- Lists the values that are in no list.
---@param shape mkrun.rest.Shape
---@param given any   a value that fits the shape
---@return mkrun.rest.Newer[]
function M.list(shape, given)
  local found = {}
  walk(shape, given, nil, found)
  return found
end

local told = {} -- values that the user was warned of

--- Prints a warning for each of these values, once in a run.
---@param list mkrun.rest.Newer[]
---@param where fun(pointer: string): string   returns the place in words
function M.warn(list, where)
  for _, newer in ipairs(list) do
    local meant = choice.nearest(newer.known, newer.text)
    if not told[newer.text] then
      script.say(("mkrun: warning: %s: '%s' is unknown to this version, and is "
        .. "sent as it is%s"):format(where(newer.pointer), newer.text,
        meant and (": did you mean '%s'?"):format(meant) or ""))
    end
    told[newer.text] = true
  end
end

return M
