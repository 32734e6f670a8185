--- Makes the throw-away CA of this test run.  ca.sh lists its certificates.

local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

local folder

--- Returns the folder with ca.pem and the other files.  The first call makes
--- the folder.
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

--- Returns the path of one file: `ca.path "client.key"`.
---@return string
function M.path(name)
  return M.folder() .. "/" .. name
end

return M
