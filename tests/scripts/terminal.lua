--- Runs the release binary on a terminal, where it asks.

local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"

local M = {}

--- Is there a pseudo-terminal to be had?  A chroot without /dev/pts has none.
---@return boolean
function M.works()
  return shell.works "script -qec true /dev/null </dev/null"
end

--- Run mkrun with these words; `input` is typed.  stdout and stderr are one.
---@param words string[]
---@param input string
---@param options? {cwd: string?}
---@return tests.Outcome
function M.run(words, input, options)
  local command = shell.join { release.path, table.unpack(words) }
  return process.run({ "script", "-qec", command, "/dev/null" },
    { stdin = input, cwd = options and options.cwd,
      env = { MKIO_TOKEN = false, TERM = "xterm" } })
end

return M
