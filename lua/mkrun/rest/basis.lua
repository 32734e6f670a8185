--- Tells a dry run what an `ensure` compared without a read of its own: an item
--- of a list that the caller has read.  `--apply` then looks whether that item
--- is as it was.  The resources call this module.
-- SPDX-License-Identifier: MIT

local basis = require "mkrun.plan.basis"

local M = {}

--- Notes that the run rests on one thing.
---@param resource mkrun.rest.Resource
---@param key string   the operation that reads the thing: "teams.get"
---@param parameter string   the path parameter that names it
---@param name string
---@param ... string   JSON Pointers of what it compared (default: all of it)
function M.note(resource, key, parameter, name, ...)
  local session = resource.session
  local operations, path = session.provider.operations, {}
  for other, text in pairs(resource.at) do path[other] = text end
  path[parameter] = name
  basis.note(session.base
    .. operations.expand(operations.by_key[key].path, path), ...)
end

--- Notes that the run rests on which things are in a list.
---@param resource mkrun.rest.Resource
---@param key string   the operation that reads the list: "teams.list"
function M.note_list(resource, key)
  local session = resource.session
  local operations = session.provider.operations
  basis.note(session.base
    .. operations.expand(operations.by_key[key].path, resource.at))
end

return M
