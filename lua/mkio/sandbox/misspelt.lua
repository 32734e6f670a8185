--- Finds the file that was meant when a new sandbox got a misspelt name: a
--- letter is missing, is there twice or too much, or two changed places.  The
--- module `mkio.sandbox` calls this module.
---
--- It tries each such name, because Lua cannot list a folder.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local M = {}

--- A new sandbox with a short name often has the name of another one and a
--- letter.
local SHORTEST <const> = 6

--- Returns true if a regular file is there.  It is not opened: a pipe would
--- block, and a confined run may not open it.
local function is_there(path)
  return sys.real_path(path) ~= nil and not sys.is_special(path)
end

--- Calls `try` with each name that differs by one slip, until it returns true.
local function each(name, try)
  for i = 1, #name do
    local head, tail = name:sub(1, i - 1), name:sub(i + 1)
    local char, next_char = name:sub(i, i), tail:sub(1, 1)
    if next_char ~= char
      and try(head .. next_char .. char .. tail:sub(2)) then return end
    if char:find "%a" and try(head .. tail) then return end
    for letter in ("abcdefghijklmnopqrstuvwxyz"):gmatch "." do
      if try(head .. letter .. char .. tail) then return end
    end
  end
  for letter in ("abcdefghijklmnopqrstuvwxyz"):gmatch "." do
    if try(name .. letter) then return end
  end
end

--- Returns the path of a file that is there, and whose name is like that of a
--- file that is not there.
---@param path string
---@return string?
function M.find(path)
  local folder, name = path:match "^(.*/)([^/]*)$"
  folder, name = folder or "", name or path
  local found
  if #name < SHORTEST then return nil end
  each(name, function(other)
    if other ~= name and is_there(folder .. other) then
      found = folder .. other
    end
    return found ~= nil
  end)
  return found
end

return M
