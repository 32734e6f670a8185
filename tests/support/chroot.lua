--- Runs the release binary in a chroot: a folder that contains nothing else,
--- but for an emulator where one is needed.

local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

--- Only root may chroot.  On some kernels other users can become root in a
--- namespace of their own.
local WAYS <const> = {
  { "/usr/sbin/chroot" }, { "unshare", "--map-root-user", "/usr/sbin/chroot" },
}

local function find_way()
  for _, way in ipairs(WAYS) do
    if shell.works(shell.join(way) .. " / true") then return way end
  end
end

--- Tells whether this machine allows a chroot.
---@return boolean
function M.works()
  return find_way() ~= nil
end

---@class tests.Chroot
local Chroot = {}
Chroot.__index = Chroot

---@param files? table<string, string>  path inside -> text
---@return tests.Chroot
function M.new(files)
  local folder = temp.folder()
  shell.execute(("cp %s %s/mkrun"):format(release.file, folder))
  if release.emulator then
    shell.execute(("cp %s %s/emulator"):format(release.emulator, folder))
  end
  for path, text in pairs(files or {}) do
    local target = folder .. "/" .. path
    shell.execute("mkdir -p " .. shell.quote(target:match "^(.*)/"))
    temp.write(target, text)
  end
  return setmetatable({ folder = folder }, Chroot)
end

local function words(self, arguments, options)
  local program = options and options.program
  local all = { "env", "-i", table.unpack(find_way()) }
  if options and options.user and #all == 3 then
    all[#all + 1] = "--userspec=" .. options.user
  end
  all[#all + 1] = self.folder
  local is_native = program and not (options and options.is_bundle)
  if release.emulator and not is_native then all[#all + 1] = "/emulator" end
  all[#all + 1] = program or "/mkrun"
  return table.move(arguments, 1, #arguments, #all + 1, all)
end

--- Runs `/mkrun` in the chroot, with an empty environment.  `options.closed`
--- contains redirections for sh that close standard files.  `options.program`
--- replaces mkrun, and is a bundle of it if `options.is_bundle` is true.
--- `options.user` ("UID:GID") replaces root, where root runs the test.
---@return tests.Outcome
function Chroot:run(arguments, options)
  local all = words(self, arguments, options)
  if options and options.closed then
    all = { "sh", "-c", "exec " .. shell.join(all) .. " " .. options.closed }
  end
  return process.run(all, options)
end

--- Starts the same program in the background.
---@return tests.Process
function Chroot:spawn(arguments, options)
  return process.spawn(words(self, arguments), options)
end

return M
