--- How mkrun runs scripts: lua's manners, errors, exit codes, output.

local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local function ends(code, arguments, options)
  local outcome = release.run(arguments, options)
  assert.equal(code, outcome.code, outcome.err)
  return outcome
end

local SHOW = [[
local keys = {}
for key in pairs(arg) do keys[#keys + 1] = key end
table.sort(keys)
for _, key in ipairs(keys) do
  if key > -2 then io.write(key, "=", arg[key], " ") end
end
print(select("#", ...), ...)]]

describe("an error object that leaves a script", function()
  local code = "error(setmetatable({ exit_code = %s }, "
    .. "{ __tostring = function() return 'odd' end }))"

  it("is named with the line that led to it", function()
    local file = temp.file("\n\n" .. code:format "nil" .. "\n")
    local outcome = release.run { file }
    assert.equal(1, outcome.code)
    assert.matches("mkrun: [^\n]+:3: odd\n", outcome.err)
  end)

  it("may choose the exit code", function()
    assert.equal(2, release.eval(code:format "2").code)
  end)
end)

describe("a script", function()
  it("gets its arguments", function()
    local file = temp.file(SHOW)
    assert.equal(("-1=-E 0=%s 1=a 2=-e 3= 3\ta\t-e\t\n"):format(file),
      ends(0, { "-E", file, "a", "-e", "" }).out)
    assert.equal(("-1=-- 0=%s 0\n"):format(file),
      ends(0, { "--", file }).out)
  end)

  it("comes from standard input, with and without -", function()
    assert.equal("-1=-E 0=- 1=x 1\tx\n",
      ends(0, { "-E", "-", "x" }, { stdin = SHOW }).out)
    assert.equal("7\n", ends(0, {}, { stdin = "print(3 + 4)" }).out)
    assert.equal("", ends(0, { "-e", "" }, { stdin = "print(1)" }).out)
    assert.equal("", ends(0, {}, { stdin = "" }).out)
  end)

  it("says nothing that moves the cursor", function()
    assert.equal("a?[2J\tb\n? 3\n", ends(0, { "-e",
      [[require "mkrun.script".say("a\27[2J\tb\n\127", 3)]] }).err)
  end)

  it("may begin with #!, a byte order mark, or both", function()
    for _, head in ipairs { "#!/usr/bin/env mkrun\n", "\xef\xbb\xbf",
      "\xef\xbb\xbf#!x\n", "# no newline" } do
      local text = head .. (head:find "no" and "" or "print(1)")
      local out = ends(0, { temp.file(text) }).out
      assert.equal(head:find "no" and "" or "1\n", out)
    end
    assert.matches(":3: x\n$", ends(1, { "-" },
      { stdin = "#!x\n\nerror 'x'" }).err)
  end)

  it("runs by its #! line", function()
    local file = temp.file(("#!%s\nprint(...)"):format(release.path), "s")
    shell.execute("chmod 755 " .. file)
    assert.equal("a\tb\n", process.run({ file, "a", "b" }).out)
  end)

  it("is a built-in flow or a file", function()
    local folder = temp.folder()
    temp.write(folder .. "/onboard.lua", "print 'mine'")
    temp.write(folder .. "/onboard", "print 'not me'")
    local function first(name)
      return ends(0, { name, "--help" }, { cwd = folder }).out:match "[^\n]*"
    end
    assert.equal("mine", first "onboard.lua")
    assert.equal("mine", first "./onboard.lua")
    assert.equal("not me", first "./onboard")
    assert.matches("^Set up an organization", first "onboard")
    os.remove(folder .. "/onboard.lua")
    assert.matches("^Set up an organization", first "onboard.lua")
  end)

  it("finds modules in its own folder, and not in the current one", function()
    local folder, elsewhere = temp.folder(), temp.folder()
    temp.write(folder .. "/s.lua", "print(require 'beside')")
    temp.write(folder .. "/beside.lua", "return 'mine'")
    temp.write(elsewhere .. "/here.lua", "return 'current'")
    local inside = { cwd = elsewhere }
    assert.matches("^mine\t", ends(0, { folder .. "/s.lua" }, inside).out)
    temp.write(folder .. "/t.lua", "print((pcall(require, 'here')))")
    assert.equal("false\n", ends(0, { folder .. "/t.lua" }, inside).out)
    assert.equal("current\n",
      ends(0, { "-e", "print((require 'here'))" }, inside).out)
  end)

  it("cannot be bytecode, in any way", function()
    local code = string.dump(function() return 1 end)
    local file = temp.file(code)
    local refused = "attempt to load a binary chunk"
    assert.matches(refused, ends(1, { file }).err, 1, true)
    assert.matches(refused, ends(1, {}, { stdin = code }).err, 1, true)
    for _, call in ipairs {
      "load(string.dump(print or f))", "loadfile(%q)",
      "load(string.dump(function() end), 'x', 'b')",
      "load(string.dump(function() end), 'x', 'bt')",
      "loadfile(%q, 'b')", "loadfile(%q, 'bt')", "load('return 1', 'x', 'b')",
    } do
      local line = ("function f() end print = print local ok, why = %s "
        .. "assert(not ok) io.write(why)"):format(call:format(file))
      line = line:gsub("print or f", "f")
      assert.matches("attempt to load a %l+ chunk", ends(0, { "-e", line }).out)
    end
    ends(1, { "-e", ("dofile(%q)"):format(file) })
  end)
end)

describe("options as lua has them", function()
  it("act in their order, before the script", function()
    local file = temp.file "print(a, string2 == string)"
    assert.equal("2\ttrue\n",
      ends(0, { "-e", "a = 1", "-ea=2", "-l", "string2=string", file }).out)
    assert.equal("true\n", ends(0, { "-lmkrun.json", "-e",
      "print(_G['mkrun.json'] == require 'mkrun.json')" }).out)
  end)

  it("fail as a script does", function()
    assert.equal("mkrun: (command line):1: x\n",
      ends(1, { "-e", "error 'x'" }).err)
    assert.matches("^mkrun: %(command line%):1: .*<eof>",
      ends(1, { "-e", "x =" }).err)
    assert.matches("^mkrun: module 'no' not found:",
      ends(1, { "-l", "no" }).err)
  end)

  it("turn warnings on", function()
    assert.equal("", ends(0, { "-e", "warn('a', 'b')" }).err)
    assert.equal("mkrun: warning: ab\n",
      ends(0, { "-W", "-e", "warn('a', 'b')" }).err)
  end)

  it("honour LUA_INIT and LUA_PATH unless there is -E", function()
    local folder = temp.folder()
    temp.write(folder .. "/m.lua", "return 'm'")
    temp.write(folder .. "/init.lua", "x = 'file'")
    local env = { LUA_PATH = folder .. "/?.lua;;", LUA_INIT = "x = 'init'" }
    local code = "print(x, (select(2, pcall(require, 'm'))) == 'm')"
    local function run(...) return ends(0, { ... }, { env = env }).out end
    assert.equal("init\ttrue\n", run("-e", code))
    assert.equal("nil\tfalse\n", run("-E", "-e", code))
    env.LUA_INIT_5_4, env.LUA_PATH_5_4 = "@" .. folder .. "/init.lua", "none"
    assert.equal("file\tfalse\n", run("-e", code))
    assert.equal("", run("-E", "-e", "io.write(package.cpath)"))
    env.LUA_INIT_5_4 = "error 'in init'"
    assert.equal("mkrun: LUA_INIT:1: in init\n",
      ends(1, { "-e", "" }, { env = env }).err)
  end)

  it("put the standard path in the place of ;;", function()
    local file = temp.file "print(package.path)"
    local own = file:match "^(.*)/" .. "/?.lua;" .. file:match "^(.*)/"
      .. "/?/init.lua\n"
    for value, path in pairs {
      [";;"] = own, ["a;;"] = "a;" .. own, [";;b"] = own:sub(1, -2) .. ";b\n",
      ["a;;b"] = "a;" .. own:sub(1, -2) .. ";b\n", ["a;b"] = "a;b\n",
    } do
      assert.equal(path, ends(0, { file }, { env = { LUA_PATH = value } }).out)
    end
  end)

  it("take modules from MKRUN_LUA unless there is -E", function()
    local folder = temp.folder()
    shell.execute(("mkdir -p %s/mkrun/host"):format(folder))
    temp.write(folder .. "/mkrun/host/stack.lua", "return 'other'")
    local run = { env = { MKRUN_LUA = folder } }
    local code = "print(require 'mkrun.host.stack', (require 'mkrun.client'))"
    assert.equal("other\n", ends(0, { "-e",
      "print((require 'mkrun.host.stack'))" }, run).out)
    assert.matches("^table", ends(0, { "-E", "-e", code }, run).out)
  end)

  it("take modules from beside the file to which a link leads", function()
    local folder = temp.folder()
    shell.execute(("cd %s && mkdir real bin && ln -s ../real/x.lua bin/x.lua "
      .. "&& ln -s bin/x.lua y.lua"):format(folder))
    temp.write(folder .. "/real/x.lua", "print(require 'beside')")
    temp.write(folder .. "/real/beside.lua", "return 'real'")
    temp.write(folder .. "/bin/beside.lua", "return 'link'")
    for _, path in ipairs { "real/x.lua", "bin/x.lua", "y.lua", "./y.lua",
      folder .. "/y.lua" } do
      assert.matches("^real\t", ends(0, { path }, { cwd = folder }).out)
    end
  end)

  it("take no module silently from the binary", function()
    local folder = temp.folder()
    shell.execute(("mkdir -p %s/mkrun && ln -s client.lua %s/mkrun/client.lua")
      :format(folder, folder))
    local code = "require 'mkrun.client'"
    assert.matches("client.lua: Symbolic link loop",
      ends(1, { "-e", code }, { env = { MKRUN_LUA = folder } }).err, 1, true)
    assert.equal("mkrun: MKRUN_LUA: /nowhere: No such file or directory\n",
      ends(2, { "-e", code }, { env = { MKRUN_LUA = "/nowhere" } }).err
        :match "^[^\n]*\n")
  end)
end)

describe("the prompt", function()
  local function prompt(stdin, ...)
    return release.run({ "-i", ... }, { stdin = stdin })
  end

  it("prints values, and goes on after an error", function()
    local outcome = prompt "1 + 1\n= 2, 'x'\nx = 3\nerror 'no'\nx\n"
    assert.equal(0, outcome.code)
    assert.matches("> 2\n> 2\tx\n> > > 3\n> \n$", outcome.out)
    assert.equal("mkrun: stdin:1: no\n", outcome.err)
  end)

  it("reads statements over several lines", function()
    local outcome = prompt "for i = 1, 2 do\nprint(i)\nend\n"
    assert.matches("> >> >> 1\n2\n> \n$", outcome.out)
    assert.matches("<eof>", prompt("for i = 1, 2 do\n").err)
  end)

  it("comes after the script", function()
    local file = temp.file "x = ..."
    local outcome = prompt("x\n", file, "a")
    assert.matches("> a\n> \n$", outcome.out)
    assert.matches("> 5\n", prompt("y\n", "-e", "y = 5").out)
  end)
end)

describe("an error that leaves a script", function()
  it("is one line with the place, and code 1", function()
    local file = temp.file("local site\nprint(site.name)\n")
    local outcome = ends(1, { file })
    assert.equal(("mkrun: %s:2: attempt to index a nil value (local 'site')\n")
      :format(file), outcome.err)
    local short = ends(1, { file }, { cwd = "/" }).err
    assert.matches("^mkrun: " .. file:gsub("%p", "%%%0"), short)
    assert.matches("^mkrun: stdin:1: ", ends(1, {}, { stdin = "x()" }).err)
  end)

  it("is shown by its __tostring", function()
    for code, message in pairs {
      ["error(setmetatable({}, {__tostring = function() return 'T' end}))"] =
        "T",
      ["error {}"] = "(error object is a table value)",
      ["error()"] = "(error object is a nil value)",
      ["error(7)"] = "7",
      ["error('a\\27[2Jb\\u{9b}1A')"] = "(command line):1: a?[2Jb?1A",
      ["error('two\\nlines', 0)"] = "two\nlines",
      ["local function f() return f() + 1 end f()"] = "stack overflow",
    } do
      local err = ends(1, { "-e", code }).err
      assert(err:find(message, 1, true), err)
      assert.not_matches("traceback", err)
    end
  end)

  it("has a traceback with --trace", function()
    local err = ends(1, { "--trace", "-e", "error 'x'" }).err
    assert.matches("^mkrun: %(command line%):1: x\nstack traceback:\n", err)
  end)

  it("is a syntax error too", function()
    local file = temp.file "x = = 1"
    assert.matches("^mkrun: .*:1: unexpected symbol", ends(1, { file }).err)
  end)
end)

describe("the memory of a script", function()
  it("is sound under all kinds of sizes", function()
    assert.equal("good\n", ends(0, { "-e", [[
      local live = {}
      for i = 1, 20000 do
        local k = math.random(300)
        local n = i % 200 == 0 and math.random(300000) or math.random(900)
        local old, letter = live[k], string.char(65 + k % 26)
        if old then
          assert(old.text == letter:rep(old.n))
          for j = 1, #old.list do assert(old.list[j] == j * k) end
        end
        local list = {}
        for j = 1, math.random(60) do list[j] = j * k end
        live[k] = { text = letter:rep(n), n = n, list = list }
        if i % 1000 == 0 then for q = 1, 300, 3 do live[q] = nil end end
      end
      print "good"]] }).out)
  end)
end)

describe("os.exit", function()
  it("sets the exit code", function()
    for argument, code in pairs {
      [""] = 0, ["true"] = 0, ["false"] = 1, ["0"] = 0, ["3"] = 3,
      ["255"] = 255, ["2, false"] = 2, ["4.0"] = 4,
    } do
      ends(code, { "-e", ("os.exit(%s)"):format(argument) })
    end
    ends(1, { "-e", "os.exit 'x'" })
  end)

  it("closes what is open first", function()
    local folder = temp.folder()
    local line = ([[
      local slot <close> = require "mkrun.sys".reserve(%q)
      local x <close> = setmetatable({}, { __close = function()
        print "closed" end })
      os.exit(3)]]):format(folder .. "/token")
    assert.equal("closed\n", ends(3, { "-e", line }).out)
    assert.equal("", shell.output("ls -A " .. folder))
  end)

  it("does so from inside a coroutine and a task", function()
    for _, line in ipairs {
      "coroutine.wrap(function() os.exit(5) end)()",
      "require 'mkrun.task'.map({ 1 }, function() os.exit(5) end)",
    } do
      ends(5, { "-e", line })
    end
  end)
end)
