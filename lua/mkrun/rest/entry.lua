--- Tells this run of a declared provider: where it is, and what the layers have
--- to know of it.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local providers = require "mkrun.providers"
local subject = require "mkrun.rest.subject"

local M = {}

--- Predicts what a plan's writes do.
local MODEL <const> = {
  new = function(options) return require "mkrun.rest.overlay".new(options) end,
}

local function named(settings, name) return settings and settings[name] end

--- Adds a provider to those of this run.  Raises if its name is that of the
--- provider which mkrun brings along.
---@param provider mkrun.rest.DeclaredProvider
---@param options? {base_url: string?, token: mkrun.Secret?}   as for `connect`
---@return mkrun.ProviderEntry
function M.add(provider, options)
  options = options or {}
  if provider.name == config.provider().name then
    error(("rest.provider: 'name': '%s' is the provider that mkrun has itself")
      :format(provider.name), 0)
  end
  return providers.add {
    name = provider.name, provider = provider, rates = provider.rates,
    base_url = options.base_url or named(config.base_urls, provider.name)
      or provider.base_url,
    token = options.token or named(config.tokens, provider.name),
    token_as = provider.token_as, model = MODEL,
    subject = subject.new(provider),
  }
end

--- Makes a provider from its declaration and adds it.  A confined script
--- declares its provider in a world of its own, and the host calls this.
---@param declared mkrun.rest.Declaration
---@param options? {base_url: string?, token: mkrun.Secret?}
---@return mkrun.ProviderEntry
function M.declare(declared, options)
  return M.add(require "mkrun.rest.declare".provider(declared), options)
end

return M
