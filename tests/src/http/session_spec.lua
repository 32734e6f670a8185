local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

describe("libcurl", function()
  it("is not started again after it failed to", function()
    local check = temp.folder() .. "/check"
    shell.execute(([[
      gcc -std=gnu11 -Wall -Werror -Isrc -g -no-pie \
        -Wl,--unresolved-symbols=ignore-all \
        $(grep -o -e "-isystem [^ ]*" build/debug/compile.flags) \
        -o %s src/http/session.c tests/src/http/session_check.c]])
      :format(check))
    assert.equal("0 0, asked 1", shell.output(check))
  end)
end)
