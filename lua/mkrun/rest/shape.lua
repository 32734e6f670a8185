--- Makes shapes, and checks that JSON values fit shapes.  A shape describes the
--- type and the members of a value.  With this module, `mkrun.rest.session`
--- checks request bodies, `mkrun.rest.signature` checks arguments, and flows
--- check their documents.
---
--- A shape is a table with `kind`.  `object` takes a field for each member; a
--- member whose name ends in "!" is required.  A shape from `object` refuses
--- unknown members.  A shape from `some` accepts them, and treats null as
--- absent.  The check reports the first fault by its JSON Pointer.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local address = require "mkrun.address"
local fit = require "mkrun.rest.fit"

---@class mkrun.rest.Shape
---@field kind "string"|"boolean"|"integer"|"number"|"secret"|"object"|"map"|
---  "array"|"any"
---@field open? boolean      true: unknown members are accepted
---@field nullable? boolean  true: null is accepted
---@field readonly? boolean  true: only the server sets the value; the value is
---  refused in a request
---@field key? string        the member that tells elements of a list apart
---@field differ? string[]   members that must differ in all elements, the key
---  first
---@field folds? table<string, function>  see `keyed`
---@field about? string      description, for JSON Schema
---@field why? string        reason why a required member is needed
---@field check? fun(value: any): string?, string?   an extra rule; returns a
---  message and the pointer inside the value, or nil

local M = {}

--- Makes the shape of a text.
---@param options? {min: integer?, max: integer?, format: string?,
---  one_of: string[]?, known: string[]?, nullable: boolean?,
---  check: function?, pattern: string?}   `min` and `max` count characters;
---  `one_of` is a list of all values; `known` is a list that may grow, so other
---  values are accepted (see `mkrun.rest.newer`); `pattern` says in JSON Schema
---  what `check` checks
---@return mkrun.rest.Shape
function M.text(options)
  local shape = { kind = "string" }
  for name, value in pairs(options or {}) do shape[name] = value end
  return shape
end

--- Makes the shape of an e-mail address.  The API allows 1024 characters.
---@return mkrun.rest.Shape
function M.email()
  local part = "[^ \\u0000-\\u001f\\u007f@]+"
  local pattern = ("^%s@%s$"):format(part, part)
  return M.text { max = 1024, pattern = pattern, check = function(text)
    local hidden = address.fault(text)
    if hidden then return hidden end
    if not text:find "^[^%s%c@]+@[^%s%c@]+$" then
      return ("e-mail address expected, got '%s'"):format(text)
    end
  end }
end

--- Makes the shape of a boolean.
---@return mkrun.rest.Shape
function M.flag() return { kind = "boolean" } end

--- Makes the shape of an integer.
---@param options? {min: integer?, max: integer?}
---@return mkrun.rest.Shape
function M.integer(options)
  options = options or {}
  return { kind = "integer", min = options.min, max = options.max }
end

--- Makes the shape of any value.
---@return mkrun.rest.Shape
function M.any() return { kind = "any" } end

--- Makes the shape of an array.
---@param item mkrun.rest.Shape
---@param options? {min: integer?}   `min` counts items
---@return mkrun.rest.Shape
function M.list(item, options)
  return { kind = "array", item = item, min = options and options.min }
end

--- Returns a message if a text is in a list twice, and the place of the second.
--- The list or its elements may be wrong.
local function repeated(list)
  local seen = {}
  for i, item in ipairs(type(list) == "table" and list or {}) do
    if type(item) == "string" then
      if seen[item] then
        return ("'%s' is there twice"):format(item), ("/%d"):format(i - 1)
      end
      seen[item] = true
    end
  end
end

--- Makes the shape of a list of texts without duplicates.
---@param item mkrun.rest.Shape
---@return mkrun.rest.Shape
function M.set(item)
  return { kind = "array", item = item, check = repeated, is_set = true }
end

--- Makes the shape of an object with any member names and values of one shape.
---@param value mkrun.rest.Shape
---@param options? {min: integer?, check: function?, names: string?}   `min`
---  counts members; `names` is a pattern for JSON Schema
---@return mkrun.rest.Shape
function M.map(value, options)
  options = options or {}
  return { kind = "map", value = value, min = options.min,
    check = options.check, names = options.names }
