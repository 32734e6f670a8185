--- Checks requests and answers by the contract of the Management API
--- (management-api.json, OpenAPI 3.1).
---
--- The checks differ from a plain validator in two points.  They choose the
--- schema of a payment method's spec by `type`, because the three schemas
--- overlap.  They refuse a member that no schema names.

local json = require "mkrun.json"
local schema_formats = require "mkrun.rest.shape"
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

--- Lists the required members of a value.  A request does not need members that
--- only the server sets, and its schema may list its own required members.
local function required(schema, found)
  if not found.request then return schema.required or {} end
  return schema["x-request-required"] or schema.required or {}
end

local function visit_object(schema, value, place, found)
  for _, name in ipairs(required(schema, found)) do
    if value[name] == nil then found:add(place .. "/" .. name, "is missing") end
  end
  for name, member in pairs(value) do
    local below = schema.properties and schema.properties[name]
      or schema.additionalProperties
    if below and below.readOnly and found.request then
      found:add(place .. "/" .. name, "is read-only")
    elseif below then
      visit(below, member, place .. "/" .. name, found)
    elseif schema.properties then
      found:add(place .. "/" .. name, "is in no schema")
    end
  end
end

local function visit_text(schema, value, place, found)
  local length = utf8.len(value)
  if schema.minLength and length < schema.minLength
    or schema.maxLength and length > schema.maxLength then
    found:add(place, "has the wrong length")
  end
  local shape = schema_formats.text { format = schema.format }
  if not schema_formats.check(shape, value) then
    found:add(place, "is no " .. schema.format)
  end
end

local function visit_enum(schema, value, place, found)
  for _, allowed in ipairs(schema.enum) do
    if allowed == value then return end
  end
  found:add(place, "is none of the allowed values")
end

function visit(schema, value, place, found)
  schema = resolve(schema)
  if schema.oneOf then
    local chosen = schema.discriminator.mapping[value.type]
    schema = resolve { ["$ref"] = chosen }
  end
  if schema.type and not type_fits(schema.type, value) then
    return found:add(place, "is " .. type_of(value))
  end
  local kind = type_of(value)
  if kind == "object" then visit_object(schema, value, place, found) end
  if kind == "string" then visit_text(schema, value, place, found) end
  if schema.enum then visit_enum(schema, value, place, found) end
  for i, item in ipairs(kind == "array" and schema.items and value or {}) do
    visit(schema.items, item, place .. "/" .. i - 1, found)
  end
end

--- Lists what is wrong with a value, one line each, or returns nil.
---@param request? boolean   true: the value is part of a request
local function problems_of(schema, value, request)
  local found = { request = request }
  function found:add(place, problem)
    self[#self + 1] = place .. " " .. problem
  end
  visit(schema, value, "", found)
  return found[1] and table.concat(found, "\n")
end

--- Checks an answer.
---@param operation mkrun.rest.Operation
---@param status integer
---@param body? any   decoded; nil if there is none
---@return string? complaint   "/place problem"; nil if it is valid
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
  return problems_of(media.schema, body)
end

--- Returns what is wrong with the query or path parameters, or nil.
local function parameter_complaint(stated, parameters, query)
  local known = {}
  for _, parameter in ipairs(stated.parameters or {}) do
    known[parameter.name] = true
    local given = (parameter["in"] == "path" and parameters or query)
      [parameter.name]
    local complaint =
      given ~= nil and problems_of(parameter.schema, given, true)
    if complaint then return parameter.name .. complaint end
  end
  for name in pairs(query) do
    if not known[name] then return name .. " is not stated" end
  end
end

--- Checks a request.
---@param operation mkrun.rest.Operation
---@param request {parameters: table, query: table?, body: any,  content_type:
---  string?}   `body` is decoded
---@return string? complaint   nil if it is valid
function M.request_complaint(operation, request)
  local stated = M.document.paths[operation.path][operation.method:lower()]
  local complaint =
    parameter_complaint(stated, request.parameters, request.query or {})
  if complaint then return complaint end
  if not stated.requestBody then
    return request.body ~= nil and "a body where none is stated" or nil
  end
  local media = stated.requestBody.content[request.content_type]
  if not media then
    return ("content type %s is not stated"):format(request.content_type)
  end
  return problems_of(media.schema, request.body, true)
end

return M
