--- Remembers the format that a flow's own option `--output` names.  In a dry
--- run the flow reports nothing, so `mkrun.plan` prints the plan in this
--- format, unless mkrun's option `--output` names one.  `mkrun.output` tells.
-- SPDX-License-Identifier: MIT

local M = {}

local noted

--- Notes the format.
---@param name string
function M.note(name) noted = name end

--- Returns the format, or nil.
---@return string?
function M.noted() return noted end

return M
