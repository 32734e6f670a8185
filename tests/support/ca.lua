--- The throw-away CA of this test run; ca.sh says which certificates it has.

local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

local folder

--- The folder with ca.pem and all the others, made at the first call.
---@return string
function M.folder()
  if not folder then
    folder = temp.folder()
    local log = folder .. "/log"
    shell.execute(("sh tests/support/ca.sh %s 2>%s || { cat %s; exit 1; }")
      :format(folder, log, log))
  end
  return folder
end

--- Path of one file: `ca.path "client.key"`.
---@return string
function M.path(name)
  return M.folder() .. "/" .. name
end

return M
