--- Lists what is built in: the topics of the manual, the flows and the tools.
--- `mkrun help`, `mkrun --list` and the completion of shells call this module.
---
--- Each topic is a file src/manual/NAME.md.  The first line of the file is "#
--- NAME: SUMMARY".  Flows and tools are the built-in scripts.  A tool has the
--- tag `tool`: it helps to write, test or ship scripts, and is no job on an
--- organization.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local headers = require "mkrun.host.header"
local sys = require "mkrun.sys"

local M = {}

local TOPIC <const>, SCRIPT <const> = "manual/", "scripts/"

--- Returns the text of a topic, or nil.
---@param name string
---@return string?
function M.topic(name) return (sys.builtin(TOPIC .. name)) end

--- Returns the source of a flow or tool, or nil.
---@param name string
---@return string?
function M.script(name) return (sys.builtin(SCRIPT .. name)) end

--- Returns the built-in files whose name begins with `prefix`, sorted and
--- without the prefix.
local function names_with(prefix)
  local names = {}
  for _, name in ipairs(sys.builtins()) do
    local own = name:sub(1, #prefix) == prefix and name:sub(#prefix + 1)
    if own and not own:find "/" then names[#names + 1] = own end
  end
  return names
end

---@class mkrun.Shelved
---@field name string
---@field summary string
---@field header? mkrun.Header  of a flow or tool

--- Returns the topics, sorted by their names.
---@return mkrun.Shelved[]
function M.topics()
  local list = names_with(TOPIC)
  for i, name in ipairs(list) do
    list[i] = { name = name,
      summary = M.topic(name):match "^# [^\n]-: ([^\n]*)" }
  end
  return list
end

--- Returns true if a script is a tool.
---@param header mkrun.Header
---@return boolean
function M.is_tool(header)
  for _, tag in ipairs(header.tags) do
    if tag == "tool" then return true end
  end
  return false
end

local all --- the flows and tools, once they are parsed

local function scripts(wants_tools)
  all = all or names_with(SCRIPT)
  local list = {}
  for i, item in ipairs(all) do
    if type(item) == "string" then
      local header = headers.parse(M.script(item))
      item = { name = item, summary = header.summary, header = header }
      all[i] = item
    end
    if M.is_tool(item.header) == wants_tools then list[#list + 1] = item end
  end
  return list
end

--- Returns the flows, sorted by their names.
---@return mkrun.Shelved[]
function M.flows() return scripts(false) end

--- Returns the tools, sorted by their names.
---@return mkrun.Shelved[]
function M.tools() return scripts(true) end

--- Returns the names of all topics, flows and tools.
---@return string[]
function M.names()
  local names, seen = {}, {}
  for _, list in ipairs { M.topics(), M.flows(), M.tools() } do
    for _, item in ipairs(list) do
      if not seen[item.name] then names[#names + 1] = item.name end
      seen[item.name] = true
    end
  end
  return names
end

--- What the manual calls an object of a class, where that is not the last word
--- of the class's name.
local OBJECTS <const> = { ["mkrun.Report"] = "out",
  ["mkrun.Progress"] = "bar", ["mkrun.Secret"] = "s",
  ["mkrun.rest.Provided"] = "provider" }

--- Returns what the manual calls an object of a class: "org.teams" for the
--- class `Teams` of the provider's library.
---@param class string   "mkrun.Report"
---@return string
function M.object_of(class)
  local words = class:match "[^.]+$":gsub("(%l)(%u)", "%1_%2"):lower()
  local provider = config.provider()
  local is_of_provider = class:match "^[^.]*" == provider.name
  return OBJECTS[class] or provider.objects[class]
    or is_of_provider and provider.root .. "." .. words or words
end

return M
