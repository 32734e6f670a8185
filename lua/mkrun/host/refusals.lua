--- Passes the error messages of a refused run to a listener.  `mkrun.report`
--- sets a listener, because `script.refuse` ends the run by `os.exit`, which
--- calls no `__close`.
-- SPDX-License-Identifier: MIT

local M = {}

local listener

--- Sets the listener: the function that gets the messages.  The new listener
--- replaces an earlier listener.
---@param tell fun(messages: string[])
function M.listen(tell) listener = tell end

--- Calls the listener.  `script.refuse` calls this function.
---@param messages string[]
function M.tell(messages)
  if listener then listener(messages) end
end

return M
