--- Writes declarations of the Lua API for editors: `mkrun --types DIR`.  The
--- host calls this module.
---
--- The text in the binary has all files, each after a line "--- @file NAME":
--- vendor/types.lua makes it.  A list of the files stays in DIR, so that a
--- later run knows which of them are its own.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local docs = require "mkrun.tool.types.docs"
local folders = require "mkrun.tool.folders"
local json = require "mkrun.json"
local script = require "mkrun.script"
local sys = require "mkrun.sys"

local M = {}

local LIST <const> = ".mkrun-types"
local MARK <const> = "-- Written by mkrun --types, which replaces this file.\n"

--- Returns the files: a list of {name =, text =}.
local function declarations()
  local files, about = {}, docs.all()
  local text = sys.builtin "types":gsub("%-%-%- @file ", "\0")
  for name, first, rest in text:gmatch "%z(%S+)\n([^\n]*\n)(%Z*)" do
    files[#files + 1] = { name = name,
      text = first .. MARK .. docs.add(rest, about) }
  end
  return files
end

local function is_own(text) return text:find(MARK, 1, true) ~= nil end

local function fail(message)
  script.say("mkrun: " .. message)
  os.exit(1)
end

--- Ends the run if a file is there that is not of an earlier run.
local function check(folder, files)
  for _, file in ipairs(files) do
    local path = folder .. file.name
    local there, message, code = sys.read(path)
    if there and not is_own(there) then
      script.refuse(("%s: is not a file of --types; nothing was written")
        :format(path))
    elseif not there and code ~= "missing" then
      fail(message)
    end
  end
end

local function write(path, text)
  local done, message = folders.make(folders.of(path))
  if done then done, message = sys.write(path, text) end
  if not done then fail(message) end
end

--- Removes the files that an earlier run has written and this one has not.
local function remove_older(folder, files)
  local kept = {}
  for _, file in ipairs(files) do kept[file.name] = true end
  for name in (sys.read(folder .. LIST) or ""):gmatch "[^\n]+" do
    local path = folder .. name
    local is_name = name:find "^[%w_/]+%.lua$" and not kept[name]
    if is_name and is_own(sys.read(path) or "") then os.remove(path) end
  end
end

--- Writes the files to a folder, which is made if it is missing.  Ends the run
--- if a file of somebody else is in the way.
---@param folder string
---@return integer count   number of files
function M.write_to(folder)
  folder = folder:gsub("/*$", "/")
  local files, names = declarations(), {}
  check(folder, files)
  remove_older(folder, files)
  for i, file in ipairs(files) do
    write(folder .. file.name, file.text)
    names[i] = file.name .. "\n"
  end
  write(folder .. LIST, table.concat(names))
  return #files
end

--- Writes the files to the folder of --types.  Says how an editor finds them.
function M.write()
  print(("%d files in %s; in .luarc.json, for LuaLS:"):format(
    M.write_to(config.types), config.types))
  print(('"workspace.library": [%s]'):format(json.encode(config.types)))
end

return M
