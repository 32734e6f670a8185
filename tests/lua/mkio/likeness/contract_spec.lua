--- The shapes of answers and the contract of the API say the same.

local contract = require "tests.support.contract"
local operations = require "mkio.operations"
local shapes = require "mkio.likeness.contract"

local function resolve(schema)
  while schema["$ref"] do
    schema = contract.document.components.schemas[
      schema["$ref"]:match "[^/]+$"]
  end
  return schema
end

--- Returns the type of a schema and whether null is allowed.
local function type_of(schema)
  if type(schema.type) ~= "table" then return schema.type, nil end
  local found
  for _, name in ipairs(schema.type) do
    if name ~= "null" then found = name end
  end
  return found, true
end

local KINDS <const> = { string = "string", boolean = "boolean",
  integer = "integer", number = "number", array = "array" }

local check

--- The shapes demand at least what the contract does.
local function check_required(shape, schema, place)
  for _, name in ipairs(schema.required or {}) do
    assert.is_true(shape.required[name], place .. "/" .. name)
  end
end

local function check_object(shape, schema, place)
  if not schema.properties then
    assert.equal("map", shape.kind, place)
    return check(shape.value, schema.additionalProperties or {}, place .. "/*")
  end
  assert.equal("object", shape.kind, place)
  local have, want = {}, {}
  for name in pairs(shape.fields) do have[name] = true end
  for name in pairs(schema.properties) do want[name] = true end
  assert.same(want, have, place)
  check_required(shape, schema, place)
  for name, inner in pairs(schema.properties) do
    check(shape.fields[name], inner, place .. "/" .. name)
  end
end

local function check_choice(shape, schema, place)
  for name, reference in pairs(schema.discriminator.mapping) do
    check(shape.of[name], { ["$ref"] = reference }, place .. "<" .. name .. ">")
  end
end

--- Formats that the shapes know.  A contract's "date-time" is one of them.
local FORMATS <const> = { uuid = true, date = true, ["date-time"] = true }

function check(shape, schema, place)
  schema = resolve(schema)
  if schema.oneOf then return check_choice(shape, schema, place) end
  local kind, is_nullable = type_of(schema)
  assert.equal(is_nullable, shape.nullable, place)
  if not kind then return assert.equal("any", shape.kind, place) end
  if kind == "object" then return check_object(shape, schema, place) end
  assert.equal(KINDS[kind], shape.kind, place)
  if kind == "array" then
    return check(shape.item, schema.items, place .. "/*")
  end
  if FORMATS[schema.format] then
    assert.equal(schema.format, shape.format, place)
  end
  if schema.enum then
    local have, want = { table.unpack(shape.one_of) }, schema.enum
    table.sort(have)
    want = { table.unpack(want) }
    table.sort(want)
    assert.same(want, have, place)
  end
end

--- The schema of an operation's JSON answer, or nil.
local function answer_of(operation)
  local stated =
    contract.document.paths[operation.path][operation.method:lower()]
  for status, response in pairs(stated.responses) do
    local media = tonumber(status) < 300 and response.content
      and response.content["application/json"]
    if media then return media.schema end
  end
end

describe("mkio.likeness.contract", function()
  for _, operation in ipairs(operations.all) do
    it("has the answer to " .. operation.key, function()
      local schema = answer_of(operation)
      if operation.key == "rbac.get" then
        assert.is_nil(schema)
        return assert.is_table(shapes.answers[operation.key])
      end
      if not schema then
        return assert.is_nil(shapes.answers[operation.key])
      end
      check(shapes.answers[operation.key], schema, operation.key)
    end)
  end

  it("has the body of an error", function()
    check(shapes.error, contract.document.components.schemas.Error, "error")
  end)

  it("has answers of operations only", function()
    for key in pairs(shapes.answers) do
      assert.is_table(operations.by_key[key], key)
    end
  end)
end)
