local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

describe("memcpy and its kin of the release variant", function()
  it("do what plain loops do, whatever the length and the place", function()
    local folder = temp.folder()
    shell.execute(([[
      names=
      for name in memcpy memmove memcmp memchr strlen strcmp; do
        names="$names -D$name=mk_$name"
      done
      gcc -std=gnu11 -O2 -fno-builtin -fsanitize=address $names -o %s/check \
        src/base/memory.c tests/src/base/memory_check.c]]):format(folder))
    assert.equal("all equal", shell.output(folder .. "/check"))
  end)
end)
