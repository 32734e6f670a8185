--- The option that may stand before a word of `@needs`.  The word counts only
--- if the option is given: `--prune=teams:api:teams.delete`.
--- `mkrun.host.needs` calls this module.
-- SPDX-License-Identifier: MIT

local near = require "mkrun.closest_name"

local M = {}

--- Splits what stands before a word: "--prune=teams:read:SPEC" into "--prune",
--- "teams" and "read:SPEC".
---@param text string
---@return string? option  nil if the word has none
---@return string? case    what must be in the option's value
---@return string word
function M.split(text)
  local option, word = text:match "^(%-%-[^:=]+):(.+)$"
  if option then return option, nil, word end
  local case
  option, case, word = text:match "^(%-%-[^:=]+)=([^:]+):(.+)$"
  return option, case, word or text
end

--- Returns the option of this name, or nil and the names of all options.
local function option_of(header, name)
  local names = {}
  for _, argument in ipairs(header.args) do
    if argument.option and argument.name == name then return argument end
    names[#names + 1] = argument.option and argument.name or nil
  end
  return nil, names
end

--- Returns what is wrong with the option before a word, or nil.
---@param header mkrun.Header
---@param need mkrun.Need
---@return string?
function M.fault(header, need)
  if not need.option then
    return need.text:find "^%-"
      and "--OPTION:WORD or --OPTION=VALUE:WORD expected" or nil
  end
  local argument, names = option_of(header, need.option)
  if not argument then
    local meant = near.find(need.option, names)[1]
    return ("the script has no option %s%s"):format(need.option,
      meant and (", did you mean '%s'?"):format(meant) or "")
  elseif need.case and not argument.value then
    return ("the option %s has no value"):format(need.option)
  end
end

--- Returns the key of an option in `options`: "dry_run" for "--dry-run".
---@param option string
---@return string
function M.key(option)
  return (option:gsub("^%-+", ""):gsub("%-", "_"))
end

--- Returns true if a list with commas has this element.
local function has_element(list, element)
  return ("," .. list .. ","):find("," .. element .. ",", 1, true) ~= nil
end

--- Returns true if a need counts: its option, if it has one, is given.
---@param need mkrun.Need
---@param options? table   the options of the command line; nil if it is wrong
---@return boolean
function M.holds(need, options)
  if not need.option then return true end
  local found = options and options[M.key(need.option)]
  if found == nil or not need.case then return found ~= nil end
  for _, list in ipairs(type(found) == "table" and found or { found }) do
    if has_element(list, need.case) then return true end
  end
  return false
end

--- Returns the text of a condition for the help: "with --prune=teams: ".
---@param need mkrun.Need
---@return string   empty if the word always counts
function M.told(need)
  if not need.option then return "" end
  return ("with %s%s: "):format(need.option,
    need.case and "=" .. need.case or "")
end

return M
