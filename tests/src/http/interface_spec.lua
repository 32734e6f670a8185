local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

describe("the number of a network interface", function()
  it("is the one that the C library finds", function()
    local check = temp.folder() .. "/check"
    shell.execute("gcc -std=gnu11 -D_GNU_SOURCE -Wall -Werror -o " .. check
      .. " src/http/interface.c tests/src/http/interface_check.c")
    assert.equal("lo: same\n: same\nno-such-one: same\nsixteen-letters!: same\n"
      .. "more-than-sixteen-letters: same\nlo: there\n",
      process.run({ check }).out)
  end)

  it("is found without a Unix socket", function()
    if not shell.works "strace -o /dev/null true" then
      pending "needs strace"
    end
    local log = temp.folder() .. "/log"
    local outcome = process.run { "strace", "-f", "-o", log, "-e",
      "trace=socket,ioctl", release.path, "-e",
      "print(require 'mkrun.http'.get('http://[fe80::1%25lo]:9/'))" }
    assert.equal(0, outcome.code)
    local calls = temp.read(log)
    assert.matches('SIOCGIFINDEX, {ifr_name="lo"', calls)
    assert.not_matches("AF_UNIX", calls)
  end)
end)
