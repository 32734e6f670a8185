local document = require "mkrun.host.document"
local input = require "mkrun.host.input"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local home = temp.folder()
shell.execute("mkdir " .. home .. "/sub")

--- Writes files and reads the first as a document.  Paths are those in the
--- folder.
local function read(files, set)
  for name, text in pairs(files) do temp.write(home .. "/" .. name, text) end
  local text, message = document.text(home .. "/a.lua", set)
  return text, (message:gsub(home:gsub("%p", "%%%0") .. "/", ""))
end

local function fault(source, set)
  local text, message = read({ ["a.lua"] = source }, set)
  assert.is_nil(text)
  return message
end

local function value(source, set)
  return (assert(read({ ["a.lua"] = source }, set)))
end

describe("a file in Lua", function()
  it("returns a table", function()
    assert.equal('{"a":[1,"b",true,1.5],"c":{"d":null}}', value [[
      local c = { d = null }
      return { a = { 1, "b", true, 1.5 }, c = c }]])
    assert.equal('{"a":1}', value "#!/usr/bin/env mkrun\nreturn { a = 1 }")
    assert.equal('{"a":1}', value "\xEF\xBB\xBFreturn { a = 1 }")
  end)

  it("names variables for secrets, and cannot read them", function()
    assert.equal('{"a":{"env":"HOME"}}', value 'return { a = env "HOME" }')
    for _, code in ipairs { 'env "a b"', "env(7)", 'env ""' } do
      assert.match("^a.lua:1: env: the name of a variable expected",
        fault("local x = " .. code .. " return {}"))
    end
  end)

  it("asks for the values of --set", function()
    local code = 'return { a = set.x, b = set("y", "z"), c = set("x", 1) }'
    assert.equal('{"a":"1=2","b":"z","c":"1=2"}', value(code, { "x=1=2" }))
    assert.equal('{"a":"","b":"","c":""}', value(code, { "x=", "y=" }))
    assert.equal("a.lua:1: --set xy=VALUE is missing, did you mean 'xz'?",
      fault("return { set.xy }", { "xz=1" }))
    assert.equal("--set: NAME=VALUE expected, got 'x'", fault("", { "x" }))
    assert.equal("--set: 'x' is given twice", fault("", { "x=1", "x=2" }))
    local _, used = read({ ["a.lua"] = code }, { "x=1" })
    assert.equal("x\ny", used)
    assert.match("'set' cannot be changed", fault "set.x = 1 return {}")
    for _, use in ipairs { "set[{}]", "set[1]", "set({}, 1)" } do
      assert.match("^a.lua:1: set: the name of a variable expected, got ",
        fault("local x = " .. use .. " return {}"))
    end
  end)

  it("refuses what is no name of a variable", function()
    for code, got in pairs { ["true, 1"] = "boolean", ["{}, 1"] = "table",
      ["1.5, 1"] = "number", ["'a\\nb', 1"] = "'a\nb'",
      ["'\\xff', 1"] = "'\xff'", ["nil, 1"] = "nil" } do
      assert.equal("a.lua:1: set: the name of a variable expected, got " .. got,
        fault("local x = set(" .. code .. ") return {}"))
    end
    assert.match("^a.lua:1: set: the name of a variable expected, got number",
      fault "local x = set[1] return {}")
  end)

  it("includes files of its folder", function()
    assert.equal('{"a":{"b":[1]},"c":{"d":2}}', read {
      ["a.lua"] = 'return { a = include "sub/b.lua", c = include "c.json" }',
      ["c.json"] = '{"d": 2} // comment' ,
      ["sub/b.lua"] = 'return { b = include "../sub/c.jsonc" }',
      ["sub/c.jsonc"] = "[1,]",
    })
    assert.equal('{"a":[[1],[1]]}', read {
      ["a.lua"] = 'return { a = { include "c.json", include "c.json" } }',
      ["c.json"] = "[1]" })
    temp.write(home .. "-b.json", "{}")
    local other = home:match "[^/]*$" .. "-b.json"
    for name, message in pairs {
      ["../" .. other] = "leads out of the folder of SPEC",
      ["/etc/passwd"] = "a path in the folder of SPEC expected",
      [""] = "a path in the folder of SPEC expected",
      ["none.json"] = "none.json: No such file or directory",
      ["a.lua"] = "that file is being run already",
    } do
      assert.equal(("a.lua:1: include %s: %s"):format(name, message),
        fault(("local x = include %q return x"):format(name)))
    end
    assert.match("^a.lua: include a.lua: that file is", fault
      'return include "a.lua"')
    assert.match("^a.lua:1: include: the name of a file", fault "include(7)")
    assert.match("^a.lua:1: include: the name of a file is no text in UTF%-8",
      fault "local x = include '\\xff' return x")
  end)

  it("includes no pipe, which may never end", function()
    shell.execute("mkfifo " .. home .. "/pipe.json")
    assert.equal("a.lua:1: include pipe.json: pipe.json: is no regular file",
      fault "local x = include 'pipe.json' return x")
    assert.match("sub/%.%./sub/%.: is no regular file",
      fault "local x = include 'sub/../sub/.' return x")
  end)

  it("reads a file once, by whatever path it is included", function()
    temp.write(home .. "/c.json", "[7]")
    local read_file, count = input.read, 0
    input.read = function(path)
      if path:find "c%.json$" then count = count + 1 end
      return read_file(path)
    end
    local ok, text = pcall(value, [[return { include "c.json",
      include "./c.json", include "sub/../c.json" }]])
    input.read = read_file
    assert(ok, text)
    assert.equal("[[7],[7],[7]]", text)
    assert.equal(1, count)
  end)

  it("tells no secret in a message", function()
    for code, message in pairs {
      ["return { 's3cret' 's3cret' }"] = "'}' expected near a text",
      ["return { [[s3cret]] [==[s3cret]==] }"] = "'}' expected near a text",
      ['return { "s3cret\n}'] = "unfinished string near a text",
      ["return { [[s3cret }"] = "unfinished long string",
      ["return { 's3cret\\q' }"] = "invalid escape sequence",
      ["return [ 's3cret' ]"] = "unexpected symbol near '['",
      ["local a = env 's3cret !' return {}"] =
        "env: the name of a variable expected, got another text",
    } do
      local told = fault(code)
      assert.match(message, told, 1, true)
      assert.is_nil(told:find("s3cret", 1, true), told)
    end
    assert.equal("--set: NAME=VALUE expected, got 'a b=...'",
      fault("", { "a b=s3cret=\n" }))
  end)

  it("says in which file and line something is wrong", function()
    local _, message = read { ["a.lua"] = 'local b = include "b.lua"',
      ["b.lua"] = "return {\n  x = 1 + nil }" }
    assert.match("^b.lua:2: attempt to perform arithmetic", message)
    _, message = read { ["a.lua"] = 'return include "b.json"',
      ["b.json"] = '{"a": 1,\n "a": 2}' }
    assert.match("b.json: at '/a': the name is there twice", message)
    assert.match("^a.lua:1: unexpected symbol", fault "local x = =")
    assert.equal("a.lua: stop", fault 'error("stop", 0)')
    assert.equal("a.lua:1: stop", fault 'error "stop"')
    assert.equal("a.lua: the error is no text", fault "error {}")
  end)

  for code, message in pairs {
    ["return 7"] = "at the top: table expected, got 7",
    ["local x = 1"] = "at the top: table expected, got nothing",
    ["return { a = { print } }"] = ":1: there is no 'print' in a SPEC",
    ["return { a = { ipairs } }"] =
      "at '/a/0': a function is no value of JSON",
    ["return { 1, x = 2 }"] = "at the top: a table with elements and members",
    ["return { [1] = 1, [3] = 1 }"] = "at the top: a list with a hole",
    ["return { [0] = 1 }"] = "at the top: a key is a number, text expected",
    ["return { [{}] = 1 }"] = "at the top: a key is a table, text expected",
    ["local t = {} t.a = { t } return t"] =
      "at '/a/0': a table that contains itself",
    ["return { a = 0/0 }"] = "at '/a': NaN is no number of JSON",
    ["return { a = -1/0 }"] = "at '/a': infinity is no number of JSON",
    ["return { a = '\\xff' }"] = "at '/a': a text that is not UTF-8",
    ["local t = {} for _ = 1, 101 do t = { t } end return t"] =
      "nested deeper than 100 levels",
  } do
    it("is refused: " .. code, function()
      assert.match(message, fault(code), 1, true)
    end)
  end

  it("may have a table in two places", function()
    assert.equal('{"a":[1],"b":[1]}',
      value "local t = { 1 } return { a = t, b = t }")
  end)
end)

