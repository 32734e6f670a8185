--- Connects a script to the MK.IO Management API: `local org = require
--- "mkio".connect {}`.
---
--- Each method returns the API's answer, or raises `mkio.Error`.  A method
--- `find` returns nil if the object does not exist.  A method `ensure` returns
--- three values: the object, then "unchanged", "created" or "changed", then a
--- list of the changes.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local config = require "mkrun.config"
local script = require "mkrun.script"
local secret = require "mkrun.secret"

local errors = require "mkrun.rest.error"
local near = require "mkrun.closest_name"
local provider = require "mkio.provider"
local organization = require "mkio.resource.organization"
local service = require "mkio.resource.service"
local session = require "mkrun.rest.session"
local token_facts = require "mkio.token_facts"
local value = require "mkrun.value"

local M = { Error = errors }

---@class mkio.ConnectOptions
---@field base_url? string   URL of the API (default: --base-url, MKIO_BASE_URL)
---@field token? mkrun.Secret  default: --token-file, MKIO_TOKEN
---@field project? string    project of `org:project()` (default: MKIO_PROJECT)
---@field timeout? number    the time limit of a request in seconds
---@field http? table        a replacement for `mkrun.http`

--- What `require "mkrun.test".connect` returns.
---@alias mkrun.test.Connected mkio.Organization

local types = {
  base_url = "string", token = true, project = "string", timeout = "number",
  http = "table",
}

local function bad_argument(fname, text, ...)
  error(("bad argument #1 to '%s' (%s)"):format(fname, text:format(...)), 4)
end

local function check_options(fname, options)
  if options == M then
    error(("bad call of '%s' (it needs a dot: mkio.%s(...))"):format(fname,
      fname), 3)
  end
  if type(options) ~= "table" then
    bad_argument(fname, "table expected, got %s", type(options))
  end
  for name, option in pairs(options) do
    if not types[name] then
      local meant = near.find(tostring(name), value.names(types))[1]
      bad_argument(fname, "unknown option '%s'%s", tostring(name),
        meant and (", did you mean '%s'?"):format(meant) or "")
    elseif types[name] ~= true and type(option) ~= types[name] then
      bad_argument(fname, "option '%s': %s expected, got %s", name,
        types[name], type(option))
    end
  end
end

--- Returns the sandbox's token, for a run without MKIO_TOKEN or --token-file.
--- The sandbox makes the token when `mkrun.http` is loaded.
local function sandbox_token()
  require "mkrun.http"
  return config.login
end

local function token_of(options)
  local token = options.token or config.token
  if type(token) == "string" then token = secret.new(token, "token") end
  if token or options.http then return token end
  token = config.sandbox and sandbox_token()
    or config.replay and secret.new("replay", "none")
  if not token then
    error(errors.new { code = "token", detail = "there is no token to send",
      hint = require "mkrun.rest.given".other "mkio"
        .. "set MKIO_TOKEN or use --token-file", exit_code = 2 }, 0)
  end
  return token
end

local is_warned = false

--- Warns once if the token has expired.  The run goes on, because only the
--- server's clock decides, and nobody knows that before its first answer.
local function warn_expired(token)
  local expired = not is_warned and not config.sandbox and not config.replay
    and token_facts.expired(token)
  if not expired then return end
  is_warned = true
  script.say(("mkrun: warning: %s%s"):format(expired,
    clock.ahead() and "" or ", by this machine's clock"))
end

local function open(options, token)
  local base = options.base_url or config.base_url
  return session.new {
    provider = provider, base = (base:gsub("/+$", "")), token = token,
    timeout = options.timeout, http = options.http,
  }
end

--- Returns the organization that the token belongs to.  Sends no request.
--- Raises an error if an option is wrong or there is no token.
---@param options? mkio.ConnectOptions
---@return mkio.Organization
function M.connect(options)
  options = options or {}
  check_options("connect", options)
  local token = token_of(options)
  if not options.http then warn_expired(token) end
  return organization.new(open(options, token),
    options.project or config.project)
end

--- Returns the part of the API that needs no token.  Its requests contain no
--- token.
---@param options? mkio.ConnectOptions
---@return mkio.Service
function M.service(options)
  options = options or {}
  check_options("service", options)
  return service.new(open(options))
end

return M
