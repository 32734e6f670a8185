--- Returns the scripts by which shells complete the command lines of mkrun.
--- The flow `completion` calls this module.
-- SPDX-License-Identifier: MIT

local near = require "mkrun.closest_name"
local sys = require "mkrun.sys"

local M = {}

local SHELLS <const> = { "bash", "zsh", "fish" }

--- Returns the script for a shell.
---@param shell string  "bash", "zsh" or "fish"
---@return string? script  nil if there is none for this shell
---@return string? message
function M.script(shell)
  for _, name in ipairs(SHELLS) do
    if name == shell then return (sys.builtin("completion/" .. shell)) end
  end
  local meant = near.find(shell, SHELLS)[1]
  return nil, ("completion: bash, zsh or fish expected, got '%s'%s"):format(
    shell, meant and (", did you mean '%s'?"):format(meant) or "")
end

return M
