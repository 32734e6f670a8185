--- Checks the arguments of a resource's methods before a method runs.  A wrong
--- argument raises an error at the caller's line.  `mkrun.rest.resource` calls
--- this module.
---
--- The check refuses unknown names at every depth.  Otherwise a typo would be
--- ignored, because the method `ensure` compares only the members that it
--- knows.
-- SPDX-License-Identifier: MIT

local colon = require "mkrun.host.colon"
local shape = require "mkrun.rest.shape"

local M = {}

local text = shape.text()

local LUA_TYPES <const> = {
  string = "string", boolean = "boolean", integer = "number",
  object = "table", map = "table", array = "table",
}

--- Returns an error message if an argument is wrong, or nil.
local function fault(wanted, argument, given)
  if argument == nil and wanted.optional then return nil end
  local expected = LUA_TYPES[wanted.kind]
  if expected and type(argument) ~= expected then
    return ("%s expected, got %s"):format(expected,
      given and type(argument) or "no value")
  end
  local ok, pointer, why = shape.check(wanted, shape.mark(wanted, argument))
  if ok then return nil end
  return pointer == "" and why or ("%s: %s"):format(shape.place(pointer), why)
end

--- Methods that every collection has: none takes a document as `self`.
local OF_COLLECTIONS <const> = { list = true, each = true, index = true,
  find = true, get = true, ensure_all = true }

local function check(method, shapes, ...)
  local count = select("#", ...)
  for i, wanted in ipairs(shapes) do
    local wrong = fault(wanted, (select(i, ...)), i <= count)
    if wrong then
      error(("bad argument #%d to '%s' (%s)"):format(i, method, wrong), 3)
    end
  end
end

--- Raises if `self` is missing.  Some functions of a class take a document of
--- the API as `self`, so any table is accepted unless `strict` is true.
local function check_self(class, method, self, strict)
  if strict and getmetatable(self) == class
    or not strict and type(self) == "table" then
    return
  end
  colon.refuse(class, method, 3)
end

--- Returns a function that checks the arguments and then calls `method`.
---@param class table
---@param name string
---@param method function
---@param arguments table<string, mkrun.rest.Shape[]>   name of a method ->
---  shapes of its arguments
---@return function
function M.guarded(class, name, method, arguments)
  local shapes = arguments[name]
    or (name == "find" or name == "get" and class.is_collection) and { text }
  local is_strict = shapes or OF_COLLECTIONS[name]
  return function(self, ...)
    check_self(class, name, self, is_strict)
    if shapes then check(name, shapes, ...) end
    return method(self, ...)
  end
end

return M
