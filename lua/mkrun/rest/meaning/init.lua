--- Tells what a request of a declared provider means: what it changes, where
--- that shows afterwards, and what undoes it.  Pure functions: no request is
--- sent.  Plans, journals and `undo` call this module.
-- SPDX-License-Identifier: MIT

local holds = require "mkrun.rest.meaning.holds"
local ids = require "mkrun.rest.meaning.id"
local request = require "mkrun.rest.meaning.request"

local M = {
  of = request.of, items = request.items, path = request.path,
  member = request.member, at_of = request.at_of, item = request.item,
  created = request.created, text = ids.text, is_named = holds.is_named,
}

--- Returns what undoes a write of a journal.
---@param provider mkrun.rest.DeclaredProvider
---@param write {method: string, path: string, body: any, before: any,
---  created: {id: string?}?, status: integer?}   without secrets
---@return {method: string, path: string, body: any, what: string,
---  lost: string?}?   nil if it cannot be undone
---@return string? reason
function M.undo(provider, write)
  return require "mkrun.rest.meaning.undo".of(provider, write)
end

return M
