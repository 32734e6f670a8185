--- Finds the modules that belong to a script: those in its folder that it
--- requires by name, and those that they require.  `mkrun.host.confine` lets
--- the script read them, as if they were a part of its file.
-- SPDX-License-Identifier: MIT

local requires = require "mkrun.host.requires"
local sys = require "mkrun.sys"

local M = {}

--- Returns true if the name of a module leads to no other folder than one below
--- the script's.
---@param name string
---@return boolean
function M.is_plain(name)
  return name:find "^[%w_][%w_.-]*$" ~= nil and not name:find("..", 1, true)
end

--- Where a module of the script may be, below its folder.
local FORMS <const> = { "%s/%s.lua", "%s/%s/init.lua" }

--- Returns the path and the text of a module, or nil.  Leaves alone a file that
--- others can write, because it would get the rights of the script.
local function module(folder, name)
  local stem = name:gsub("%.", "/")
  for _, form in ipairs(FORMS) do
    local path = form:format(folder, stem)
    local text = sys.read_trusted(path)
    if text then return path, text end
  end
end

local function add(list, seen, folder, source)
  for _, required in ipairs(requires.find(source)) do
    local name = required.name
    if type(name) == "string" and not seen[name] and M.is_plain(name) then
      seen[name] = true
      local path, text = module(folder, name)
      list[#list + 1] = path
      if text then add(list, seen, folder, text) end
    end
  end
end

--- Returns the paths of the modules.
---@param path string    path of the script
---@param source string  its text
---@return string[]
function M.find(path, source)
  local list = {}
  add(list, {}, path:match "^(.*)/[^/]*$" or ".", source)
  return list
end

return M
