--- Reads what a script needs: the words of `@needs` in its header, and the
--- options --allow-... of the command line.  `mkrun.host.confine` and the help
--- call this module.
---
---     @needs  api:write, read:SPEC, write:./out, run:pass, env:DESK_*, token
---
--- A value in capitals that is the name of an argument stands for what the
--- argument is on the command line.
---
--- A word may have an option of the script before it, and counts only if the
--- option is given: `--prune:api:write`.  `--prune=teams:api:teams.delete`
--- counts if its value is `teams` or a list with commas that has `teams` in it.
-- SPDX-License-Identifier: MIT

local arguments = require "mkrun.host.arguments"
local condition = require "mkrun.host.need_condition"
local near = require "mkrun.closest_name"

local M = {}

---@class mkrun.Need
---@field kind string     one of `KINDS`
---@field value? string   what follows the colon; nil for "token"
---@field text string     the word: "read:SPEC"
---@field option? string   the option that must be given: "--prune"
---@field case? string     what must be in the value of the option: "teams"
---@field word string     the word without its option
---@field arguments mkrun.Argument[]  the arguments that `value` names; empty if
---  it names none

--- All kinds, in the order of the help.
M.KINDS = { "api", "read", "write", "files-in", "run", "env", "net",
  "providers-in", "token" }

local is_kind = {}
for _, kind in ipairs(M.KINDS) do is_kind[kind] = true end

--- Returns true if the header of the script grants nothing by itself.
---@param settings mkrun.Config
---@return boolean
function M.is_strict(settings)
  local script = settings.script
  return not script.is_flow
    and (settings.confine or script.doubt) and true or false
end

