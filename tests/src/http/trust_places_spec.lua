local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

describe("mk_trust_outside", function()
  it("says when it ran out of memory, at each allocation", function()
    local check, folder = temp.folder() .. "/check", temp.folder()
    shell.execute(([[gcc -std=gnu11 -D_GNU_SOURCE -Wall -Werror -Isrc -g -o %s \
      -fsanitize=address,undefined src/http/trust_places.c \
      -Wl,--wrap=strdup,--wrap=asprintf,--wrap=opendir \
      tests/src/http/trust_places_check.c]]):format(check))
    shell.execute(([[cd %s && mkdir a b out && touch a/own out/x out/y &&
      ln -s ../out/x a/1.pem && ln -s own a/inside.pem &&
      ln -s "$PWD/out/y" a/2.pem && ln -s ../out/x b/3.pem]]):format(folder))
    -- The list, three folders, and three links are allocated.
    assert.equal("3 files, 7 failures, 0 silent, ended", shell.output(
      ("%s %s/a:%s/none:%s/b"):format(check, folder, folder, folder)))
  end)
end)
