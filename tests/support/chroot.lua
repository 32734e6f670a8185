--- A folder with nothing in it but the release binary, to chroot into.

local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

--- Only root may chroot.
---@return boolean
function M.works()
  return shell.works "/usr/sbin/chroot / true"
end

---@class tests.Chroot
local Chroot = {}
Chroot.__index = Chroot

---@param files? table<string, string>  path inside -> text
---@return tests.Chroot
function M.new(files)
  local folder = temp.folder()
  shell.execute(("cp %s %s/mkrun"):format(release.path, folder))
  for path, text in pairs(files or {}) do
    local target = folder .. "/" .. path
    shell.execute("mkdir -p " .. shell.quote(target:match "^(.*)/"))
    temp.write(target, text)
  end
  return setmetatable({ folder = folder }, Chroot)
end

--- Runs `/mkrun` inside, with an empty environment.
---@return tests.Outcome
function Chroot:run(arguments, options)
  return process.run({ "env", "-i", "/usr/sbin/chroot", self.folder,
    "/mkrun", table.unpack(arguments) }, options)
end

return M