end

--- Makes the shape of an object with these members.  A member whose name ends
--- in "!" is required.
---@param fields table<string, mkrun.rest.Shape>
---@return mkrun.rest.Shape
function M.object(fields)
  local shape = { kind = "object", fields = {}, required = {}, names = {} }
  for name, field in pairs(fields) do
    local bare = name:gsub("!$", "")
    shape.fields[bare] = field
    shape.required[bare] = bare ~= name or nil
    shape.names[#shape.names + 1] = bare
  end
  table.sort(shape.names)
  return shape
end

--- Makes the shape of a list whose elements differ in a member, their key.
---@param item mkrun.rest.Shape   an object
---@param key string              the member: "name"
---@param folds? table<string, fun(value: any): any>  members that must differ,
---  too, or whose values are compared after the function has changed them
---@return mkrun.rest.Shape
function M.keyed(item, key, folds)
  local differ = { key }
  for name in pairs(folds or {}) do
    if name ~= key then differ[#differ + 1] = name end
  end
  table.sort(differ, function(a, b) return a == key or b ~= key and a < b end)
  return { kind = "array", item = M.with(item, { key = key }), key = key,
    differ = differ, folds = folds or {} }
end

--- Makes the shape of an object with these members and any other members.
---@param fields table<string, mkrun.rest.Shape>
---@return mkrun.rest.Shape
function M.some(fields)
  local shape = M.object(fields)
  shape.open = true
  return shape
end

--- Returns a copy of a shape with further fields.
---@param shape mkrun.rest.Shape
---@param fields table
---@return mkrun.rest.Shape
function M.with(shape, fields)
  local copy = {}
  for key, value in pairs(shape) do copy[key] = value end
  for key, value in pairs(fields) do copy[key] = value end
  return copy
end

--- Returns a copy of a shape that also accepts null.
---@param shape mkrun.rest.Shape
---@return mkrun.rest.Shape
function M.nullable(shape) return M.with(shape, { nullable = true }) end

--- Makes the shape of a member that only the server sets.
---@param shape? mkrun.rest.Shape   default: any value
---@return mkrun.rest.Shape
function M.readonly(shape)
  return M.with(shape or { kind = "any" }, { readonly = true })
end

--- Checks that `value` fits this shape.
---@param shape mkrun.rest.Shape
---@param value any
---@return true? ok
---@return string? pointer   JSON Pointer of the fault; "" is the whole value
---@return string? expected  "string expected, got number", "unknown key, ..."
function M.check(shape, value)
  local wrong, where = fit.fault(shape, value)
  if wrong then return nil, where or "", wrong end
  return true
end

--- Returns all faults of a value, in the order of their places.
---@param shape mkrun.rest.Shape
---@param value any
---@param is_part? boolean  true: members that are required may be absent,
---  except for the key of an element
---@return mkrun.rest.Fault[]
M.faults = fit.faults

--- Returns an error message: "string expected, got number".
M.mismatch = fit.mismatch

--- Returns the text for a JSON Pointer in a message: "at '/teams/0'".
---@param pointer string
---@return string
function M.place(pointer)
  return pointer == "" and "at the top" or ("at '%s'"):format(pointer)
end

local function mark_members(shape, value)
  local copy = {}
  for name, member in pairs(value) do
    local inner = shape.kind == "map" and shape.value or
      shape.fields and shape.fields[name]
    copy[name] = inner and M.mark(inner, member) or member
  end
  return copy
end

local function mark_items(shape, value)
  local copy = {}
  for i, item in ipairs(value) do copy[i] = M.mark(shape.item, item) end
  return json.array(copy)
end

--- Copies `value` and marks each table whose shape is an array.  An empty Lua
--- table is then encoded as `[]` and not as `{}`.
---@param shape mkrun.rest.Shape
---@param value any
---@return any
function M.mark(shape, value)
  if type(value) ~= "table" then return value end
  local kind = fit.type_name(value)
  if shape.kind == "array" and (kind == "array" or next(value) == nil) then
    return mark_items(shape, value)
  elseif kind == "object" and (shape.fields or shape.kind == "map") then
    return mark_members(shape, value)
  end
  return value
end

return M
