--- Compares what is declared with what is there.  Only declared members count;
--- secrets do not, because the server does not show them.
-- SPDX-License-Identifier: MIT

local bodies = require "mkrun.rest.declare.body"
local json = require "mkrun.json"
local patch = require "mkrun.patch"
local value = require "mkrun.value"

local M = {}

local ANY <const> = { kind = "any" }

local function is_array(item)
  return json.is_array(item) or type(item) == "table" and item[1] ~= nil
end

local function is_object(item)
  return type(item) == "table" and not is_array(item)
end

--- Returns the shape of a member, or of any value.
local function inner_shape(shape, name)
  return shape.fields and shape.fields[name] or shape.value or ANY
end

local is_same

--- Returns true if each item of `want` has an item of its own in `have`.
local function is_same_set(want, have, shape)
  local taken = {}
  for _, item in ipairs(want) do
    local found
    for i, other in ipairs(have) do
      if not found and not taken[i] and is_same(item, other, shape) then
        found = i
      end
    end
    if not found then return false end
    taken[found] = true
  end
  return true
end

local function is_same_list(want, have, shape)
  if type(have) ~= "table" or #have ~= #want then return false end
  if shape.is_set then return is_same_set(want, have, shape.item or ANY) end
  for i, item in ipairs(want) do
    if not is_same(item, have[i], shape.item or ANY) then return false end
  end
  return true
end

--- Returns true if a value of a shape is a secret as a whole.
local function is_secret(shape)
  if shape.kind == "array" then return shape.item and is_secret(shape.item) end
  return shape.kind == "secret"
    or shape.kind == "map" and bodies.has_secret(shape.value)
end

--- Returns true if `have` has all that `want` declares.
function is_same(want, have, shape)
  if is_secret(shape) then return true end
  if value.present(want) == nil then return value.present(have) == nil end
  if is_array(want) or shape.kind == "array" and type(want) == "table" then
    return is_same_list(want, have, shape)
  elseif not is_object(want) then
    return patch.equal(want, have == nil and json.null or have)
  elseif not is_object(have) then
    return next(want) == nil and have == nil
  end
  for name, item in pairs(want) do
    if not is_same(item, have[name], inner_shape(shape, name)) then
      return false
    end
  end
  return true
end

local function longer(names, name)
  local copy = table.move(names, 1, #names, 1, {})
  copy[#copy + 1] = name
  return copy
end

local function walk(want, have, shape, ignored, above, found)
  for _, name in ipairs(value.names(want)) do
    local place, inner = longer(above, name), inner_shape(shape, name)
    local item, was = want[name], have[name]
    local is_ignored = ignored[table.concat(place, ".")]
    if not is_ignored and not is_same(item, was, inner) then
      if is_object(item) and is_object(was) then
        walk(item, was, inner, ignored, place, found)
      else
        found[#found + 1] = place
      end
    end
  end
  return found
end

--- Lists the members that differ, each as a path of names.
---@param want table      what is declared
---@param have table
---@param shape mkrun.rest.Shape
---@param ignore? string[]   members that are not compared: "a.b"
---@return string[][]
function M.differences(want, have, shape, ignore)
  return walk(want, have, shape, value.set(ignore), {}, {})
end

--- Returns paths of names for people: "durable", "arguments.x-max-length".
---@param places string[][]
---@return string[]
function M.texts(places)
  local texts = {}
  for i, place in ipairs(places) do texts[i] = table.concat(place, ".") end
  return texts
end

--- Returns the part of `want` at the members that differ.
---@param want table
---@param places string[][]
---@return table
function M.part(want, places)
  local part = json.object {}
  for _, place in ipairs(places) do
    local from, to = want, part
    for i = 1, #place - 1 do
      to[place[i]] = to[place[i]] or json.object {}
      from, to = from[place[i]], to[place[i]]
    end
    to[place[#place]] = from[place[#place]]
  end
  return part
end

return M
