--- The contract of the Management API (management-api.json, OpenAPI 3.1): what
--- may be asked and answered, and whether a value fits.
---
--- Two things differ from a plain validator.  A payment method's spec is
--- chosen by its `type`, as the three overlap; and a member that no schema
--- names is a complaint, as nobody could rely on it.

local json = require "mkrun.json"
local schema_formats = require "mkio.shape"
local temp = require "tests.support.temp"

local M = {}

M.document = assert(json.decode(
  temp.read "tests/support/management-api.json"))

local function resolve(schema)
  while schema["$ref"] do
    local target = M.document
    for name in schema["$ref"]:gmatch "[^/#]+" do target = target[name] end
    schema = target
  end
  return schema
end

local function type_of(value)
  if value == json.null then return "null" end
  if type(value) == "table" then
    return json.is_array(value) and "array" or "object"
  end
  return math.type(value) == "integer" and "integer" or type(value)
end

local function type_fits(wanted, value)
  local given = type_of(value)
  for _, name in ipairs(type(wanted) == "table" and wanted or { wanted }) do
    if name == given or name == "number" and given == "integer" then
      return true
    end
  end
  return false
end

local visit

local function visit_object(schema, value, place, found)
  for _, name in ipairs(schema.required or {}) do
    if value[name] == nil then found(place .. "/" .. name, "is missing") end
  end
  for name, member in pairs(value) do
    local below = schema.properties and schema.properties[name]
      or schema.additionalProperties
    if below then
      visit(below, member, place .. "/" .. name, found)
    elseif schema.properties then
      found(place .. "/" .. name, "is in no schema")
    end
  end
end

local function visit_text(schema, value, place, found)
  local length = utf8.len(value)
  if schema.minLength and length < schema.minLength
    or schema.maxLength and length > schema.maxLength then
    found(place, "has the wrong length")
  end
  local shape = schema_formats.text { format = schema.format }
  if not schema_formats.check(shape, value) then
    found(place, "is no " .. schema.format)
  end
end

local function visit_enum(schema, value, place, found)
  for _, allowed in ipairs(schema.enum) do
    if allowed == value then return end
  end
  found(place, "is none of the allowed values")
end

function visit(schema, value, place, found)
  schema = resolve(schema)
  if schema.oneOf then
    local chosen = schema.discriminator.mapping[value.type]
    schema = resolve { ["$ref"] = chosen }
  end
  if schema.type and not type_fits(schema.type, value) then
    return found(place, "is " .. type_of(value))
  end
  local kind = type_of(value)
  if kind == "object" then visit_object(schema, value, place, found) end
  if kind == "string" then visit_text(schema, value, place, found) end
  if schema.enum then visit_enum(schema, value, place, found) end
  for i, item in ipairs(kind == "array" and schema.items and value or {}) do
    visit(schema.items, item, place .. "/" .. i - 1, found)
  end
end

--- What is wrong with an answer, as "/place problem"; nil when it is right.
---@param operation mkio.Operation
---@param status integer
---@param body? any   decoded; nil when there is none
---@return string? complaint
function M.complaint(operation, status, body)
  local stated = M.document.paths[operation.path][operation.method:lower()]
  local answer = stated.responses[tostring(status)]
  if not answer then return ("status %d is not stated"):format(status) end
  local content = resolve(answer).content
  local media = content and content["application/json"]
  if not media then
    local undescribed = stated["x-undocumented-response-body"]
    return body ~= nil and not undescribed and "a body where none is stated"
      or nil
  elseif body == nil then
    return "no body"
  end
  local problems = {}
  visit(media.schema, body, "", function(place, problem)
    problems[#problems + 1] = place .. " " .. problem
  end)
  return problems[1] and table.concat(problems, "\n")
end

return M
