--- Runs `mkrun test` in a folder with the files of a project.

local process = require "tests.support.process"
local release = require "tests.support.release"
local temp = require "tests.support.temp"

local M = {}

---@class tests.Project
---@field folder string
local Project = {}
Project.__index = Project

function Project:write(name, text)
  for at in name:gmatch "()/" do
    process.run { "mkdir", "-p", self.folder .. "/" .. name:sub(1, at - 1) }
  end
  temp.write(self.folder .. "/" .. name, text)
end

--- Runs `mkrun test ARGUMENTS`.
---@param ... string
---@return tests.Outcome
function Project:test(...)
  return release.run({ "test", ... }, { cwd = self.folder, env = self.env })
end

--- Returns the counts of the summary: "2 successes / 0 failures / ...".
---@param outcome tests.Outcome
---@return string
function M.summary(outcome)
  return outcome.out:match "\n(%d+ success[^:]*) :"
    or outcome.out .. outcome.err
end

--- Makes a project.
---@param files table<string, string>  name -> text
---@param env? table<string, string>
---@return tests.Project
function M.new(files, env)
  local project = setmetatable({ folder = temp.folder(), env = env }, Project)
  for name, text in pairs(files) do project:write(name, text) end
  return project
end

--- Runs a test whose assertions must all hold.
---@param files table<string, string>  "x_test.lua" is the test
---@return tests.Outcome
function M.pass(files, ...)
  local outcome = M.new(files):test(...)
  if outcome.code ~= 0 then
    error(outcome.out .. outcome.err, 2)
  end
  return outcome
end

return M
