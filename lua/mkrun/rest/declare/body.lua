--- Makes the shape of a request body from its declaration.
---
--- | declaration                     | value                                 |
--- |---------------------------------|---------------------------------------|
--- | "string" "integer" "number"     | such a value                          |
--- | "boolean" "object" "array"      |                                       |
--- | "any"                           | any value                             |
--- | "secret"                        | a text, or a `mkrun.Secret`           |
--- | { TYPE }                        | a list; its order counts              |
--- | { TYPE, set = true }            | a list of texts in any order          |
--- | { ["*"] = TYPE }                | an object with any member names       |
--- | { NAME = TYPE, ... }            | an object with these members          |
---
--- A member whose name ends in "!" is required; one whose name ends in "?" may
--- be null.
-- SPDX-License-Identifier: MIT

local fault = require "mkrun.rest.declare.fault"
local json = require "mkrun.json"
local shape = require "mkrun.rest.shape"

local M = {}

local WORDS <const> = {
  string = function() return shape.text() end,
  integer = function() return shape.integer() end,
  number = function() return { kind = "number" } end,
  boolean = shape.flag,
  object = function() return shape.map(shape.any()) end,
  array = function() return shape.list(shape.any()) end,
  any = shape.any,
  secret = function() return { kind = "secret" } end,
}

local compile

--- Tables whose shape is being made.
local open

local function list_of(where, place, declared)
  for name in pairs(declared) do
    if name ~= 1 and name ~= "set" then
      fault.raise(where, "%s: a list is { TYPE }, got '%s' in it", place,
        tostring(name))
    end
  end
  local item = compile(where, place .. "[]", declared[1])
  if not declared.set then return shape.list(item) end
  return shape.set(item)
end

local function object_of(where, place, declared)
  local fields = {}
  for name, member in pairs(declared) do
    local bare, mark = tostring(name):match "^(.-)([!?]?)$"
    if type(name) ~= "string" or bare == "" or bare:find "[!?]$" then
      fault.raise(where, "%s: a member's name expected, got '%s'", place,
        tostring(name))
    end
    if mark ~= "" and declared[bare] ~= nil then
      fault.raise(where, "%s: '%s' and '%s' are one member", place, bare, name)
    end
    local inner = compile(where, place .. "." .. bare, member)
    if mark == "?" then inner = shape.nullable(inner) end
    fields[mark == "!" and name or bare] = inner
  end
  return shape.object(fields)
end

local function table_of(where, place, declared)
  if declared[1] ~= nil then
    return list_of(where, place, declared)
  elseif declared["*"] ~= nil then
    if next(declared, next(declared)) ~= nil then
      fault.raise(where, "%s: '*' stands for any names, and needs no others",
        place)
    end
    return shape.map(compile(where, place .. ".*", declared["*"]))
  end
  return object_of(where, place, declared)
end

function compile(where, place, declared)
  if type(declared) == "string" then
    local make = WORDS[declared]
    if not make then
      fault.unknown(where .. ", " .. place, "type", declared, WORDS)
    end
    return make()
  elseif type(declared) ~= "table" then
    fault.raise(where, "%s: a type expected, got %s", place, type(declared))
  elseif open[declared] then
    fault.raise(where, "%s: the table is a part of itself", place)
  end
  open[declared] = true
  local made = table_of(where, place, declared)
  open[declared] = nil
  return made
end

--- Makes the shape of a body.  Raises if the declaration is wrong.
---@param where string   "provider 'rabbitmq', row 'users.put'"
---@param declared any
---@return mkrun.rest.Shape
function M.shape(where, declared)
  open = {}
  return compile(where, "body", declared)
end

local function takes_null(wanted)
  return wanted.nullable or wanted.kind == "any"
end

--- Reduces a document to what a body of a shape takes.
---@param wanted mkrun.rest.Shape
---@param document any
---@return any   shares nothing that was reduced
function M.reduce(wanted, document)
  if type(document) ~= "table" then return document end
  if wanted.kind == "array" then
    local list = {}
    for i, item in ipairs(document) do list[i] = M.reduce(wanted.item, item) end
    return shape.mark(wanted, list)
  elseif wanted.kind ~= "object" then
    return document
  end
  local reduced = json.object {}
  for _, name in ipairs(wanted.names) do
    local member, inner = document[name], wanted.fields[name]
    if member ~= nil and (member ~= json.null or takes_null(inner)) then
      reduced[name] = M.reduce(inner, member)
    end
  end
  return reduced
end

--- Returns true if a value of a shape may have a secret in it.
---@param wanted mkrun.rest.Shape
---@return boolean
function M.has_secret(wanted)
  return #M.secrets(shape.object { member = wanted }) > 0
end

--- Lists the secret members of a shape: {"password"}, {"login", "password"}.  A
--- list on the way has no name: {"keys", "value"}.  An object with any member
--- names that has secrets is one as a whole; {"*"} is all of the body.
---@param wanted? mkrun.rest.Shape
---@return {names: string[], is_required: boolean}[]
function M.secrets(wanted)
  local found = {}
  local function walk(inner, names, is_required)
    if inner.kind == "array" and inner.item then
      return walk(inner.item, names, false)
    elseif inner.kind == "secret" and (names[1] or inner ~= wanted)
      or inner.kind == "map" and M.has_secret(inner.value) then
      found[#found + 1] = { names = names[1] and names or { "*" },
        is_required = is_required }
    end
    for _, name in ipairs(inner.kind == "object" and inner.names or {}) do
      local longer = table.move(names, 1, #names, 1, {})
      longer[#longer + 1] = name
      walk(inner.fields[name], longer,
        is_required and inner.required[name] == true)
    end
  end
  if wanted then walk(wanted, {}, true) end
  return found
end

return M
