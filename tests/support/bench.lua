--- A folder in which a run keeps a sandbox, and the lines of a plan.

local process = require "tests.support.process"
local release = require "tests.support.release"
local temp = require "tests.support.temp"

local M = {}

--- A folder with a sandbox in it; `run` starts mkrun there.
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

--- The lines that begin a change: sign, kind and name.
function M.heads(text)
  local list = {}
  for line in text:gmatch "[^\n]+" do
    list[#list + 1] = line:match "^  ([-+~>] .*)$"
  end
  return list
end

return M
