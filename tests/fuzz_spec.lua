--- Tests tests/fuzz/run.sh, which `make fuzz` calls.

local process = require "tests.support.process"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

describe("make fuzz", function()
  it("runs every target", function()
    local run = temp.read "tests/fuzz/run.sh"
    for name in shell.output "ls tests/fuzz":gmatch "fuzz_([%w_]+)%.c" do
      assert(run:find("\nfuzz " .. name .. " "), name)
    end
  end)

  it("says so where there is no libFuzzer", function()
    local outcome = process.run({ "sh", "tests/fuzz/run.sh", temp.folder(),
      "1" }, { env = { CLANG = "no-such-clang" } })
    assert.same({ code = 0, err = "", out = "  SKIP  fuzz: 'no-such-clang' is "
      .. "not here, or without libFuzzer\n" }, outcome)
  end)
end)
