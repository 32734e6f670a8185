--- What becomes of the attempts of tests/src/base/cage_check.c to get out of
--- the cage.

local M = {}

--- The attempts by what becomes of them.  Landlock refuses with EACCES (EXDEV
--- for links), the filter of system calls with EPERM or ENOSYS.
local EXPECTED <const> = {
  EPERM = {
    "execve", "execveat", "fork", "clone", "clone namespace", "unshare",
    "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_open",
    "kill parent", "kill all", "personality", "setuid", "mmap code",
    "mprotect code", "memfd_create", "dumpable again", "limit of cores",
    "prlimit", "bpf", "perf_event_open", "keyctl", "io_uring_setup",
    "userfaultfd", "open_by_handle_at", "mount", "chroot", "setns",
    "reboot", "shmget", "terminal input", "connect by sendto",
    "connect by MPTCP", "listen", "raw socket", "socket of a file",
    "pair of datagrams", "tgkill parent", "truncate in",
    "truncate granted to read", "truncate out", "chmod out", "chown out",
    "touch out", "device", "pipe in a folder",
  },
  ENOSYS = { "clone3", "future call", "x32 call" },
  EACCES = {
    "connect other", "bind", "write granted to read",
    "rename granted to read", "remove granted to read", "read out",
    "list out", "write out", "create out", "rename out", "rename from out",
    "remove out", "make folder out", "make link in", "read by link",
    "write by link", "read by ..", "own memory", "own environment",
  },
  EXDEV = { "link granted to read", "link from out" },
  done = {
    "kill self", "thread", "mprotect data", "datagram", "pair of streams",
    "read in", "write in", "create in", "make folder in", "rename in",
    "link in", "remove in", "read granted", "raise",
  },
  ECONNREFUSED = { "connect granted" }, -- nobody listens
}

--- The first version of Landlock that refuses the attempt, if not the first.
local SINCE <const> = {
  ["connect other"] = 4, ["bind"] = 4, ["rename in"] = 2, ["link in"] = 2,
}

--- Reads what the program printed.
---@param out string
---@return table<string, string> found    outcome by attempt
---@return string? line                   what it says about the process
function M.read(out)
  local found = {}
  for line in out:gmatch "[^\n]+" do
    local name, outcome = line:match "^(.+) (%u%u+)$"
    if not name then name, outcome = line:match "^(.+) (done)$" end
    if name then found[name] = outcome end
  end
  return found, out:match "\n(dumpable %d.-)\nbpf"
end

--- What that line should say.
M.PROCESS = "dumpable 0, core 0 0, no_new_privs 1\ncapabilities as expected"

--- Returns the outcomes that there should be.
---@param found table<string, string>  those that there are
---@param landlock integer             version of the kernel's Landlock
---@param machine string               "x86_64", "aarch64"
---@return table<string, string>
function M.expected(found, landlock, machine)
  local wanted = {}
  for outcome, names in pairs(EXPECTED) do
    for _, name in ipairs(names) do wanted[name] = outcome end
  end
  for name, since in pairs(SINCE) do
    if landlock < since then wanted[name] = found[name] end
  end
  if machine ~= "x86_64" then wanted["x32 call"] = found["x32 call"] end
  return wanted
end

return M
