--- Makes a provider of any REST API from a table: `rest.provider { ... }`.  The
--- page `mkrun help provider` explains the table.
-- SPDX-License-Identifier: MIT

local parts = require "mkrun.rest.provider"

local M = { Error = require "mkrun.rest.error" }

--- Makes a provider, and tells this run of it.  A library that has the parts of
--- its provider itself, such as a schema, gives them in place of a declaration:
--- see `mkrun.rest.provider`.  The host adds such a provider to those of the
--- run.
---@param declared mkrun.rest.Declaration
---@return mkrun.rest.DeclaredProvider
function M.provider(declared)
  if parts.are_in(declared) then return parts.new(declared) end
  local provider = require "mkrun.rest.declare".provider(declared)
  provider.declared = declared -- `mkrun.host.world.providers` copies it
  require "mkrun.rest.entry".add(provider)

  --- Connects a script to this provider.
  ---@param options? mkrun.rest.ConnectOptions
  ---@return mkrun.rest.Api
  function provider.connect(options)
    return require "mkrun.rest.generic.connect".connect(provider, options)
  end
  return provider
end

return M
