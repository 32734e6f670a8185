--- Makes a recorded answer fit the shape of the contract.  A recording may come
--- from a stranger or from a service that has changed, and the model can only
--- hold what it knows.  `mkio.likeness.learn` calls this module.
---
--- A member that the shape does not name is left out.  A value of a wrong type,
--- or one that a closed list does not have, is replaced by an example.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local sys = require "mkrun.sys"

local M = {}

local EXAMPLES <const> = {
  uuid = "00000000-0000-4000-8000-000000000000", date = "2026-01-01",
  ["date-time"] = "9999-12-31T23:59:59Z", -- no example has expired
  url = "https://app.mk.io/", string = "", boolean = true, integer = 0,
  number = 0,
}

--- Returns the shape that a choice has for a value.
---@param shape table   a shape of kind "choice"
---@param value any
---@return mkrun.rest.Shape shape
---@return boolean is_known   false if no shape belongs to the value
function M.chosen(shape, value)
  local name = type(value) == "table" and value[shape.by]
  local found = shape.of[name]
  return found or shape.of[shape.default], found ~= nil
end

local function example(shape)
  if shape.kind == "array" then return json.array {} end
  if shape.one_of then return shape.one_of[1] end
  local found = EXAMPLES[shape.format or shape.kind]
  if found == nil then return json.object {} end
  return found
end

local function is_date(text)
  return text:find "^%d%d%d%d%-%d%d%-%d%d$" ~= nil
end

--- Tells whether a text has the form that a format demands.
local FORMS <const> = {
  uuid = function(text)
    return text:find "^%x+%-%x+%-%x+%-%x+%-%x+$" ~= nil and #text == 36
  end,
  date = function(text)
    return is_date(text) and sys.parse_time(text .. "T00:00:00Z") ~= nil
  end,
  ["date-time"] = function(text)
    return not is_date(text) and sys.parse_time(text) ~= nil
  end,
  url = function(text) return text:find "^https?://[^/]" ~= nil end,
}

--- Returns true if a text has the form that the shape demands.
---@param shape mkrun.rest.Shape
---@param text string
---@return boolean
function M.has_form(shape, text)
  local form = FORMS[shape.format]
  return form == nil or form(text)
end

--- Returns true if a closed list has the value, or if there is no such list.
---@param shape mkrun.rest.Shape
---@param value any
---@return boolean
function M.is_listed(shape, value)
  for _, name in ipairs(shape.one_of or { value }) do
    if name == value then return true end
  end
  return false
end

--- Returns the JSON type of a value: "null", "array", "object", "string",
--- "boolean", "integer" or "number".
---@param value any
---@return string
function M.type_of(value)
  if value == json.null then return "null" end
  if type(value) == "table" then
    return json.is_array(value) and "array" or "object"
  end
  if type(value) ~= "number" then return type(value) end
  return value == math.floor(value) and "integer" or "number"
end

--- The JSON type of each kind of shape.
local TYPES <const> = { map = "object", choice = "object" }

--- Returns true if a value has the type of a shape, apart from null.
---@param shape mkrun.rest.Shape
---@param value any
---@return boolean
function M.has_type(shape, value)
  local wanted, given = TYPES[shape.kind] or shape.kind, M.type_of(value)
  return wanted == "any" or wanted == given
    or wanted == "number" and given == "integer"
end

local fit = {}

function fit.object(shape, value)
  local copy = json.object {}
  for name, field in pairs(shape.fields) do
    if value[name] ~= nil then copy[name] = M.value(field, value[name]) end
  end
  return copy
end

function fit.map(shape, value)
  local copy = json.object {}
  for name, member in pairs(value) do
    copy[name] = M.value(shape.value, member)
  end
  return copy
end

function fit.array(shape, value)
  local copy = json.array {}
  for i, item in ipairs(value) do copy[i] = M.value(shape.item, item) end
  return copy
end

function fit.choice(shape, value)
  local chosen, is_known = M.chosen(shape, value)
  local copy = M.value(chosen, value)
  if not is_known then copy[shape.by] = shape.default end
  return copy
end

function fit.string(shape, value)
  local is_date_like = shape.format == "date" or shape.format == "date-time"
  local is_good = M.is_listed(shape, value)
    and (not is_date_like or M.has_form(shape, value))
  return is_good and value or example(shape)
end

--- Returns a copy of a value that fits a shape.
---@param shape mkrun.rest.Shape
---@param value any
---@return any
function M.value(shape, value)
  if value == json.null and shape.nullable then return value end
  if shape.kind == "any" then return value end
  if not M.has_type(shape, value) then
    if shape.nullable then return json.null end
    return example(shape)
  end
  local act = fit[shape.kind]
  if not act then return value end
  return act(shape, value)
end

--- Returns true if a resource has an id of the right type, and the objects that
--- every resource has.  Nothing can be learned from another one.
---@param shape mkrun.rest.Shape
---@param item any   a recorded resource
---@return boolean
function M.is_framed(shape, item)
  if type(item) ~= "table" then return false end
  for _, name in ipairs { "metadata", "spec" } do
    local part = shape.fields and shape.fields[name]
    if part and M.type_of(item[name]) ~= "object" then return false end
  end
  local metadata = shape.fields and shape.fields.metadata
  local has_id = metadata and metadata.fields.id
  return not has_id or type(item.metadata.id) == "string"
end

return M
