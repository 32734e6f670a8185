--- Checks the names that people give to new flows, SPECs and projects.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local printable = require "mkrun.printable"

local M = {}

--- Returns the right name that is most like another one; "" if there is none.
local function like(name)
  return (name:gsub("[^%w_-]+", "-"):gsub("^[-_]+", ""):gsub("-+$", ""))
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
  local better = like(name)
  return nil, ("'%s': a name has letters, digits, '-' and '_', and begins with "
    .. "a letter or a digit%s"):format(printable.line(path),
      better ~= "" and (", such as '%s'"):format(better) or "")
end

--- Splits the path of a provider, whose name is part of a variable's name.
---@param path string   "rabbitmq", "providers/rabbitmq.lua"
---@return string? folder  nil: the name is wrong
---@return string name     or what is wrong with it
function M.provider(path)
  local folder, name = M.split(path, ".lua")
  if not folder then return nil, name end
  if name:find "^%l[%l%d_]*$" then return folder, name end
  local better = name:lower():gsub("%W+", "_"):gsub("^[%d_]+", "")
  return nil, ("'%s': the name of a provider has small letters, digits and "
    .. "'_', and begins with a letter%s"):format(name,
      better ~= "" and (", such as '%s'"):format(better) or "")
end

--- Returns the folder of a project, which ends with "/", and its name.
---@param path string   "." is the current folder
---@return string? folder  nil: the name is wrong
---@return string name     or what is wrong with it
function M.project(path)
  local trimmed = path:gsub("(.)/+$", "%1")
  if trimmed == "." then
    local name = like(config.folder:match "[^/]*$")
    return "", name ~= "" and name or "project"
  end
  local folder, name = M.split(trimmed)
  return folder and folder .. name .. "/", name
end

return M
