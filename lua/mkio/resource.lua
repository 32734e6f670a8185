--- What the resources have in common: list, each, get and find.
-- SPDX-License-Identifier: MIT

local errors = require "mkio.error"
local list = require "mkio.list"
local signature = require "mkio.signature"

---@class mkio.Resource
---@field session mkio.Session
---@field at table<string, string>  path parameters that all calls share

local M = {}

local ABSENT <const> = { [404] = true }

local function add_list(class, key)
  --- Iterate; the pages are read as they are needed.
  function class:each(options)
    local merged = { path = self.at }
    for name, option in pairs(options or {}) do merged[name] = option end
    return list.each(self.session, key, merged)
  end

  --- All of them, in the API's order.
  function class:list(options)
    local items = {}
    for item in self:each(options) do items[#items + 1] = item end
    return items
  end
end

local function add_get(class, key, parameter)
  --- One of them; raises when it is not there.
  function class:get(name)
    return self:call(key, { [parameter] = name })
  end

  --- One of them, or nil.
  function class:find(name)
    return errors.unless(ABSENT, self.get, self, name)
  end
end

--- Gives the methods that a class gets their checks.
local guard = { __newindex = function(class, name, method)
  rawset(class, name, signature.guarded(class, name, method))
end }

--- A class of resources.  `options.list` and `options.get` are operations,
--- `options.parameter` is what names one of them in a path.
---@param options {name: string, list: string?, get: string?,
---  parameter: string?}
function M.class(options)
  local class = { __name = "mkio." .. options.name,
    is_collection = options.get ~= nil }
  class.__index = class

  ---@param session mkio.Session
  ---@param at? table<string, string>
  function class.new(session, at)
    return setmetatable({ session = session, at = at or {} }, class)
  end
  setmetatable(class, guard)

  --- Send an operation; `path` adds to the parameters that are shared.
  function class:call(key, path, body)
    local parameters = {}
    for name, part in pairs(self.at) do parameters[name] = part end
    for name, part in pairs(path or {}) do parameters[name] = part end
    return self.session:call(key, { path = parameters, body = body })
  end

  if options.list then add_list(class, options.list) end
  if options.get then add_get(class, options.get, options.parameter) end
  return class
end

return M