describe("what a file in Lua can reach", function()
  for _, name in ipairs { "os", "io", "require", "load", "loadstring",
    "dofile", "loadfile", "debug", "package", "coroutine", "pcall", "xpcall",
    "setmetatable", "getmetatable", "rawget", "rawset", "rawequal", "rawlen",
    "collectgarbage", "print", "warn", "_G", "json", "arg", "_VERSION" } do
    it("is not " .. name, function()
      assert.match(("a.lua:1: there is no '%s' in a SPEC"):format(name),
        fault("local x = " .. name .. " return {}"), 1, true)
    end)
  end

  it("is no bytecode, and no way to make it", function()
    assert.match("attempt to load a binary chunk", fault "\27LuaT")
    assert.equal("a.lua: is no text in UTF-8",
      fault(string.dump(function() return {} end)))
    assert.equal('{"a":[true,true]}', value
      "return { a = { string.dump == nil, ('').dump == nil } }")
  end)

  it("is nothing by chance", function()
    assert.equal('{"a":[true,true]}', value
      "return { a = { math.random == nil, math.randomseed == nil } }")
    assert.equal('{"a":"table function null table 1"}', value [[
      return { a = tostring {} .. " " .. tostring(type) .. " "
        .. tostring(null) .. (" %s %d"):format({}, 1) }]])
    assert.match("%%p is not allowed", fault "return { ('%8p'):format {} }")
  end)

  it("has an order", function()
    assert.equal('{"a":"1 2 3.5 a b c ","b":[1,1,2,2,3],"c":"bdeac"}', value [[
      local text, list, order = "", { 3, 2, 1, 2, 1 }, ""
      for k in pairs { c = 1, b = 1, a = 1, 1, 1, [3.5] = 1 } do
        text = text .. k .. " "
      end
      table.sort(list)
      local people = { { "a", 2 }, { "b", 1 }, { "c", 2 }, { "d", 1 },
        { "e", 1 } }
      table.sort(people, function(x, y) return x[2] < y[2] end)
      for _, one in ipairs(people) do order = order .. one[1] end
      return { a = text, b = list, c = order }]])
    assert.equal('{"a":"ab","b":true}', value [[
      local t, text = { b = 1, a = 1 }, ""
      local k = next(t)
      while k do text, k = text .. k, next(t, k) end
      return { a = text, b = next {} == nil }]])
  end)

  it("is not what another file changes", function()
    assert.equal('{"a":{"x":"A"},"y":"A"}', read {
      ["a.lua"] = [[string.upper = nil; y = 1
        return { a = include "b.lua", y = ("a"):upper() }]],
      ["b.lua"] = "return { x = string.upper 'a' }" })
    local _, message = read { ["a.lua"] = 'x = 1; return include "b.lua"',
      ["b.lua"] = "return { x }" }
    assert.match("b.lua:1: there is no 'x'", message)
  end)

  --- None of these ends otherwise.
  for _, code in ipairs { "while true do end",
    "local s = ('a'):rep(60000) return s:find '.-.-.-.-.-b'",
    "local s = ('').rep('', 1 << 60)", "table.move({}, 1, 1 << 60, 2)",
    "local function f() return f() end f()",
    "for _ in pairs { 1 } do while true do end end" } do
    it("is a second of the processor: " .. code, function()
      assert.equal("a.lua: computes for more than a second", fault(code))
    end)
  end

  for _, code in ipairs { "return ('x'):rep(1000000000)",
    "local t = {} while true do t[#t + 1] = {} end",
    "local s = 'x' while true do s = s .. s end",
    "local function f() return 1 + f() end f()",
    "return { (('x'):rep(40000000)):upper() }" } do
    it("is 64 MB: " .. code, function()
      assert.equal("a.lua: needs more than 64 MB", fault(code))
    end)
  end
end)

describe("JSON as a document", function()
  local function json_fault(text)
    temp.write(home .. "/b.json", text)
    return select(2, document.text(home .. "/b.json"))
  end

  it("may have comments", function()
    temp.write(home .. "/b.jsonc", '{"a": 1, // one\n}')
    assert.match('^{"a": 1', (document.text(home .. "/b.jsonc")))
  end)

  it("is refused with its place", function()
    assert.match("b.json: bad JSON: .*line 2 column 8$",
      json_fault '/* a */ {\n  "a": :}')
    assert.match("at '/a': the name is there twice: line 1 column 2",
      json_fault '{"a": 1, /* b */ "a": 2}')
    assert.match("'#' begins no comment, // does, at line 1 column 2",
      json_fault "[# a\n]")
    assert.match("No such file", select(2, document.text(home .. "/none")))
  end)
end)
