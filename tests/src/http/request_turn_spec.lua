local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

describe("an exchange that waits for a name", function()
  it("does not forget what happened to it before", function()
    local check = temp.folder() .. "/check"
    shell.execute(([[
      gcc -std=gnu11 -D_GNU_SOURCE -Wall -Werror \
        -DCURL_DISABLE_TYPECHECK -Isrc -g -no-pie \
        -Wl,--unresolved-symbols=ignore-all \
        -isystem "$(echo build/vendor/curl-*/include | cut -d ' ' -f 1)" \
        -o %s src/http/request_turn.c src/http/error.c src/http/request.c \
        src/http/site.c src/http/tls_fault.c src/base/redact.c \
        src/base/redact_match.c src/base/buf.c src/base/lack.c \
        tests/src/http/request_turn_check.c]]):format(check))
    assert.equal([[
11 resolve: no such name
11 closed: connection lost before an answer came: no such name
11 refused: 1
11 refused: 0]], shell.output(check))
  end)
end)
