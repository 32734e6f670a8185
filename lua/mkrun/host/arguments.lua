--- Parses a script's command line by the script's header.  `mkrun.script` calls
--- this module.
-- SPDX-License-Identifier: MIT

local M = {}

local function find_option(header, name)
  for _, argument in ipairs(header.args) do
    if argument.option and argument.name == name then return argument end
  end
end

--- Returns the key of an option: "dry_run" for "--dry-run".
local function key_of(argument)
  return (argument.name:gsub("^%-+", ""):gsub("%-", "_"))
end

local function set(options, argument, value)
  local key = key_of(argument)
  if argument.many then
    options[key] = options[key] or {}
    table.insert(options[key], value)
  elseif options[key] ~= nil and argument.value then
    return ("option '%s' is given twice"):format(argument.name)
  else
    options[key] = value
  end
end

--- Stores the option at `words[i]` in `options`.  Returns the index of the
--- option's last word, or nil and an error message.
local function take_option(header, words, i, options)
  local name, value = words[i]:match "^(%-%-[^=]+)=(.*)$"
  name = name or words[i]
  local argument = find_option(header, name)
  if not argument then return nil, ("unknown option '%s'"):format(name) end
  if not argument.value then
    if value then
      return nil, ("option '%s' takes no value"):format(name)
    end
    value = true
  elseif not value then
    i = i + 1
    value = words[i]
    if not value then return nil, ("option '%s' needs a value"):format(name) end
  end
  if value == "" then
    return nil, ("option '%s': a value expected, got ''"):format(name)
  end
  local fault = set(options, argument, value)
  if fault then return nil, fault end
  return i
end

--- Returns an error message if an argument is empty.  An unset variable of the
--- shell causes an empty argument.
local function check_filled(names, values)
  for i, value in ipairs(values) do
    if value == "" then
      return ("argument %s is empty"):format(names[math.min(i, #names)])
    end
  end
end

local function check_positional(header, values)
  local names, many = {}, false
  for _, argument in ipairs(header.args) do
    if not argument.option then
      names[#names + 1] = argument.name
      many = many or argument.many
      if argument.required and values[#names] == nil then
        return ("argument %s is missing"):format(argument.name)
      end
    end
  end
  if #values > #names and not many then
    return ("unexpected argument '%s'"):format(values[#names + 1])
  end
  return check_filled(names, values)
end

local function check_options(header, options)
  for _, argument in ipairs(header.args) do
    if argument.option and argument.required
      and options[key_of(argument)] == nil then
      return ("option '%s' is missing"):format(argument.name)
    end
  end
end

--- Says which option took the last word, when an argument is missing: the user
--- may have forgotten the option's own value.
local function taken(header, words)
  local name = #words > 1 and words[#words - 1]
  for _, argument in ipairs(header.args) do
    if argument.option and argument.value and argument.name == name then
      return ("; %s took '%s' for its %s"):format(name, words[#words],
        argument.value)
    end
  end
  return ""
end

--- Returns true if the words ask for the help of a script whose header has no
--- such option.
---@param header mkrun.Header
---@param words string[]  words of the command line after the script's name
---@return boolean
function M.wants_help(header, words)
  for _, word in ipairs(words) do
    if word == "--" then return false end
    if word == "--help" or word == "-h" then
      return find_option(header, word) == nil
    end
  end
  return false
end

--- Separates options from the other arguments.  Refuses empty arguments and
--- empty values of options.
---@param header mkrun.Header
---@param words string[]  words of the command line after the script's name
---@return table<string, string|true|string[]>? options  the key of "--dry-run"
---  is `dry_run`; nil if an argument is wrong
---@return string[]|string positional  the other arguments, or an error message
function M.parse(header, words)
  local options, values, i, only_values = {}, {}, 1, false
  while words[i] do
    local word = words[i]
    if only_values or word == "-" or not word:find "^%-" then
      values[#values + 1] = word
    elseif word == "--" then
      only_values = true
    else
      local last, fault = take_option(header, words, i, options)
      if not last then return nil, fault end
      i = last
    end
    i = i + 1
  end
  local fault = check_positional(header, values)
    or check_options(header, options)
  if fault and fault:find "^argument .- is missing$" then
    fault = fault .. taken(header, words)
  end
  if fault then return nil, fault end
  return options, values
end

return M
