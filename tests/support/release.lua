--- Runs the release binary as a user does.
---
--- tests/arm64/run.sh names that of another machine in MKRUN_TEST_RELEASE, and
--- the emulator that runs it in MKRUN_TEST_EMULATOR.

local process = require "tests.support.process"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

--- The file itself.  An absolute path, so that `cwd` can be any folder.
M.file = os.getenv "MKRUN_TEST_RELEASE"
  or shell.output "pwd" .. "/build/release/mkrun"

--- The emulator's path, or nil where the machine runs the file itself.
M.emulator = os.getenv "MKRUN_TEST_EMULATOR"

--- Writes a command that has the emulator run the file.
local function emulated()
  local path = temp.folder() .. "/mkrun"
  temp.write(path, ("#!/bin/sh\nexec %s %s \"$@\"\n"):format(
    shell.quote(M.emulator), shell.quote(M.file)))
  shell.execute("chmod +x " .. shell.quote(path))
  return path
end

--- What starts the file.
M.path = M.emulator and emulated() or M.file

--- Removes variables for the debug variant: the release binary must not depend
--- on the source tree or on luasocket.
local function with_environment(options)
  local copy = {}
  local env = { MKRUN_LUA = false, LUA_PATH = false, LUA_PATH_5_4 = false }
  for name, value in pairs(options or {}) do copy[name] = value end
  for name, value in pairs(copy.env or {}) do env[name] = value end
  copy.env = env
  return copy
end

local is_built

local function words(arguments)
  is_built = is_built or shell.works("test -x " .. shell.quote(M.file))
  if not is_built then
    error(M.file .. " is not built: run `make`", 3)
  end
  return { M.path, table.unpack(arguments) }
end

--- Runs `build/release/mkrun` with these arguments.
---@param arguments (string|number)[]
---@param options? tests.RunOptions
---@return tests.Outcome
function M.run(arguments, options)
  return process.run(words(arguments), with_environment(options))
end

--- Starts `build/release/mkrun` in the background.  Takes the parameters of
--- `run`.
---@return tests.Process
function M.spawn(arguments, options)
  return process.spawn(words(arguments), with_environment(options))
end

--- Runs a line of Lua.
---@param code string
---@param options? tests.RunOptions   `flags` are arguments before the code
---@return tests.Outcome
function M.eval(code, options)
  local arguments = { table.unpack(options and options.flags or {}) }
  arguments[#arguments + 1] = "-e"
  arguments[#arguments + 1] = code
  return M.run(arguments, options)
end

return M
