--- What an error says about a wrong name: a module, a method, a field, a global
--- variable; and about a dot in place of a colon.

local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local CONNECT <const> = "local org = require 'mkio'.connect {}\n"

local function fails(code, flags)
  local arguments = { "--sandbox", table.unpack(flags or {}) }
  arguments[#arguments + 1] = temp.file(code)
  local outcome = release.run(arguments)
  assert.equal(1, outcome.code, outcome.err)
  return outcome.err
end

describe("a wrong name", function()
  it("is told with the nearest one", function()
    for code, meant in pairs {
      ["org.teams:esure('a', {})"] = "ensure",
      ["org.teems:list()"] = "teams",
      ["org:teems()"] = "teams",
      ["org:project('x').webhooks:lst()"] = "list",
      ["local t = org . teams : fnd 'x'"] = "find",
      ["local function f() return org.teams:ensrue() end\nprint(f())"] =
        "ensure",
      ["local json = require 'mkrun.json'\njson.encod {}"] = "encode",
      ["require 'mkrun.report'.new():sumary()"] = "summary",
      ["pritn 'x'"] = "print",
      ["stirng.format 'x'"] = "string",
      ["require 'mkrun.clent'"] = "mkrun.client",
    } do
      for _, flags in ipairs { {}, { "--confine" } } do
        local err = fails(CONNECT .. code, flags)
        assert(err:find("did you mean '" .. meant .. "'?", 1, true), err)
      end
    end
  end)

  it("is told of a module of the first level, too", function()
    for name, meant in pairs { mkoi = "mkio", json = "mkrun.json" } do
      local err = fails(("require %q"):format(name))
      assert(err:find(("no built-in module '%s', did you mean '%s'?")
        :format(name, meant), 1, true), err)
    end
  end)

  it("stays as Lua says it where no name is near", function()
    for code, message in pairs {
      ["local t = {}\nprint(t.foo.bar)"] = "(field 'foo')\n",
      ["local t\nt()"] = "(local 't')\n",
      ["local t = {}\nt:x()"] = "(method 'x')\n",
      ["local t = setmetatable({}, { __index = function() error 'y' end })\n"
        .. "t.abc.def()"] = ": y\n",
    } do
      local err = fails(code)
      assert.equal(message, err:sub(-#message))
    end
  end)

  it("calls no metamethod of the script", function()
    for _, code in ipairs {
      "local n = 0\nlocal t = setmetatable({}, { __index = function()\n"
        .. "n = n + 1 if n > 1 then print 'called' end end })\nt.foo()",
      ("local t = { fooba = 1 } local s = '%s' t.foobar()"):format(
        ("a"):rep(500000)),
      "load('local t = {} t.x()', '=x', 't', setmetatable({}, { __index ="
        .. " function() print 'called' end }))()",
    } do
      local outcome = release.run { temp.file(code) }
      assert.same({ 1, "" }, { outcome.code, outcome.out })
      assert.matches("attempt to call a nil value", outcome.err)
    end
  end)

  it("reads no pipe and no device as code", function()
    local pipe = temp.file("")
    shell.execute(("rm '%s' && mkfifo '%s'"):format(pipe, pipe))
    for _, path in ipairs { pipe, "/dev/zero" } do
      local code = ("load('local t = {} t.x()', %q)()"):format("@" .. path)
      assert.matches("%(field 'x'%)\n$", fails(code, { "--max-memory=64M" }))
    end
  end)

  it("is not changed for a script that catches the error", function()
    local file = temp.file(CONNECT
      .. "print(pcall(function() org.teams:esure() end))")
    local outcome = release.run { "--sandbox", file }
    assert.matches("%(method 'esure'%)\n$", outcome.out)
  end)
end)

describe("a dot in place of a colon", function()
  it("is told, with the call that was meant", function()
    for code, call in pairs {
      ["require 'mkrun.client'.new { base = 'http://x' }.get '/x'"] =
        "client:get(...)",
      ["require 'mkrun.report'.new().step('created', 'team', 'x')"] =
        "report:step(...)",
      ["require 'mkrun.progress'.new('x', 1).step 'x'"] = "progress:step(...)",
      [CONNECT .. "org.teams.ensure('a', {})"] = "teams:ensure(...)",
      [CONNECT .. "org.get()"] = "organization:get(...)",
      [CONNECT .. "org.teams.list { top = 5 }"] = "teams:list(...)",
      [CONNECT .. "org.invites.each {}"] = "invites:each(...)",
    } do
      local err = fails(code)
      assert(err:find("(it needs a colon: " .. call .. ")", 1, true), err)
      assert.matches(":%d+: bad call of '", err)
    end
  end)
end)
