local requires = require "mkrun.host.requires"

--- Returns what a script requires, as texts: "NAME", "NAME?" for a module that
--- may be missing, "COMPUTED".
local function names(source)
  local list = {}
  for i, required in ipairs(requires.find(source)) do
    list[i] = (required.name or "COMPUTED")
      .. (required.is_optional and "?" or "")
  end
  return table.concat(list, " ")
end

--- Scripts, and what they require.
local CASES <const> = {
  [""] = "", ['require "a"'] = "a", ["require 'a.b'"] = "a.b",
  ['require("a")'] = "a", ['require( "a" ) require"b"'] = "a b",
  ["require [[a]]"] = "a", ["require[==[a]==]"] = "a",
  ['require "\\x61"'] = "a", ['local x <const> = require "a".b'] = "a",
  ['require -- why\n "a"'] = "a", ['require --[[why]] ("a")'] = "a",
  ['pcall(require, "a")'] = "a?",
  ['local good, m = xpcall(require, print, "a")'] = "COMPUTED?",
  ["require(name)"] = "COMPUTED", ['require("a" .. name)'] = "COMPUTED",
  ["pcall(require, name)"] = "COMPUTED?", ["local load = require"] = "COMPUTED",
  ['local require = require require "a"'] = "a",
  ['-- require "a"'] = "", ['--[[ require "a"\n]]'] = "",
  ['--[==[ ]] require "a"\n]==] require "b"'] = "b",
  ['print [[require "a"]]'] = "", ["print 'require \"a\"'"] = "",
  ['print "\\" require \'a\'"'] = "", ["x.require 'a'"] = "",
  ["x:require 'a'"] = "", ["required 'a'"] = "", ["_require 'a'"] = "",
  ['#!/usr/bin/env mkrun require "a"\nrequire "b"'] = "b",
}

describe("mkrun.host.requires", function()
  for source, expected in pairs(CASES) do
    it(("finds '%s' in %q"):format(expected, source), function()
      assert.equal(expected, names(source))
    end)
  end

  it("names the lines", function()
    local found = requires.find('#!mkrun\n--[[\n]]\nrequire "a"\n'
      .. 'print [[\n\n]] require "b"\n"\\\n"\nrequire')
    assert.same({ 4, 7, 10 }, { found[1].line, found[2].line, found[3].line })
  end)

  it("finds no end of what is not closed", function()
    for _, source in ipairs { '"', "'a", "[[", "--[[", "[==[ ]]", '"\\' } do
      assert.equal("a", names('require "a" ' .. source))
    end
  end)
end)
