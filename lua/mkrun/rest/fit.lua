--- Checks that a JSON value fits a shape, and describes the first fault.
--- `mkrun.rest.shape` makes the shapes and calls this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local formats = require "mkrun.rest.format"
local near = require "mkrun.rest.suggestion"
local values = require "mkrun.value"

local M = {}

--- Returns JSON's name for the type of a value: "integer", "nothing", ...
---@param value any
---@return string
function M.type_name(value)
  if value == nil then return "nothing" end
  if value == json.null then return "null" end
  local t = type(value)
  if t ~= "table" then
    return t == "number" and math.type(value) == "integer" and "integer" or t
  end
  return (json.is_array(value) or value[1] ~= nil) and "array" or "object"
end

--- Returns an error message: "string expected, got number".
---@param expected string
---@param value any
---@return string
function M.mismatch(expected, value)
  return ("%s expected, got %s"):format(expected, M.type_name(value))
end

local type_name, mismatch = M.type_name, M.mismatch

--- Returns the JSON Pointer of a member, or of the place at the JSON Pointer
--- `rest` below the member.
local function below(name, rest)
  name = tostring(name):gsub("~", "~0"):gsub("/", "~1")
  return "/" .. name .. (rest or "")
end

-- Maps each kind of shape to a function that checks a value.  The function
-- returns nil if the value fits.  Otherwise the function returns an error
-- message, and the JSON Pointer from the value to the fault (nil for the value
-- itself).

local check

local function quoted(list)
  return "'" .. table.concat(list, "', '") .. "'"
end

local function contains(list, value)
  for _, item in ipairs(list) do
    if item == value then return true end
  end
  return false
end

local function length_complaint(shape, count, unit)
  if shape.max and count > shape.max then
    return ("at most %d %ss expected, got %d"):format(shape.max, unit, count)
  elseif shape.min and count < shape.min then
    return ("at least %d %s%s expected, got %d")
      :format(shape.min, unit, shape.min == 1 and "" or "s", count)
  end
end

--- Returns the element of a list that is most similar to a text.  For
--- "JobFinished", the result is "MediaKind.JobFinished".
local function nearest(list, text)
  for _, item in ipairs(list) do
    if item:sub(-#text - 1) == "." .. text then return item end
  end
  return near.find(text, list)[1]
end

local function wrong_choice(list, text)
  local meant = text ~= "" and nearest(list, text)
  return ("one of %s expected, got '%s'%s"):format(quoted(list), text,
    meant and (", did you mean '%s'?"):format(meant) or "")
end

local kinds = {}

function kinds.any() end

function kinds.string(shape, value)
  if type(value) ~= "string" then return mismatch("string", value) end
  local format = formats[shape.format]
  if format and not format[2](value) then
    return ("%s expected, got '%s'"):format(format[1], value)
  elseif shape.one_of and not contains(shape.one_of, value) then
    return wrong_choice(shape.one_of, value)
  end
  return length_complaint(shape, utf8.len(value) or #value, "character")
end

function kinds.boolean(_, value)
  if type(value) ~= "boolean" then return mismatch("boolean", value) end
end

local function range_text(min, max)
  if not max then return ("%d or more"):format(min) end
  return min and ("%d to %d"):format(min, max) or ("at most %d"):format(max)
end

function kinds.integer(shape, value)
  local is_number = type(value) == "number"
  if not is_number or not math.tointeger(value) then
    return mismatch("integer", value)
  end
  local min, max = shape.min, shape.max
  if min and value < min or max and value > max then
    return ("integer of %s expected, got %d")
      :format(range_text(min, max), value)
  end
end

function kinds.array(shape, value)
  if type_name(value) ~= "array" then return mismatch("array", value) end
  local complaint = length_complaint(shape, #value, "element")
  if complaint then return complaint end
  for i, item in ipairs(value) do
    local wrong, where = check(shape.item, item)
    if wrong then return wrong, below(i - 1, where) end
  end
end

local function sorted_names(value)
  local names = {}
  for name in pairs(value) do names[#names + 1] = tostring(name) end
  table.sort(names)
  return names
end

function kinds.map(shape, value)
  if type_name(value) ~= "object" then return mismatch("object", value) end
  local names = sorted_names(value)
  local complaint = length_complaint(shape, #names, "member")
  if complaint then return complaint end
  for _, name in ipairs(names) do
    local wrong, where = check(shape.value, value[name])
    if wrong then return wrong, below(name, where) end
  end
end

local function unknown_key(shape, name)
  local names = {}
  for _, known in ipairs(shape.names) do
    if not shape.fields[known].readonly then names[#names + 1] = known end
  end
  local meant = near.find(name, names)
  if #meant > 0 then
    return ("unknown key, did you mean %s?"):format(
      values.quoted(meant, nil, "or"))
  end
  return "unknown key, known are " .. values.quoted(names)
end

local function wrong_key(shape, value)
  if shape.open then return nil end
  for _, name in ipairs(sorted_names(value)) do
    local field = shape.fields[name]
    if not field then
      return unknown_key(shape, name), below(name)
    elseif field.readonly then
      return "read-only, not to be sent", below(name)
    end
  end
end

local function is_absent(shape, member)
  return member == nil or shape.open and member == json.null
end

function kinds.object(shape, value)
  if type_name(value) ~= "object" then return mismatch("object", value) end
  local wrong, where = wrong_key(shape, value)
  if wrong then return wrong, where end
  for _, name in ipairs(shape.names) do
    local member = value[name]
    if shape.required[name] or not is_absent(shape, member) then
      wrong, where = check(shape.fields[name], member)
      if wrong then return wrong, below(name, where) end
    end
  end
end

function check(shape, value)
  if value == json.null and shape.nullable then return nil end
  if value == nil and shape.kind == "any" then
    return mismatch("value", value)
  end
  local wrong, where = kinds[shape.kind](shape, value)
  if wrong and value == nil and shape.why then
    wrong = wrong .. ": " .. shape.why
  end
  if not wrong and shape.check then wrong, where = shape.check(value) end
  return wrong, where
end

--- Checks that a value fits a shape.  Returns nil if the value fits.
---@param shape mkrun.rest.Shape
---@param value any
---@return string? wrong   "string expected, got number", "unknown key, ..."
---@return string? where   JSON Pointer from the value to the fault; nil for the
---  value itself
M.fault = check

return M
