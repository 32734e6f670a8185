--- Checks what kernel.sh printed (on standard input): that an aarch64 kernel
--- holds a confined run as an x86-64 kernel does.  The last line is "N passed,
--- N failed, N skipped".

package.path = "./?.lua;" .. package.path

local cage_attempts = require "tests.support.cage_attempts"

local out = io.read "a"
local passed, failed = 0, 0

local function check(name, holds, detail)
  passed = passed + (holds and 1 or 0)
  failed = failed + (holds and 0 or 1)
  if not holds then print("FAILED", name, detail or "") end
end

local function check_attempts(text, landlock)
  local found, process = cage_attempts.read(text)
  local wanted = cage_attempts.expected(found, landlock, "aarch64")
  for name, outcome in pairs(wanted) do
    check(name, found[name] == outcome, ("%s expected, got %s"):format(outcome,
      found[name]))
  end
  for name in pairs(found) do
    if not wanted[name] then check(name, false, "an unknown attempt") end
  end
  check("the process", process == cage_attempts.PROCESS, process)
end

local kernel = out:match "BEGIN ([^\n]*)"
local landlock = math.tointeger(out:match "LANDLOCK%s+(%d+)")
print("kernel " .. tostring(kernel))
check("the kernel starts", kernel and kernel:find "aarch64", out:sub(-2000))
check("it has Landlock", landlock and landlock > 0)
check("it has seccomp", out:find "SECCOMP%s+true")
check_attempts(out:match "\nATTEMPTS\n(.-)\nATTEMPTED 0" or "", landlock or 0)
check("a confined flow runs", out:find
  "ONBOARD 1 0 Summary: 6 created, 2 changed, 0 unchanged%.")
check("and finds nothing to do", out:find
  "ONBOARD 2 0 Summary: 0 created, 0 changed, 8 unchanged%.")
check("a bundle runs in a root without /proc", out:find
  "BUNDLE 0 the file in the bundle\n")
check("files outside are as before", out:find "\nx x DONE")
print(("%d passed, %d failed, 0 skipped"):format(passed, failed))
os.exit(failed == 0)
