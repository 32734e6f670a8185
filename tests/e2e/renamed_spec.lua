local renamed = require "mkrun.host.renamed"

local release = require "tests.support.release"
local temp = require "tests.support.temp"

describe("require, by the name that a module had", function()
  it("gives the module of the new name, and one warning", function()
    local script = temp.file(
      "local old, again = require 'mkio.near', require 'mkio.near'\n"
      .. "print(old == require 'mkrun.rest.suggestion', old == again)\n")
    local outcome = release.run { script }
    assert.equal(0, outcome.code)
    assert.equal("true\ttrue\n", outcome.out)
    assert.equal("mkrun: warning: the module 'mkio.near' is called "
      .. "'mkrun.rest.suggestion' now\n", outcome.err)
  end)

  it("says as ever that there is none by another name", function()
    assert.is_nil(renamed.loader "mkio.nothing")
    local outcome = release.run { "-e", "require 'mkio.nothing'" }
    assert.equal(1, outcome.code)
    assert.matches("no built-in module 'mkio.nothing'", outcome.err, 1, true)
  end)

  it("works for each of them", function()
    local source = temp.read "lua/mkrun/host/renamed.lua"
    local count = 0
    for old, new in source:gmatch '%["([%w_.]+)"%] =%s+"([%w_.]+)"' do
      count = count + 1
      assert.is_function(renamed.loader(old))
      assert(package.searchpath(new, "lua/?.lua;lua/?/init.lua"))
    end
    assert.is_true(count > 50)
  end)
end)
