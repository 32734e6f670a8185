local cage = require "mkrun.cage"

local cage_attempts = require "tests.support.cage_attempts"
local ports = require "tests.support.ports"
local process = require "tests.support.process"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

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
  local found, line = cage_attempts.read(out)
  return found, line, folder
end

local function check(prefix)
  local state = assert(cage.probe())
  if state.landlock == 0 or not state.seccomp then pending(state.text) end
  local found, line, folder = attempts(prefix)
  assert.same(cage_attempts.expected(found, state.landlock,
    shell.output "uname -m"), found)
  assert.equal(cage_attempts.PROCESS, line)
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
