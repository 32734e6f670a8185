--- Checks the command of `--exec`.  The flows `token` and `rotate_tokens` call
--- this module before they create a token for the command.
-- SPDX-License-Identifier: MIT

local commands = require "mkrun.host.command"
local config = require "mkrun.config"

local errors = require "mkrun.rest.error"

local M = {}

--- Ends the run with an error if the shell could not run the command.
---@param command string  the value of `--exec`
function M.check(command)
  local fault = not config.replay and commands.fault(command)
  if fault then errors.refuse("exec", fault, "nothing was done") end
end

return M
