--- Runs the tests again whenever a file changes.
-- SPDX-License-Identifier: MIT

local coverage = require "mkrun.tool.test.coverage"
local find = require "mkrun.tool.test.find"
local task = require "mkrun.task"
local trial = require "mkrun.trial"

local M = {}

--- Returns the folders with Lua files, below the current folder and below those
--- that the command line names.
local function folders_of(names)
  local folders = { ["."] = true }
  local function take(path) folders[path:match "^(.*)/" or "."] = true end
  find.walk(".", take)
  for _, name in ipairs(names) do
    take(name)
    find.walk(name, take)
  end
  return folders
end

--- Returns a text that changes when a file in one of the folders does.
local function look(names)
  local words, folders = {}, folders_of(names)
  for folder in pairs(folders) do
    for name, kind in pairs(trial.list(folder) or {}) do
      local _, stamp = trial.look(folder .. "/" .. name)
      if kind == "file" then
        words[#words + 1] = ("%s/%s %s"):format(folder, name, stamp)
      end
    end
  end
  table.sort(words)
  return table.concat(words, "\n")
end

--- Runs the tests until a signal comes.
function M.run(words, options, find_files, run)
  while true do
    local before = look(words)
    run(find_files(words), options)
    io.stderr:write "\nWaiting for a change; Ctrl-C ends.\n"
    while look(words) == before do task.sleep(1) end
    coverage.reset()
    io.stderr:write "\n"
  end
end

return M
