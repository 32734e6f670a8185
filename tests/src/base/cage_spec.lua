local cage = require "mkrun.cage"

local ports = require "tests.support.ports"
local process = require "tests.support.process"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

--- The attempts of cage_check.c by what becomes of them.  Landlock refuses with
--- EACCES (EXDEV for links), the filter of system calls with EPERM or ENOSYS.
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

local program

local function compiled()
  if program then return program end
  program = temp.folder() .. "/check"
  shell.execute("gcc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Isrc -o "
    .. program .. " tests/src/base/cage_check.c src/base/cage*.c")
  return program
end

--- Makes the files, runs the check after the words of `prefix`, and returns the
--- outcomes by attempt and the line about the process.
local function attempts(prefix)
  local folder, port = temp.folder(), ports.free()
  shell.execute(("cd %s && mkdir in out read && echo x | tee in/file "
    .. ">out/file && echo x >read/file && ln -s ../out/file in/to-out && "
    .. "cp %s check && chmod -R a+rwX . && chmod 755 ."):format(folder,
      compiled()))
  local out = shell.output(("cd %s && %s ./check . %d"):format(folder, prefix,
    port))
  local found = {}
  for line in out:gmatch "[^\n]+" do
    local name, outcome = line:match "^(.+) (%u%u+)$"
    if not name then name, outcome = line:match "^(.+) (done)$" end
    if name then found[name] = outcome end
  end
  return found, out:match "\n(dumpable %d.-)\nbpf", folder
end

local function has(version)
  return cage.probe().landlock >= (version or 1)
end

local function expected()
  local wanted = {}
  for outcome, names in pairs(EXPECTED) do
    for _, name in ipairs(names) do wanted[name] = outcome end
  end
  return wanted
end

local function check(prefix)
  local state = assert(cage.probe())
  if state.landlock == 0 or not state.seccomp then pending(state.text) end
  local found, line, folder = attempts(prefix)
  local wanted = expected()
  for name, since in pairs(SINCE) do
    if not has(since) then wanted[name] = found[name] end
  end
  if not shell.output("uname -m"):find "x86_64" then
    wanted["x32 call"] = found["x32 call"]
  end
  assert.same(wanted, found)
  assert.equal("dumpable 0, core 0 0, no_new_privs 1\n"
    .. "capabilities as expected", line)
  assert.equal("x\n", temp.read(folder .. "/out/file"))
  assert.equal("x\n", temp.read(folder .. "/read/file"))
end

describe("the cage", function()
  it("refuses each way out, and keeps what was granted", function()
    check ""
  end)

  it("does so for another user", function()
    local prefix = "setpriv --reuid=65534 --regid=65534 --clear-groups "
    if not shell.works(prefix .. "true") then
      pending "needs root and setpriv"
    end
    check(prefix)
  end)

  --- Runs the check while another thread runs.  strace answers for the kernel.
  local function beside_a_thread(refusal)
    local words = { compiled(), temp.folder(), "1", "thread" }
    if refusal ~= "" then
      if not shell.works "strace -o /dev/null true" then
        pending "needs strace"
      end
      table.move({ "strace", "-f", "-o", "/dev/null", "-e", "inject="
        .. refusal }, 1, 6, 1, table.move(words, 1, 4, 7))
    end
    return process.run(words)
  end

  it("is not closed over one of several threads", function()
    for _, refusal in ipairs { "", "unshare:error=EPERM" } do
      assert.same({ code = 1, out = "a thread runs already", err = "" },
        beside_a_thread(refusal))
    end
  end)

  it("may have several threads where the kernel holds none of them", function()
    assert.same({ code = 0, out = "closed\n", err = "" },
      beside_a_thread "landlock_create_ruleset,seccomp:error=ENOSYS")
  end)
end)
