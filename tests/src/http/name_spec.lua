local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

describe("mk_name_hash", function()
  it("is that of vendor/roots.lua", function()
    local check = temp.folder() .. "/check"
    shell.execute(([[gcc -std=gnu11 -Wall -Werror -Isrc -g -o %s \
      -fsanitize=address,undefined src/http/name.c src/http/der.c \
      src/http/pem.c src/base/buf.c \
      build/generated/roots.c tests/src/http/name_check.c]]):format(check))
    assert.equal("many, 0 lost", shell.output(check))
  end)
end)
