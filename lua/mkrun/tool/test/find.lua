--- Finds the test files that a command line means.
-- SPDX-License-Identifier: MIT

local trial = require "mkrun.trial"

local M = {}

--- Folders that never have tests of the user.
local SKIPPED <const> = { node_modules = true, build = true }

local DEEPEST <const> = 20

local function is_test(name)
  return name:find "_test%.lua$" ~= nil or name:find "_spec%.lua$" ~= nil
end

--- Calls `take` for each Lua file below a folder, in the order of their names.
---@param folder string
---@param take fun(path: string, name: string)
---@param depth? integer
function M.walk(folder, take, depth)
  depth = depth or 0
  local kinds, names = trial.list(folder), {}
  for name in pairs(kinds or {}) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local path = folder == "." and name or (folder .. "/" .. name)
    if kinds[name] == "file" and name:find "%.lua$" then
      take(path, name)
    elseif kinds[name] == "folder" and depth < DEEPEST
      and not name:find "^%." and not SKIPPED[name] then
      M.walk(path, take, depth + 1)
    end
  end
end

--- Returns the test files that the words name: files, and folders with files
--- whose names end in _test.lua or _spec.lua.
---@param words string[]   default: the current folder
---@return string[]? files
---@return string? message  what is wrong with a word
function M.files(words)
  local found, seen = {}, {}
  local function take(path)
    if not seen[path] then found[#found + 1] = path end
    seen[path] = true
  end
  for _, word in ipairs(words[1] and words or { "." }) do
    local kind = trial.look(word)
    if not kind then return nil, word .. ": No such file or directory" end
    if kind == "folder" then
      word = #word > 1 and word:gsub("/+$", "") or word
      M.walk(word, function(path, name)
        if is_test(name) then take(path) end
      end)
    else
      take((word:gsub("^%./", "")))
    end
  end
  return found
end

return M
