--- Passes on which items of lists a run rests on, because it compared them and
--- found nothing to change.  `mkrun.rest.basis` tells; `mkrun.layer.plan`
--- listens.
-- SPDX-License-Identifier: MIT

local M = {}

local listener

--- Sets the listener: the function that gets the URL of each item.
---@param note fun(url: string, ...: string)
function M.listen(note) listener = note end

--- Calls the listener, if there is one.
---@param url string   of the item
---@param ... string   JSON Pointers of what was compared (default: all of it)
function M.note(url, ...)
  if listener then listener(url, ...) end
end

return M
