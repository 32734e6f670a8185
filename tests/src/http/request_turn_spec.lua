local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

describe("an exchange with a server that nobody knows", function()
  it("waits for the first one, and hears what that finds", function()
    local check = temp.folder() .. "/check"
    shell.execute(([[
      gcc -std=gnu11 -D_GNU_SOURCE -Wall -Werror \
        -DCURL_DISABLE_TYPECHECK -Isrc -g -no-pie \
        -Wl,--unresolved-symbols=ignore-all \
        $(grep -o -e "-isystem [^ ]*" build/debug/compile.flags) \
        -o %s src/http/request_turn.c src/http/error.c src/http/request.c \
        src/http/site.c src/http/tls_fault.c src/base/redact.c \
        src/base/redact_match.c src/base/redact_fit.c src/base/buf.c \
        src/base/lack.c \
        tests/src/http/request_turn_check.c]]):format(check))
    assert.equal([[
111 resolve: no such name
111 closed: connection lost before an answer came: no such name
plain, looks up: 100 100 100 100
plain, has the address: 100 111 111 111
looks up: 100 100 100 100
has the address: 100 100 100 111
is connected: 100 111 111 111
is given up: 100 110 110 110
finds nobody: 100 111 111 111]], shell.output(check))
  end)
end)
