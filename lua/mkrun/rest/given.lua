--- Says how to give the token that a provider lacks, and under which other name
--- the user gave one.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local near = require "mkrun.closest_name"
local providers = require "mkrun.providers"

local M = {}

--- Returns a token's option or variable, as the user wrote it.
local function written(named, own)
  if named.variable then return named.variable .. named.name:upper() end
  return named.name == own and "--token-file FILE"
    or ("--token-file %s=FILE"):format(named.name)
end

--- Returns the token that was probably meant for a provider: one whose name is
--- near, or one of an option whose name no provider of the run has so far.
local function meant_for(name, own)
  local found
  for _, named in ipairs(config.named or {}) do
    local is_other = named.option == "token-file" and named.name ~= name
      and (named.name == own or not providers.by_name(named.name))
    local is_near = is_other and near.find(named.name, { name })[1] ~= nil
    if is_near then return named end
    if is_other and not named.variable then found = found or named end
  end
  return found
end

--- Returns the start of a hint: the token that was probably meant, or "".
---@param name string   name of the provider that lacks a token
---@return string
function M.other(name)
  local own = config.provider().name
  local named = meant_for(name, own)
  return named and ("%s is the token of '%s'; "):format(written(named, own),
    named.name) or ""
end

--- Returns the hint of an error about a missing token.
---@param name string   name of the provider
---@return string
function M.hint(name)
  return ("%sset MKRUN_TOKEN_%s or use --token-file %s=FILE"):format(
    M.other(name), name:upper(), name)
end

return M
