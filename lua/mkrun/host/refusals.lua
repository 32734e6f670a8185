--- Who is told when a run is refused: it ends by `os.exit`, and closes nothing.
-- SPDX-License-Identifier: MIT

local M = {}

local listener

--- Call `tell` with the messages of a refusal; the last one to ask is told.
---@param tell fun(messages: string[])
function M.listen(tell) listener = tell end

--- A run is refused.
---@param messages string[]
function M.tell(messages)
  if listener then listener(messages) end
end

return M
