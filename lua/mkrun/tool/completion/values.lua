--- Says what the value of an option or an argument may be, by its name and its
--- help.  `mkrun.tool.completion.answer` calls this module.
-- SPDX-License-Identifier: MIT

local M = {}

local FILES <const> = { FILE = true, PATH = true, SPEC = true, SOURCE = true,
  RECORDING = true, FILES = true, OUT = true, MKRUN = true }
local FOLDERS <const> = { DIR = true, FOLDER = true }

--- Returns the words of a list such as "accept, decline or leave" at the start
--- of a text, or nil.  "x or y" alone is no list of words to write.
local function listed(text)
  local is_sure = text:find "%(default%)" ~= nil
  text = text:gsub(" %(default%)", "") .. "."
  local words, at = {}, 1
  while true do
    local word, after = text:match("^(%w[%w-]*)()", at)
    if not word then return nil end
    words[#words + 1] = word
    local comma = text:match("^,%s+()", after)
    local last = text:match("^,?%s+or%s+()", after)
    is_sure = is_sure or comma ~= nil
    if last then
      local final = text:match("^(%w[%w-]*)[.;:,]", last)
        or text:match("^(%w[%w-]*) %(", last)
      words[#words + 1] = final
      return final and is_sure and words or nil
    end
    if not comma then return nil end
    at = comma
  end
end

--- Returns the words that stand for themselves: those of "text|json" and
--- "strict", and those that the help lists.
local function alternatives(name, text)
  local words = {}
  if not name:find "%u" or name:find "|" then
    for word in name:gmatch "%w[%w-]*" do words[#words + 1] = word end
    return words
  end
  local default = text:find "%(default%)" and text:match ": (.*)"
  return listed(text) or listed(text:match " as (.*)" or "")
    or listed(default or "")
end

--- Returns the words of a list that a value may have several of: "members,
--- teams (with commas)".
local function several(text)
  local list = text:match ": ([%l, -]+) %(with commas%)"
  if not list then return nil end
  local words = {}
  for word in list:gmatch "%w[%w-]*" do words[#words + 1] = word end
  return words
end

--- Returns the words by which the names in a sandbox are found.
local function words_for(argument, name)
  return { (argument.name:gsub("^%-+", "")), name,
    argument.text:match "of the (%a+)" }
end

---@class mkrun.tool.Values
---@field list? string[]   words that stand for themselves
---@field several? string[]  the same, and several with commas between them
---@field files? "any"|"folder"|"lua"
---@field names? string[]  kinds of names in a sandbox
---@field flows? boolean    names of flows
---@field scripts? boolean  names of flows and tools
---@field shown? boolean   what --show prints

--- Returns what a value may be.
---@param argument mkrun.tool.Option|mkrun.Argument
---@return mkrun.tool.Values
function M.of(argument)
  local name, text = argument.value or argument.name, argument.text
  if argument.name == "--show" then return { shown = true } end
  local list = alternatives(name, text)
  if list then return { list = list } end
  if name == "SCRIPT" then return { scripts = true, files = "lua" } end
  if name == "FLOW" then return { flows = true, files = "lua" } end
  if FOLDERS[name] then return { files = "folder" } end
  local is_file = FILES[name] or (" " .. text .. " "):find "%Wfile%W"
  return { several = several(text), files = is_file and "any" or nil,
    names = words_for(argument, name) }
end

return M
