--- Makes bundles of flows, and runs them.

local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

---@class tests.Bundle
---@field folder string   where `mkrun bundle` ran
---@field path string     of the bundle
---@field outcome tests.Outcome   of `mkrun bundle`
local Bundle = {}
Bundle.__index = Bundle

--- Writes files into a new folder.
---@param files table<string, string>  path -> text
---@return string folder
function M.folder(files)
  local folder = temp.folder()
  for path, text in pairs(files) do
    local target = folder .. "/" .. path
    shell.execute("mkdir -p " .. shell.quote(target:match "^(.*)/"))
    temp.write(target, text)
  end
  return folder
end

--- Runs `mkrun bundle ... -o out`.
---@param files table<string, string>  files of the folder in which it runs
---@param words string[]               the flow and the files
---@param options? tests.RunOptions
---@return tests.Bundle
function M.try(files, words, options)
  local folder = M.folder(files)
  local run = { cwd = folder }
  for name, value in pairs(options or {}) do run[name] = value end
  local all = { "bundle", table.unpack(words) }
  table.move({ "-o", "out" }, 1, 2, #all + 1, all)
  return setmetatable({ folder = folder, path = folder .. "/out",
    outcome = release.run(all, run) }, Bundle)
end

--- Does the same, and fails if that fails.
---@return tests.Bundle
function M.make(files, words, options)
  local self = M.try(files, words, options)
  assert(self.outcome.code == 0, self.outcome.err)
  return self
end

--- Returns the words that run a bundle of the release binary.
---@param path string
---@param arguments string[]
---@return string[]
function M.words(path, arguments)
  local words = { release.emulator, path }
  if not release.emulator then words = { path } end
  return table.move(arguments, 1, #arguments, #words + 1, words)
end

--- Runs the bundle, in an empty folder unless `options.cwd` names another one.
---@param arguments string[]
---@param options? tests.RunOptions
---@return tests.Outcome
function Bundle:run(arguments, options)
  local run = { cwd = temp.folder() }
  for name, value in pairs(options or {}) do run[name] = value end
  return process.run(M.words(self.path, arguments), run)
end

--- The header of a flow with some words in `@needs`.
---@param needs string
---@param more? string  further lines
---@return string
function M.head(needs, more)
  return ("--- Do it.\n-- @usage  mkrun flow.lua [WORD...]\n-- @arg    WORD  it"
    .. "\n%s-- @exit   0 done\n-- @needs  %s\n-- @tags   read\n"):format(
    more or "", needs)
end

return M
