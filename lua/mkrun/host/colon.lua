--- Refuses a call of a method with a dot in place of the colon.
---
--- Otherwise the first argument would be taken for the object, and the message
--- would be about something else.
-- SPDX-License-Identifier: MIT

local M = {}

--- Returns the name of a class as an object's name: "payment_methods" for
--- "PaymentMethods".
local function object_name(class)
  return class.__name:gsub("^.*%.", ""):gsub("(%l)(%u)", "%1_%2"):lower()
end

--- Raises the error of such a call.
---@param class table      a class with a field `__name`
---@param method string
---@param level integer    as for `error`: 1 is the caller of this function
function M.refuse(class, method, level)
  error(("bad call of '%s' (it needs a colon: %s:%s(...))")
    :format(method, object_name(class), method), level + 1)
end

--- Makes a class whose methods check that they get an object of this class.
---@param name string  "mkrun.Client"
---@return table class
function M.class(name)
  local class, methods = { __name = name }, {}
  class.__index = methods
  return setmetatable(class, { __index = methods,
    __newindex = function(_, key, method)
      if key:find "^__" then return rawset(class, key, method) end
      methods[key] = function(self, ...)
        if getmetatable(self) ~= class then M.refuse(class, key, 2) end
        return method(self, ...)
      end
    end })
end

return M
