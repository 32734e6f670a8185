--- Passes the messages of a refused run to a listener.  `script.refuse` ends
--- the run by `os.exit`, which runs no `__close`.  So `mkrun.report` listens
--- here.
-- SPDX-License-Identifier: MIT

local M = {}

local listener

--- Sets the function that gets the messages.  It replaces an earlier one.
---@param tell fun(messages: string[])
function M.listen(tell) listener = tell end

--- Calls the listener.  `script.refuse` calls this.
---@param messages string[]
function M.tell(messages)
  if listener then listener(messages) end
end

return M