--- Returns the arguments with this name: "FILE" is also the value of
--- "--file FILE".
local function arguments_of(header, name)
  local found = {}
  for _, argument in ipairs(header.args) do
    local own = argument.name
    if argument.option then own = argument.value end
    if own == name then found[#found + 1] = argument end
  end
  return found
end

local function names_of(header)
  local names = {}
  for _, argument in ipairs(header.args) do
    names[#names + 1] = argument.option and argument.value or argument.name
  end
  return names
end

local function hint(word, names)
  local meant = near.find(word, names)[1]
  return meant and (", did you mean '%s'?"):format(meant) or ""
end

--- Returns what is wrong with the value of "api:VALUE", or nil.
local function operation_fault(value, library)
  if value == "read" or value == "write" or not library then return nil end
  local known = library()
  if known.is_operation(value) then return nil end
  local resource = value:match "^(.*)[.:]ensure$"
  if resource then
    return ("an 'ensure' sends several operations: name those of '%s', such "
      .. "as '%s.put' and '%s.patch'"):format(resource, resource, resource)
  end
  local names = known.operations()
  table.move({ "read", "write" }, 1, 2, #names + 1, names)
  local meant = hint(value, names)
  return ("the API has no operation '%s'%s"):format(value, meant ~= "" and meant
    or "; 'read', 'write' or an operation such as 'teams.patch' expected")
end

--- Returns what is wrong with a need whose value should name an argument, or
--- nil.  A variable's name is in capitals as well.
local function argument_fault(header, need)
  local is_name = need.kind == "files-in" or need.kind == "providers-in"
    or need.kind ~= "env" and need.value:find "^%u[%u%d_-]*$"
  if not is_name or need.arguments[1] then return nil end
  local meant = hint(need.value, names_of(header))
  if meant == "" and (need.kind == "read" or need.kind == "write") then
    meant = ("; a file of that name is ./%s"):format(need.value)
  end
  return ("the script has no argument %s%s"):format(need.value, meant)
end

--- Returns what is wrong with a value that names no argument, or nil.
---@param kind string
---@param value string
---@return string?
function M.value_fault(kind, value)
  if kind == "net" then
    local is_host = value:find "^[%w.-]+$" or value:find "^[%w.-]+:%d+$"
      or value:find "^%[[%x:.]+%]$" or value:find "^%[[%x:.]+%]:%d+$"
    local port = tonumber(value:match ":(%d+)$" or 1)
    return not (is_host and port >= 1 and port <= 65535)
      and "HOST or HOST:PORT expected" or nil
  elseif (kind == "read" or kind == "write")
    and (value:find "[*?]" or value:find "^[~$]") then
    return "a file or a folder expected; only a shell knows ~, $ and *"
  end
end

--- Returns what is wrong with a need, or nil.
local function fault_of(header, need, library)
  local fault = condition.fault(header, need)
  if fault then
    return fault
  elseif not is_kind[need.kind] then
    return "unknown word" .. hint(need.kind, M.KINDS)
  elseif need.kind == "token" then
    return need.word ~= "token" and "'token' alone expected" or nil
  elseif not need.value then
    return "a value expected after the colon"
  elseif need.kind == "api" then
    return operation_fault(need.value, library)
  end
  return argument_fault(header, need)
    or not need.arguments[1] and M.value_fault(need.kind, need.value) or nil
end

--- Splits a word: "read:SPEC" into "read" and "SPEC".
local function new_need(header, text)
  local option, case, word = condition.split(text)
  local kind, value = word:match "^([^:]*):(.+)$"
  kind = kind or word:match "^[^:]*"
  return { kind = kind, value = value, text = text, word = word,
    option = option, case = case,
    arguments = value and kind ~= "env" and arguments_of(header, value) or {} }
end

--- Parses the words of a header.
---@param header mkrun.Header
---@param library? fun(): table  returns the module that knows the
---  operations of the API; if nil, "api:OPERATION" is not checked
---@return mkrun.Need[]?   nil if a word is wrong
---@return string? message  names the word, and what is wrong with it
function M.parse(header, library)
  local needs = {}
  for i, text in ipairs(header.needs) do
    local need = new_need(header, text)
    local fault = fault_of(header, need, library)
    if fault then return nil, ("@needs: '%s': %s"):format(text, fault) end
    needs[i] = need
  end
  return needs
end

--- Returns the indexes of the first and the last word of an argument that is no
--- option, among `count` words.  After an argument that may be repeated, words
--- are counted from the end.
local function place_of(header, argument, count)
  local before, after, seen, many_before = 0, 0, false, false
  for _, other in ipairs(header.args) do
    seen = seen or other == argument
    if not other.option and other ~= argument then
      if seen then after = after + 1 else before = before + 1 end
      many_before = many_before or not seen and other.many
    end
  end
  if argument.many then return before + 1, count - after end
  local place = many_before and count - after or before + 1
  return place, place
end

--- Returns the values of an argument on the command line.
local function given(header, argument, words)
  local options, values = arguments.parse(header, words)
  if not options then return {} end
  if not argument.option then
    return { table.unpack(values, place_of(header, argument, #values)) }
  end
  local found = options[condition.key(argument.name)]
  return type(found) == "table" and found or { found }
end

--- Returns the values of a need: {false} if it has none.
local function values_of(header, need, words)
  if not need.arguments[1] then return { need.value or false } end
  local values = {}
  for _, argument in ipairs(need.arguments) do
    for _, value in ipairs(given(header, argument, words)) do
      values[#values + 1] = value
    end
  end
  return values
end

--- A thing that is granted.  Of a command, `exact` is true if it is the whole
--- text of a command, and false if it is the name of a program.
---@class mkrun.Grant
---@field kind string
---@field value? string
---@field exact? boolean

--- Replaces the names of arguments by what they are on the command line.
--- Leaves out the needs of options that are not given.
---@param header mkrun.Header
---@param needs mkrun.Need[]
---@param words string[]   the arguments of the command line
---@return mkrun.Grant[]
function M.resolve(header, needs, words)
  local list, options = {}, arguments.parse(header, words)
  for _, need in ipairs(needs) do
    if condition.holds(need, options) then
      for _, value in ipairs(values_of(header, need, words)) do
        list[#list + 1] = { kind = need.kind, value = value or nil,
          exact = need.arguments[1] ~= nil, text = need.text }
      end
    end
  end
  return list
end

--- Turns the options --allow-... into grants.
---@param allows {what: string, value: string?}[]   `mkrun.config.allows`
---@return mkrun.Grant[]
function M.allowed(allows)
  local list = {}
  for i, allow in ipairs(allows) do
    list[i] = { kind = allow.what, value = allow.value,
      exact = allow.value ~= nil and allow.value:find "%s" ~= nil }
  end
  return list
end

return M
