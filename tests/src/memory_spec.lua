local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

describe("memcpy, memmove and memcmp of the release variant", function()
  it("do what plain loops do, whatever the length and the place", function()
    local folder = temp.folder()
    shell.execute(([[
      names='-Dmemcpy=mk_memcpy -Dmemmove=mk_memmove -Dmemcmp=mk_memcmp'
      gcc -std=c11 -O2 -fsanitize=address $names -o %s/check \
        src/memory.c tests/src/memory_check.c]]):format(folder))
    assert.equal("all equal", shell.output(folder .. "/check"))
  end)
end)
