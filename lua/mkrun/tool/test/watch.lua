--- Runs the tests again whenever a file changes.
-- SPDX-License-Identifier: MIT

local coverage = require "mkrun.tool.test.coverage"
local find = require "mkrun.tool.test.find"
local task = require "mkrun.task"
local trial = require "mkrun.trial"

local M = {}

--- Returns a text that changes when a Lua file, or a file beside one, does.
local function look()
  local words = {}
  local folders = { ["."] = true }
  find.walk(".", function(path) folders[path:match "^(.*)/" or "."] = true end)
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
    local before = look()
    run(find_files(words), options)
    io.stderr:write "\nWaiting for a change; Ctrl-C ends.\n"
    while look() == before do task.sleep(1) end
    coverage.reset()
    io.stderr:write "\n"
  end
end

return M
