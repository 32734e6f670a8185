--- Finds what the last word of a command line is: an option, the value of an
--- option, an argument of a script, or SCRIPT itself.
--- `mkrun.tool.completion.answer` calls this module.
-- SPDX-License-Identifier: MIT

local M = {}

---@class mkrun.tool.Option
---@field name string       "--dry-run", "-e"
---@field value? string     name of the value: "FILE"
---@field text string       help of the option
---@field optional? boolean  true for --name[=VALUE]
---@field after? boolean    true if it may also stand after the name of a flow

---@class mkrun.tool.Place
---@field typed string      what the user has written of the value or word
---@field prefix string     what stands before it in the same word: "--output="
---@field argument? mkrun.tool.Option|mkrun.Argument  whose value it is
---@field options? (mkrun.tool.Option|mkrun.Argument)[]  one of these begins
---@field is_script? boolean  the word is SCRIPT
---@field is_topic? boolean   the word follows `mkrun help`
---@field sandbox? string   the file of --sandbox

---@class mkrun.tool.Walk
---@field place mkrun.tool.Place
---@field words string[]
---@field at integer        the word that is looked at
---@field ended boolean     true behind "--"

local function find(options, name)
  for _, option in ipairs(options) do
    if option.name == name then return option end
  end
end

local function note(self, option, value)
  if option.name == "--sandbox" then self.place.sandbox = value end
end

--- Steps over the option at the current word, and over its value.  If the value
--- is the last word, the place is found.
local function step_over(self, options)
  local word = self.words[self.at]
  local name, value = word:match "^(%-%-[^=]+)=(.*)$"
  local option = find(options, name or word)
  self.at = self.at + 1
  if not option or not option.value then return end
  if not value and not option.optional then
    if self.at == #self.words then self.place.argument = option end
    value = self.words[self.at]
    self.at = self.at + 1
  end
  if value then note(self, option, value) end
end

local function is_option(word) return word:find "^%-." ~= nil end

--- Steps over options up to the next other word.  Returns false at the last
--- word.
local function next_other(self, options)
  while self.at < #self.words do
    local word = self.words[self.at]
    if self.ended or not is_option(word) then return true end
    if word == "--" then
      self.ended, self.at = true, self.at + 1
    else
      step_over(self, options)
    end
  end
  return false
end

--- The last word is an option: sets the list of options, or the option of which
--- a value is being written.
local function at_option(self, options)
  local place = self.place
  local name, value = place.typed:match "^(%-%-[^=]+)=(.*)$"
  local option = name and find(options, name)
  if not name then
    place.options = options
  elseif option and option.value then
    place.argument, place.prefix, place.typed = option, name .. "=", value
  end
end

local function operands(header)
  local list = {}
  for _, argument in ipairs(header.args) do
    if not argument.option then list[#list + 1] = argument end
  end
  return list
end

--- Walks over the words behind SCRIPT.
local function in_script(self, script)
  local options, count = script.options, 0
  self.at, self.ended = self.at + 1, false
  while next_other(self, options) do
    self.at, count = self.at + 1, count + 1
  end
  local place = self.place
  if place.argument then return end
  if not self.ended and place.typed:find "^%-" then
    return at_option(self, options)
  end
  local list = operands(script.header)
  local last = list[#list]
  place.argument = list[count + 1] or last and last.many and last or nil
end

---@class mkrun.tool.Script
---@field header mkrun.Header
---@field options (mkrun.tool.Option|mkrun.Argument)[]  what may follow its name

--- Finds the place of the last word.
---@param words string[]   the words behind the command
---@param options mkrun.tool.Option[]  the options of mkrun
---@param look fun(name: string, ended: boolean): mkrun.tool.Script?  finds a
---  script; `ended` is true if its name stands behind "--"
---@return mkrun.tool.Place
function M.find(words, options, look)
  local place = { typed = words[#words], prefix = "" }
  local self = { place = place, words = words, at = 1, ended = false }
  if next_other(self, options) then
    local name = words[self.at]
    place.is_topic = name == "help" and self.at == #words - 1
    local script = name ~= "help" and look(name, self.ended)
    if script then in_script(self, script) end
  elseif place.argument then
    return place
  elseif not self.ended and place.typed:find "^%-" then
    at_option(self, options)
  else
    place.is_script = true
  end
  return place
end

return M
