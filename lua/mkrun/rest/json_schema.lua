--- Makes a JSON Schema (draft 2020-12) of a shape, so that editors complete and
--- check what the shape checks.  Flows that read a file call it.
---
--- JSON Schema cannot say that the elements of a list differ in one member, nor
--- what a function of a shape checks; for texts the shape has a `pattern`.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local M = {}

M.DIALECT = "https://json-schema.org/draft/2020-12/schema"

--- Patterns for formats, because most programs do not check the latter.
local FORMATS <const> = {
  date = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
}

local convert

local kinds = {}

function kinds.any(shape) return shape.schema or {} end

--- Lets editors offer the known values of a list that may grow.
local function open_list(known)
  return json.array { { enum = json.array { table.unpack(known) } },
    { type = "string" } }
end

function kinds.string(shape)
  return { type = "string", minLength = shape.min, maxLength = shape.max,
    enum = shape.one_of and json.array { table.unpack(shape.one_of) },
    anyOf = shape.known and open_list(shape.known),
    format = shape.format,
    pattern = shape.pattern or FORMATS[shape.format] }
end

function kinds.boolean() return { type = "boolean" } end

function kinds.integer(shape)
  return { type = "integer", minimum = shape.min, maximum = shape.max }
end

function kinds.array(shape, is_part)
  return { type = "array", items = convert(shape.item, is_part),
    minItems = shape.min, uniqueItems = shape.is_set }
end

function kinds.map(shape, is_part)
  return { type = "object", minProperties = shape.min,
    additionalProperties = convert(shape.value, is_part),
    propertyNames = shape.names and { pattern = shape.names } }
end

function kinds.object(shape, is_part)
  local properties, required = json.object {}, json.array {}
  for _, name in ipairs(shape.names) do
    local field = shape.fields[name]
    if not field.readonly then properties[name] = convert(field, is_part) end
    if shape.required[name] and (not is_part or name == shape.key) then
      required[#required + 1] = name
    end
  end
  return { type = "object", properties = properties,
    required = required[1] and required,
    additionalProperties = shape.open or false }
end

function convert(shape, is_part)
  local schema = {}
  for name, value in pairs(kinds[shape.kind](shape, is_part)) do
    schema[name] = value
  end
  if shape.nullable then schema.type = { schema.type, "null" } end
  schema.description = shape.about
  return json.object(schema)
end

--- Returns the JSON Schema of a shape.
---@param shape mkrun.rest.Shape
---@param is_part? boolean  true: of one of several files, in which members that
---  are required may be absent, except for the key of an element
---@return table
function M.of(shape, is_part)
  local schema = convert(shape, is_part)
  schema["$schema"] = M.DIALECT
  return schema
end

return M
