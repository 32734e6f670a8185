--- Runs the tests again whenever a file changes.
-- SPDX-License-Identifier: MIT

local coverage = require "mkrun.tool.test.coverage"
local find = require "mkrun.tool.test.find"
local script = require "mkrun.script"
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

--- Returns a text that changes when a Lua file in one of the folders does, and
--- one for other files.
local function look(names)
  local code, data = {}, {}
  for folder in pairs(folders_of(names)) do
    for name, kind in pairs(trial.list(folder) or {}) do
      local _, stamp = trial.look(folder .. "/" .. name)
      if kind == "file" then
        local words = name:find "%.lua$" and code or data
        words[#words + 1] = ("%s/%s %s"):format(folder, name, stamp)
      end
    end
  end
  table.sort(code)
  table.sort(data)
  return table.concat(code, "\n"), table.concat(data, "\n")
end

--- Waits until a Lua file is not as before the tests, or another file not as
--- after them: the tests, --lcov and a log write files, too.
local function wait_for_change(words, code_before)
  io.stderr:write "\nWaiting for a change; Ctrl-C ends.\n"
  local _, data_before = look(words)
  local code, data
  repeat
    task.sleep(1)
    code, data = look(words)
  until code ~= code_before or data ~= data_before
  io.stderr:write "\n"
end

--- Runs the tests until a signal comes.  Some editors remove a file before they
--- write it, so no test file may be there for a while.
---@param words string[]    files and folders of the command line
---@param options table
---@param find_files fun(words: string[]): string[]  ends the run without a test
---@param run fun(files: string[], options: table)
function M.run(words, options, find_files, run)
  local before = look(words)
  local files, message = find_files(words), nil
  while true do
    if files and files[1] then
      run(files, options)
    else
      script.say("mkrun: test: " .. (message or "no test"))
    end
    wait_for_change(words, before)
    coverage.reset()
    before = look(words)
    files, message = find.files(words)
  end
end

return M
