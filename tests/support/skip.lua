--- Reasons not to run a test here; each shows up in the report.

local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

--- For tests that need chroot or port 53.
function M.unless_root()
  if shell.output "id -u" ~= "0" then pending "needs root" end
end

--- For tests of the release binary when only the debug one was built.
function M.unless_released()
  if not temp.read(release.path) then
    pending "build/release/mkrun is not built"
  end
end

return M
