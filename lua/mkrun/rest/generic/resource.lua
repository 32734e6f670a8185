--- Makes the class of a declared resource: its methods follow from the
--- declaration.  A method blames a wrong argument on the line that called it.
-- SPDX-License-Identifier: MIT

local colon = require "mkrun.host.colon"
local methods = require "mkrun.rest.generic.methods"
local shapes = require "mkrun.rest.generic.shapes"

--- Raises the error of a check at the line that called the method.
local function blame(problem)
  local text = type(problem) == "table" and problem.bad_argument
  if not text then error(problem, 0) end
  error(text:gsub("bad argument #0 to", "bad call of"), 4)
end

local function checked(result)
  if not result[1] then blame(result[2]) end
  return table.unpack(result, 2, result.n)
end

local function guarded(class, name, method)
  return function(self, ...)
    if getmetatable(self) ~= class then colon.refuse(class, name, 2) end
    return method[2](self, checked(table.pack(pcall(method[1], self, ...))))
  end
end

local M = {}

--- Makes a resource of a connected provider.
---@param session mkrun.rest.Session
---@param facts mkrun.rest.DeclaredResource
---@return mkrun.rest.GenericResource
function M.new(session, facts)
  local class = { __name = ("%s.%s"):format(session.provider.name,
    facts.name) }
  class.__index = class
  for name, method in pairs(methods.all) do
    class[name] = guarded(class, name, method)
  end
  for verb in pairs(facts.verbs) do
    class[verb] = methods.all[verb] and class[verb]
      or guarded(class, verb, methods.other(verb))
  end
  return setmetatable({ session = session, facts = facts,
    shape = shapes.of(facts) }, class)
end

return M
