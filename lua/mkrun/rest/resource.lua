--- Makes classes of resources with the common methods list, each, get and find.
--- A provider calls it for each class.
-- SPDX-License-Identifier: MIT

local ensure_all = require "mkrun.rest.ensure_all"
local list = require "mkrun.rest.list"
local signature = require "mkrun.rest.signature"
local value = require "mkrun.value"

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

---@class mkrun.rest.EnsureOptions
---@field have? table        the resource, from a list that the caller has just
---  read; nil: `ensure` reads it
---@field before? fun()      called right before the first write; it may wait,
---  or raise

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

local function add_index(class, key)
  --- Maps each name to its item of a list.  It leaves out an item that lacks
  --- what a single read has to tell, so that `ensure` reads that resource.
  ---@param items table[]
  ---@return table<string, table>
  function class:index(items)
    local provider, map = self.session.provider, {}
    local operation = provider.operations.by_key[key]
    for _, item in ipairs(items) do
      local name = value.dig(item, table.unpack(provider.item.name))
      if name and provider.answers.check(operation, item) then
        map[name] = item
      end
    end
    return map
  end
end

local function name_of_wish(wish) return wish.name end

--- Splits a wish of `ensure_all` into its name and the wish for `ensure`.
local function split(wish)
  local want = merged(wish)
  want.name = nil
  return wish.name, want
end

local function add_ensure_all(class)
  --- Ensures many resources side by side.  It reads one list, unless `have` is
  --- given.  The results are in the order of the wishes; a failure does not
  --- lose the other results.
  ---@param wishes table[]   as for `ensure`, with `name`
  ---@param options? mkrun.rest.EnsureAllOptions  and `have`: a list of these
  ---  resources that the caller has just read
  ---@return mkrun.rest.Ensured[]
  function class:ensure_all(wishes, options)
    options = options or {}
    ensure_all.check_names(wishes, name_of_wish)
    local have = self:index(options.have or self:list { needs = "names" })
    local own = merged(options)
    own.told, own.limit, own.have = nil, nil, nil
    return ensure_all.run(wishes, function(wish)
      local name, want = split(wish)
      return self:ensure(name, want, merged(own, { have = have[name] }))
    end, options)
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
---  parameter: string?, many: boolean?}   `list` and `get` are keys of
---  operations; `parameter` is the path parameter that names one resource;
---  `many` adds `ensure_all`
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
  if options.many then
    add_index(class, options.get)
    add_ensure_all(class)
  end
  options.find = class.find -- common method; some classes replace `find`
  return class
end

return M
