--- Runs the release binary under strace, which injects signals and errors into
--- system calls: `{"fdatasync:signal=TERM:when=3"}`.

local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"

local M = {}

local usable

local function is_usable()
  if usable == nil then
    usable = shell.works "strace -o /dev/null true 2>/dev/null"
  end
  return usable
end

---@param arguments string[]
---@param injections string[]
---@param options? tests.RunOptions
---@param alone? boolean  true: not in its children
---@return tests.Outcome?  nil if strace cannot be used
function M.run(arguments, injections, options, alone)
  if not is_usable() then return nil end
  local words = { "strace", alone and "-q" or "-f", "-o", "/dev/null" }
  for _, injection in ipairs(injections) do
    words[#words + 1] = "-e"
    words[#words + 1] = "inject=" .. injection
  end
  words[#words + 1] = release.path
  table.move(arguments, 1, #arguments, #words + 1, words)
  return process.run(words, options)
end

return M
