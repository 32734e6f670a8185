--- What the resources have in common: list, each, get and find.
-- SPDX-License-Identifier: MIT

local list = require "mkrun.rest.list"
local signature = require "mkrun.rest.signature"

---@class mkrun.rest.Resource
---@field session mkrun.rest.Session
---@field at table<string, string>  path parameters that all calls share
---@field call fun(self: mkrun.rest.Resource, key: string, path?: table,
---  body?: table, options?: mkrun.rest.CallOptions): any, integer

---@class mkrun.rest.CallOptions
---@field absent? boolean   404 is an answer, too: nil
---@field accept? string    media types, when the answer is not JSON: a text
---@field needs? string     the part of the answer that is worked with, as
---                         the provider's `answers` has it
---@field unread? boolean   that it was done is enough, whatever the answer says

local M = {}

local function merged(a, b)
  local all = {}
  for name, item in pairs(a or {}) do all[name] = item end
  for name, item in pairs(b or {}) do all[name] = item end
  return all
end

local function add_list(class, key)
  --- Iterate; the pages are read as they are needed.
  function class:each(options)
    return list.each(self.session, key, merged({ path = self.at }, options))
  end

  --- All of them, in the API's order.
  function class:list(options)
    return list.all(self.session, key, merged({ path = self.at }, options))
  end
end

local function add_get(class, key, parameter)
  --- One of them; raises when it is not there.
  function class:get(name)
    return self:call(key, { [parameter] = name })
  end

  --- One of them, or nil.
  function class:find(name)
    return (self:call(key, { [parameter] = name }, nil, { absent = true }))
  end
end

--- A table whose functions get their checks when they are put in, each time.
local function guarded(class, arguments)
  local methods = {}
  class.__index = methods
  return setmetatable(class, { __index = methods,
    __newindex = function(_, name, method)
      methods[name] = signature.guarded(class, name, method, arguments)
    end })
end

--- A class of resources.  `options.list` and `options.get` are operations,
--- `options.parameter` is what names one of them in a path.
---@param provider {name: string, arguments: table}   see `mkrun.rest.provider`
---@param options {name: string, list: string?, get: string?,
---  parameter: string?}
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

  --- Send an operation; `path` adds to the parameters that are shared.
  ---@param key string
  ---@param path? table<string, string>
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
  options.find = class.find -- the common one: some classes have their own
  return class
end

return M
