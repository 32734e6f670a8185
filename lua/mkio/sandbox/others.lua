--- Answers the requests to further providers in a sandbox, and keeps what they
--- have in the state: providers -> name -> path -> document.  `mkio.sandbox`
--- calls this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local M = {}

--- Returns the documents of a provider in the state, or nil.
local function kept_of(world, name)
  local all = world.state.providers
  return all and all[name]
end

--- Saves a document of a provider.
local function keep(world, name, path, document)
  if document == nil then document = json.null end
  local ok, message, code = world:keep { at = world:now(),
    drawn = json.array(world.drawn), provider = name, path = path,
    document = document }
  if ok then return true end
  return world:fail(message, code)
end

--- Makes the sandbox of a provider.  What a recording shows of it has no line
--- in the log, so the next write saves the whole state.
local function open(world, entry)
  local transport, kept = require "mkrun.rest.overlay.sandbox".new(entry, {
    kept = kept_of(world, entry.name), recorded = world.state.recorded,
    id = function() return world:draw(world.new_id) end,
    keep = function(...) return keep(world, entry.name, ...) end,
  })
  if not kept_of(world, entry.name) then world:touch() end
  world.state.providers = world.state.providers or json.object {}
  world.state.providers[entry.name] = kept
  return transport
end

--- Answers a request to a provider.
---@param world mkio.model.World
---@param entry mkrun.ProviderEntry
---@param request table
---@return table? response
---@return string? message
---@return string? code
function M.answer(world, entry, request)
  world.others = world.others or {}
  local key = entry.name .. " " .. entry.base_url
  world.others[key] = world.others[key] or open(world, entry)
  if world.failed then return nil, world.failed.message, world.failed.code end
  world:begin()
  local response, message, code = world.others[key](request)
  world:finish()
  return response, message, code
end

return M
