--- Notes that the script has printed its help, so that a dry run prints no plan
--- below it.  `mkrun.script` notes it, `mkrun.plan` asks.
-- SPDX-License-Identifier: MIT

local M = {}

local is_shown = false

--- Notes that the help was printed.
function M.note() is_shown = true end

--- Returns true if the help was printed.
---@return boolean
function M.is_shown() return is_shown end

return M
