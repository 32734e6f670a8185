--- Checks the arguments of a script whose first argument is an action.  Each
--- action has its own `@usage` line in the script's header.  An action accepts
--- only the arguments in its `@usage` line.  The flow `token` calls this
--- module.
---
---     @usage  mkrun token [list] [--within DAYS]
---     @usage  mkrun token revoke DESCRIPTION [--yes]
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"

local near = require "mkrun.closest_name"
local script = require "mkrun.script"

local M = {}

--- Returns a table that maps each action to the text after the action in its
--- `@usage` line.
local function lines_by_action(header)
  local lines = {}
  for _, usage in ipairs(header.usage) do
    local action, rest = usage:match "^%S+%s+%S+%s+%[?(%l[%l-]*)%]?(.*)$"
    if action then lines[action] = rest end
  end
  return lines
end

local function takes(line, option)
  local name = "%-%-" .. option:gsub("_", "%%-")
  return (line .. " "):find("[^%w-]" .. name .. "%f[^%w-]") ~= nil
end

local function no_action(action, lines)
  local names = {}
  for name in pairs(lines) do names[#names + 1] = name end
  local meant = near.find(action, names)[1]
  local text = ("there is no action '%s'"):format(action)
  return meant and ("%s, did you mean '%s'?"):format(text, meant) or text
end

--- Checks the arguments of an action.  Returns an error message, or nil if the
--- arguments are right.
---@param header mkrun.Header
---@param options table<string, any>  the first result of `script.arguments`
---@param action string     the script's first argument
---@param operand? string   the argument after the action
---@return string? fault    "argument DESCRIPTION is missing"
function M.fault(header, options, action, operand)
  local line = lines_by_action(header)[action]
  if not line then return no_action(action, lines_by_action(header)) end
  local wanted = line:match "^%s+%[?(%u[%u-]*)"
  local required = line:find "^%s+%u"
  if required and not operand then
    return ("argument %s is missing"):format(wanted)
  elseif required and operand == "" then
    return ("argument %s is empty"):format(wanted)
  elseif operand and not wanted then
    return ("unexpected argument '%s'"):format(operand)
  end
  for option in pairs(options) do
    if not takes(line, option) then
      return ("option '--%s' is not for '%s'")
        :format((option:gsub("_", "-")), action)
    end
  end
end

--- Checks the arguments of the running script.  If an argument is wrong, prints
--- an error message and the usage lines, and ends the run.
---@param options table<string, any>  the first result of `script.arguments`
---@param action string     the script's first argument
---@param operand? string   the argument after the action
function M.check(options, action, operand)
  local header = script.header(config.script.source)
  local fault = M.fault(header, options, action, operand)
  if fault then script.usage(fault) end
end

return M
