--- Makes classes of resources with the common methods list, each, get and find.
--- A provider calls it for each class.
-- SPDX-License-Identifier: MIT

local list = require "mkrun.rest.list"
local signature = require "mkrun.rest.signature"

---@class mkrun.rest.Resource
---@field session mkrun.rest.Session
---@field at table<string, string>  path parameters of all calls
---@field call fun(self: mkrun.rest.Resource, key: string, path?: table,
---  body?: table, options?: mkrun.rest.CallOptions): any, integer

---@class mkrun.rest.CallOptions
---@field absent? boolean   true: return nil for 404 instead of raising
---@field accept? string    media types; the answer is then a text
---@field needs? string     the part of the answer that must be complete, see
---  the provider's `answers`
---@field unread? boolean   true: accept any answer of a success

local M = {}

local function merged(a, b)
  local all = {}
  for name, item in pairs(a or {}) do all[name] = item end
  for name, item in pairs(b or {}) do all[name] = item end
  return all
end

local function add_list(class, key)
  --- Iterates over the list.  Reads each page when needed.
  function class:each(options)
    return list.each(self.session, key, merged({ path = self.at }, options))
  end

  --- Returns the whole list in the API's order.
  function class:list(options)
    return list.all(self.session, key, merged({ path = self.at }, options))
  end
end

local function add_get(class, key, parameter)
  --- Reads a resource.  Raises if it does not exist.
  function class:get(name)
    return self:call(key, { [parameter] = name })
  end

  --- Reads a resource.  Returns nil if it does not exist.
  function class:find(name)
    return (self:call(key, { [parameter] = name }, nil, { absent = true }))
  end
end

--- Adds argument checks to each method that is assigned to the class.
local function guarded(class, arguments)
  local methods = {}
  class.__index = methods
  return setmetatable(class, { __index = methods,
    __newindex = function(_, name, method)
      methods[name] = signature.guarded(class, name, method, arguments)
    end })
end

--- Makes a class of resources.
---@param provider {name: string, arguments: table}   see `mkrun.rest.provider`
---@param options {name: string, list: string?, get: string?,
---  parameter: string?}   `list` and `get` are keys of operations;
---  `parameter` is the path parameter that names one resource
---@return table class
function M.class(provider, options)
  local class = { __name = provider.name .. "." .. options.name,
    operations = options,
    is_collection = options.get ~= nil }

  ---@param session mkrun.rest.Session
  ---@param at? table<string, string>
  function class.new(session, at)
    return setmetatable({ session = session, at = at or {} }, class)
  end
  guarded(class, provider.arguments[options.name] or {})

  --- Sends an operation.
  ---@param key string   "teams.get"
  ---@param path? table<string, string>   path parameters, added to `at`
  ---@param body? table
  ---@param call_options? mkrun.rest.CallOptions
  ---@return any document
  ---@return integer status
  function class:call(key, path, body, call_options)
    local call = merged(call_options, { body = body })
    call.path = merged(self.at, path)
    return self.session:call(key, call)
  end

  if options.list then add_list(class, options.list) end
  if options.get then add_get(class, options.get, options.parameter) end
  options.find = class.find -- common method; some classes replace `find`
  return class
end

return M
