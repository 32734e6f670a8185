--- Connects a script to a declared provider.
-- SPDX-License-Identifier: MIT

local colon = require "mkrun.host.colon"
local config = require "mkrun.config"
local entry = require "mkrun.rest.entry"
local errors = require "mkrun.rest.error"
local ids = require "mkrun.rest.generic.ids"
local near = require "mkrun.closest_name"
local pages = require "mkrun.rest.generic.pages"
local resources = require "mkrun.rest.generic.resource"
local secret = require "mkrun.secret"
local session = require "mkrun.rest.session"
local value = require "mkrun.value"

local TYPES <const> = { base_url = "string", token = true, timeout = "number",
  http = "table" }

local function bad(text, ...)
  error(("bad argument #1 to 'connect' (%s)"):format(text:format(...)), 4)
end

local function check(provider, options)
  if options == provider then
    error(("bad call of 'connect' (it needs a dot: %s.connect(...))")
      :format(provider.name), 3)
  elseif type(options) ~= "table" then
    bad("table expected, got %s", type(options))
  end
  for name, option in pairs(options) do
    if not TYPES[name] then
      local meant = near.find(tostring(name), value.names(TYPES))[1]
      bad("unknown option '%s'%s", tostring(name),
        meant and (", did you mean '%s'?"):format(meant) or "")
    elseif TYPES[name] ~= true and type(option) ~= TYPES[name] then
      bad("option '%s': %s expected, got %s", name, TYPES[name], type(option))
    end
  end
end

--- Returns the token, or nil if none is sent.
local function token_of(provider, options)
  if provider.auth == "none" then return nil end
  local token = options.token or (config.tokens or {})[provider.name]
  if type(token) == "string" then
    token = secret.new(token, "token of " .. provider.name)
  end
  if token or options.http then return token end
  if config.sandbox or config.replay then
    return secret.new("sandbox:sandbox", "none")
  end
  error(errors.new { code = "token",
    detail = ("there is no token of %s to send"):format(provider.name),
    hint = require "mkrun.rest.given".hint(provider.name), exit_code = 2 }, 0)
end

--- The options of `call`, and their types.
local CALL <const> = { path = "any", query = "table", body = "any",
  absent = "boolean" }

--- Returns the path parameters of a `call`: a table, or a text where the path
--- has one.
local function path_of(operation, given)
  local names = operation.parameters
  if given == nil and #names == 0 then return {} end
  local ok, at = pcall(ids.read, 2, "call", names, given)
  if ok then return at end
  if type(at) ~= "table" then error(at, 0) end
  error((at.bad_argument:gsub("%((.*)%)$", "(option 'path': %1)")), 4)
end

local function check_key(provider, key)
  local known = provider.operations.by_key
  if known[key] then return end
  local meant = near.find(tostring(key), value.names(known))[1]
  error(("bad argument #1 to 'call' (provider '%s' declares no '%s'%s)")
    :format(provider.name, tostring(key),
      meant and (", did you mean '%s'?"):format(meant) or ""), 4)
end

local function check_options(options)
  local function refuse(text, ...)
    error(("bad argument #2 to 'call' (%s)"):format(text:format(...)), 5)
  end
  if type(options) ~= "table" then
    refuse("table expected, got %s", type(options))
  end
  for name, option in pairs(options) do
    local kind = CALL[name]
    if not kind then
      refuse("unknown option '%s'", tostring(name))
    elseif kind ~= "any" and type(option) ~= kind then
      refuse("option '%s': %s expected, got %s", name, kind, type(option))
    end
  end
end

--- Checks the arguments of `call`.  Returns the options with the parameters of
--- the path as texts.
local function check_call(provider, key, options)
  options = options or {}
  check_key(provider, key)
  check_options(options)
  return { path = path_of(provider.operations.by_key[key], options.path),
    query = options.query, body = options.body, absent = options.absent }
end

local function make(provider, connection)
  local class = { __name = provider.name .. "." .. provider.name }
  local methods = {}
  class.__index = methods

  --- Sends an operation by its key.
  ---@param key string   "queues.purge"
  ---@param options? {path: table|string|nil, query: table?, body: any,
  ---  absent: boolean?}
  ---@return any document
  ---@return integer status
  function methods:call(key, options)
    if getmetatable(self) ~= class then colon.refuse(class, "call", 2) end
    local checked = check_call(provider, key, options)
    pages.before(connection, provider.operations.by_key[key])
    return connection:call(key, checked)
  end

  local connected = { session = connection, client = connection.client,
    provider = provider }
  for name, facts in pairs(provider.resources) do
    connected[name] = resources.new(connection, facts)
  end
  return setmetatable(connected, class)
end

local M = {}

--- Connects to a provider.  Sends no request.  Raises if an option is wrong or
--- there is no token.
---@param provider mkrun.rest.DeclaredProvider
---@param options? mkrun.rest.ConnectOptions
---@return mkrun.rest.Api
function M.connect(provider, options)
  options = options or {}
  check(provider, options)
  local token = token_of(provider, options)
  local added = entry.add(provider, { base_url = options.base_url,
    token = token })
  return make(provider, session.new {
    provider = provider, base = added.base_url, token = token,
    token_as = provider.token_as, timeout = options.timeout,
    http = options.http,
  })
end

return M
