--- Checks the names that people give to new flows, SPECs and projects.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local printable = require "mkrun.printable"

local M = {}

--- Returns a name like the one that was refused, for the message.
local function like(name)
  local better = name:gsub("[^%w_-]+", "-"):gsub("^[-_]+", ""):gsub("-+$", "")
  return better ~= "" and (", such as '%s'"):format(better) or ""
end

--- Returns a path as a word of a shell, in one line.
---@param path string
---@return string
function M.word(path)
  if path:find "^[%w_./+@%%,=:-]+$" then return path end
  return "'" .. printable.line(path):gsub("'", "'\\''") .. "'"
end

--- Splits a path into the folder, which ends with "/" or is "", and the name
--- without its ending.
---@param path string     "flows/members.lua"
---@param ending? string  ".lua"; people may leave it out
---@return string? folder  nil: the name is wrong
---@return string name     or what is wrong with it
function M.split(path, ending)
  local folder, name = path:match "^(.*/)([^/]*)$"
  folder, name = folder or "", name or path
  if ending and #name > #ending and name:sub(-#ending) == ending then
    name = name:sub(1, -#ending - 1)
  end
  if name:find "^[%w][%w_-]*$" then return folder, name end
  return nil, ("'%s': a name has letters, digits, '-' and '_', and begins with "
    .. "a letter or a digit%s"):format(printable.line(path), like(name))
end

--- Returns the folder of a project, which ends with "/", and its name.
---@param path string   "." is the current folder
---@return string? folder  nil: the name is wrong
---@return string name     or what is wrong with it
function M.project(path)
  local trimmed = #path > 1 and path:gsub("/+$", "") or path
  local is_here = trimmed == "."
  local folder, name = M.split(is_here and config.folder or trimmed)
  if not folder then return nil, name end
  return is_here and "" or folder .. name .. "/", name
end

return M
