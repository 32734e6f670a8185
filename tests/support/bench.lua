--- Makes a folder with a sandbox, and reads the lines of a plan.  Specs of
--- plans call it.

local process = require "tests.support.process"
local release = require "tests.support.release"
local temp = require "tests.support.temp"

local M = {}

--- Makes a folder with a sandbox.  `run` starts mkrun in it.
function M.new()
  local folder = temp.folder()
  local self = { folder = folder }
  function self.run(...)
    return release.run({ "--sandbox=state.json", ... }, { cwd = folder })
  end
  function self.read(name) return temp.read(folder .. "/" .. name) end
  function self.write(name, text) temp.write(folder .. "/" .. name, text) end
  function self.files()
    return process.run({ "sh", "-c", "ls -A | sort | tr '\\n' ' '" },
      { cwd = folder }).out
  end
  self.write("new.lua", [[
    local org = require "mkio".connect()
    org.teams:ensure("crew", { description = "the first" })]])
  assert(self.run("new.lua").code == 0)
  return self
end

--- Lists the first line of each change in a plan: sign, kind and name.
function M.heads(text)
  local list = {}
  for line in text:gmatch "[^\n]+" do
    list[#list + 1] = line:match "^  ([-+~>] .*)$"
  end
  return list
end

return M
