--- Closes the kernel's cage around a run: what the script was granted, and what
--- mkrun itself needs for it.  `mkrun.host.confine` calls this module.
---
--- The kernel holds folders and ports; `mkrun.host.grants` holds files, hosts
--- and names.
-- SPDX-License-Identifier: MIT

local cage = require "mkrun.cage"
local config = require "mkrun.config"
local sys = require "mkrun.sys"

--- Files of the system that name lookups, times and TLS need.
local SYSTEM <const> = { "/etc/resolv.conf", "/etc/hosts", "/etc/services",
  "/etc/localtime", "/usr/share/zoneinfo", "/etc/ssl", "/etc/pki",
  "/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
  "/dev/null", "/dev/zero", "/dev/urandom" }

--- Variables of libcurl that name a proxy.
local PROXIES <const> = { "http_proxy", "https_proxy", "HTTPS_PROXY",
  "all_proxy", "ALL_PROXY" }

local DNS <const> = 53
local LAST_PORT <const> = 65535

--- Returns the path from the current folder, if it is below it.  The current
--- folder may be in a folder that may not be searched.
local function from_here(path)
  local here = config.folder
  if path == here then return "." end
  if here and path:sub(1, #here + 1) == here .. "/" then
    return "." .. path:sub(#here + 1)
  end
  return path
end

local function add(list, path)
  if type(path) == "string" and path ~= "" and path ~= "-" then
    list[#list + 1] = from_here(path)
  end
end

--- Returns a variable of the environment, or nil if it is empty.
local function variable(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

local function folder_of(path)
  local folder = path:match "^(.*)/[^/]*$"
  if not folder then return "." end
  return folder == "" and "/" or folder
end

--- Returns the folder of a file that is opened by its path: a link to a missing
--- file makes the file.  Returns nil if the folder is missing.
local function home_of(path)
  return sys.real_path(folder_of(from_here(cage.resolve(path) or path)))
end

--- Returns the folder of a file that is replaced by a new one, as a link to a
--- missing file is.  Returns nil if the folder is missing.
local function home_of_replaced(path)
  return sys.real_path(folder_of(from_here(sys.real_path(path) or path)))
end

--- Files that mkrun writes: setting -> function that returns the folder.
local OWN <const> = { journal = home_of, resume = home_of, held_path = home_of,
  audit = home_of, record = home_of_replaced, plan_out = home_of_replaced,
  sandbox = home_of_replaced }

--- Returns the folder that must be writable for a path: the folder itself, or
--- the one of a file.  If that folder is missing, only a command can make it,
--- in the first folder above that is there.
---@param path string   absolute
---@param has_commands boolean
---@return string?  nil if nothing can be written
local function place_of(path, has_commands)
  local place = from_here(path)
  if sys.real_path(place .. "/.") then return place end
  place = folder_of(place)
  while has_commands and #place > 1 and not sys.real_path(place) do
    place = folder_of(place)
  end
  return sys.real_path(place)
end

--- Returns true if the path is below one that may be read in any case.  A rule
--- for each of 150 certificates would take milliseconds.
local function is_of_system(path)
  for _, folder in ipairs(SYSTEM) do
    if path:sub(1, #folder + 1) == folder .. "/" then
      return not path:find("/../", 1, true)
    end
  end
  return false
end

--- Adds the files of trusted certificates.  A run without a network reads none.
local function add_certificates(list)
  if config.sandbox or config.replay then return end
  local file, folders = variable "SSL_CERT_FILE", variable "SSL_CERT_DIR"
  add(list, file)
  for path in (folders or ""):gmatch "[^:]+" do add(list, path) end
  if config.cacert or file and not folders then return end
  for _, path in ipairs(cage.certificates(folders)) do
    -- A bundle of the system may be a link itself.
    if not folders or not is_of_system(path) then add(list, path) end
  end
end

--- Returns what may be read: the grants, and the input files of the run.
local function readable(grants)
  local list = { table.unpack(SYSTEM) }
  for _, path in ipairs(grants.read) do add(list, path) end
  for _, name in ipairs { "cacert", "faults", "replay", "apply" } do
    add(list, config[name])
  end
  for _, path in ipairs(config.like or {}) do add(list, path) end
  add(list, os.getenv "MKRUN_LUA")
  add_certificates(list)
  return list
end

--- Returns the folders in which files may be written.  A file is replaced by a
--- new one beside it, so the kernel must allow its folder.
local function writable(grants)
  local list = { (sys.real_path "/dev/null") } -- a chroot may have none
  local has_commands = grants.run[1] ~= nil
  for _, path in ipairs(grants.write) do
    add(list, place_of(path, has_commands))
  end
  for name, home in pairs(OWN) do
    local path = config[name]
    if type(path) == "string" then add(list, home(path)) end
  end
  return list
end

local HTTP <const>, HTTPS <const>, PROXY <const> = 80, 443, 1080

--- Adds the port of a URL or of "host:port".  Without a port, adds `defaults`.
--- Leaves out a number that is no port, because libcurl says what is wrong with
--- it.
local function add_port(list, url, defaults)
  local authority = url:gsub("^%a[%w+.-]*://", ""):match "^[^/?#]*"
  local port = tonumber(authority:match ":(%d+)$")
  for _, each in ipairs(port and { port } or defaults) do
    if each >= 1 and each <= LAST_PORT then list[#list + 1] = each end
  end
end

local function ports(grants)
  local list = { DNS }
  if not config.sandbox and not config.replay then
    add_port(list, config.base_url, { HTTP, HTTPS })
    for _, url in pairs(config.script.doubt and {} or config.base_urls) do
      add_port(list, url, { HTTP, HTTPS })
    end
  end
  for host in pairs(grants.net) do add_port(list, host, { HTTP, HTTPS }) end
  for _, name in ipairs(PROXIES) do
    local url = variable(name)
    if url then add_port(list, url, { HTTPS, PROXY }) end
  end
  return list
end

local function refuse(message) require "mkrun.script".refuse(message) end

--- Starts the process for the commands that are granted, and remembers what is
--- wrong with each, because the script cannot look after the cage is closed.
local function start_commands(grants)
  if not grants.run[1] then return end
  local command = require "mkrun.host.command"
  grants.command_faults = {}
  for _, grant in ipairs(grants.run) do
    if grant.exact then
      grants.command_faults[grant.exact] = command.fault(grant.exact)
    end
  end
  -- The commands of flows get a token, and a plan or a replay has none.
  local has_tokens = not config.dry_run and not config.replay
  if config.script.is_flow and not has_tokens then return end
  local ok, message = cage.run(grants.run)
  if not ok then refuse(message) end
end

--- Closes the cage.  Ends the run if the kernel refuses, or if --confine=strict
--- was given and the kernel has no Landlock.  Sets `config.confinement`.
---@param grants mkrun.Grants
return function(grants)
  start_commands(grants)
  local state, message = cage.close { read = readable(grants),
    write = writable(grants), connect = ports(grants) }
  if not state then refuse("confine: " .. message) end
  if config.confine == "strict" and state.landlock == 0 then
    refuse("--confine=strict: " .. state.text)
  end
  config.confinement = { text = state.text, landlock = state.landlock > 0 }
  if config.trace then
    io.stderr:write("mkrun: confined: ", state.text, "\n")
  end
end
