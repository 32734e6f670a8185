local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

describe("libcurl", function()
  for variant, flag in pairs { release = "", debug = "-DMK_DEBUG" } do
    it("is not started again after it failed to: " .. variant, function()
      local check = temp.folder() .. "/check"
      shell.execute(([[
        gcc -std=gnu11 -Wall -Werror %s -Isrc -g \
          -isystem "$(echo build/vendor/curl-*/include | cut -d ' ' -f 1)" \
          -o %s src/http/alloc.c src/base/pool.c tests/src/http/alloc_check.c]])
        :format(flag, check))
      assert.equal("0 0, asked 1", shell.output(check))
    end)
  end
end)
