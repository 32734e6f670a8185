local cage = require "mkrun.cage"

local ca = require "tests.support.ca"
local nginx = require "tests.support.nginx"
local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local strace = require "tests.support.strace"
local temp = require "tests.support.temp"

local DEBUG <const> = shell.output "pwd" .. "/build/debug/mkrun"

--- Runs Lua in the debug variant, whose sanitizers would report a fault of the
--- cage, in a folder.
local function run(code, folder, env, flags)
  local words = { DEBUG, table.unpack(flags or {}) }
  table.move({ "-e", "cage = require 'mkrun.cage'", "-e", code }, 1, 4,
    #words + 1, words)
  return process.run(words, { cwd = folder, env = env })
end

local function needs_landlock(version)
  local state = assert(cage.probe())
  if state.landlock < (version or 1) then pending(state.text) end
end

--- Makes a folder with in/file and out/file.
local function places()
  local folder = temp.folder()
  shell.execute(("cd %s && mkdir in out && echo i >in/file && echo o >out/file")
    :format(folder))
  return folder
end

local function says(code, folder, env)
  local outcome = run(code, folder, env)
  assert.equal("", outcome.err)
  assert.equal(0, outcome.code)
  return outcome.out
end

describe("cage.close", function()
  it("lets a script use what is granted, and nothing else", function()
    needs_landlock()
    assert.equal("i\nnil\tout/file: Permission denied\t13\n"
      .. "nil\tout/new: Permission denied\t13\ntrue\n"
      .. "nil\tPermission denied\t13\n", says([[
        assert(cage.close { write = { "in" } })
        print(io.open "in/file":read())
        print(io.open "out/file")
        print(io.open("out/new", "w"))
        print(io.open("in/new", "w"):close())
        print(os.rename("in/file", "out/file2"))]], places()))
  end)

  it("lets a script read one file, and nothing beside it", function()
    needs_landlock()
    assert.equal("i\nnil\tin/file: Permission denied\t13\n"
      .. "nil\tin/new: Permission denied\t13\n", says([[
        assert(cage.close { read = { "in/file", "in/missing", "no/folder" } })
        print(io.open "in/file":read())
        print(io.open("in/file", "w"))
        print(io.open("in/new", "w"))]], places()))
  end)

  it("refuses a folder to write that does not exist", function()
    needs_landlock()
    assert.equal("nil\tmissing: No such file or directory\n", says(
      "print(cage.close { write = { 'missing' } })", temp.folder()))
  end)

  it("refuses commands", function()
    if not assert(cage.probe()).seccomp then pending "no seccomp" end
    assert.equal("nil\tOperation not permitted\t1\n"
      .. "nil\ttrue: Operation not permitted\t1\n", says [[
        assert(cage.close {})
        print(os.execute "true")
        print(io.popen "true")]])
  end)

  it("can be called once", function()
    assert.equal("nil\tthe cage is closed already\n",
      says "assert(cage.close {}) print(cage.close {})")
  end)

  it("says what holds, as cage.probe does", function()
    local text = says [[
      local before = cage.probe()
      local after = cage.close {}
      for name, value in pairs(after) do assert(before[name] == value) end
      print(math.type(after.landlock), type(after.seccomp))
      print(after.text)]]
    assert.matches("^integer\tboolean\n[^\n]*Landlock[^\n]*seccomp", text)
  end)

  it("raises for other arguments", function()
    for code, message in pairs {
      ["()"] = "table expected", ["{ read = 1 }"] = "field 'read'",
      ["{ read = { 1 } }"] = "element #1 of field 'read' %(path expected",
      ["{ write = { 'a\\0b' } }"] = "element #1 of field 'write'",
      ["{ connect = { 1, 'a' } }"] = "element #2 of field 'connect' %(port",
      ["{ connect = { 65536 } }"] = "field 'connect'",
      ["{ bind = { 0 } }"] = "field 'bind'",
    } do
      local _, err = pcall(assert(load("require 'mkrun.cage'.close" .. code)))
      assert.matches(message, err)
    end
  end)
end)

describe("a request of a confined run", function()
  local server
  setup(function() server = nginx.start() end)
  teardown(function() server:stop() end)

  --- A request to localhost, whose name a thread looks up.
  local function request(port)
    return run(([[
      local http = require "mkrun.http"
      assert(cage.close { connect = { %d }, read = { "/etc", %q } })
      local answer, why = http.get %q
      print(answer and answer.status or why)]]):format(port,
      ca.path "ca.pem", server.url.tls13_ecdsa .. "/"), nil, nil,
      { "--cacert", ca.path "ca.pem" })
  end

  it("reaches a port that is granted", function()
    assert.same({ code = 0, out = "200\n", err = "" },
      request(server.port.tls13_ecdsa))
  end)

  it("reaches no other port", function()
    needs_landlock(4)
    local outcome = request(server.port.tls13_ecdsa + 1)
    assert.same({ code = 0, err = "" },
      { code = outcome.code, err = outcome.err })
    assert.not_matches("200", outcome.out)
    assert.equal(1, #server:requests "tls13_ecdsa")
  end)
end)

describe("a kernel without Landlock", function()
  --- Runs the release variant with this answer to the question for Landlock.
  local function close(answer)
    local outcome = strace.run({ "-e", [[
      local state, why = require "mkrun.cage".close {}
      print(state and state.text or why)
      print(os.execute "true")]] },
      { "landlock_create_ruleset:error=" .. answer })
    if not outcome then pending "needs strace" end
    return outcome.out
  end

  it("leaves the filter of system calls", function()
    for _, answer in ipairs { "ENOSYS", "EOPNOTSUPP", "EPERM" } do
      assert.equal("no Landlock in this kernel, seccomp\n"
        .. "nil\tOperation not permitted\t1\n", close(answer))
    end
  end)

  it("is not assumed after another failure", function()
    assert.matches("^Landlock: not enough memory\ntrue", close "ENOMEM")
  end)
end)

describe("MKRUN_TEST_CAGE=off", function()
  local CODE <const> = [[
    local state = assert(require "mkrun.cage".close { read = { "in" } })
    print(state.landlock, state.seccomp, io.open "out/file")]]
  local OFF <const> = { MKRUN_TEST_CAGE = "off" }

  it("switches the cage off in the debug variant", function()
    assert.matches("^0\tfalse\tfile", says(CODE, places(), OFF))
  end)

  it("means nothing in the release variant", function()
    needs_landlock()
    local outcome = release.eval(CODE, { cwd = places(), env = OFF })
    assert.matches("^%d+\ttrue\tnil\tout/file: Permission denied", outcome.out)
    assert.is_nil(temp.read(release.file):find("MKRUN_TEST_CAGE", 1, true))
  end)
end)

describe("cage.resolve", function()
  local folder
  setup(function()
    folder = shell.output("realpath " .. temp.folder())
    shell.execute(("cd %s && mkdir a b && echo x >a/file && ln -s ../a b/link "
      .. "&& ln -s ../a/new b/dangling && ln -s %s/a/new2 b/absolute "
      .. "&& ln -s dangling b/twice && ln -s loop b/loop && ln -s no/x b/lost")
      :format(folder, folder))
  end)

  it("finds the file behind links, dots and slashes", function()
    for path, real in pairs {
      ["/a/file"] = "/a/file", ["/b/link/file"] = "/a/file",
      ["/b/../a/./file"] = "/a/file", ["//a//file"] = "/a/file",
      ["/a/"] = "/a", ["/a/."] = "/a", ["/a/.."] = "", ["/b/link/.."] = "",
      ["/b/link/"] = "/a",
    } do
      assert.equal(folder .. real, cage.resolve(folder .. path))
    end
    assert.equal("/", cage.resolve "/")
    assert.equal(shell.output "realpath ..", cage.resolve "..")
  end)

  it("finds where a missing file would be", function()
    for path, real in pairs {
      ["/a/new"] = "/a/new", ["/a/new/"] = "/a/new",
      ["/b/link/new"] = "/a/new", ["/b/dangling"] = "/a/new",
      ["/b/twice"] = "/a/new", ["/b/absolute"] = "/a/new2",
    } do
      assert.equal(folder .. real, cage.resolve(folder .. path))
    end
    assert.equal("/no-such-file", cage.resolve "/no-such-file")
    assert.equal(shell.output "pwd" .. "/no-such-file",
      cage.resolve "no-such-file")
  end)

  it("says that there is no such place", function()
    for _, path in ipairs { "/no/file", "/no/..", "/no/.", "/b/lost",
        "/b/loop", "/a/file/new", "/a/file/" } do
      local real, message = cage.resolve(folder .. path)
      assert.is_nil(real)
      assert.matches(folder .. path .. ": %u%l", message)
    end
    assert.is_nil(cage.resolve "")
  end)

  it("finds the file of a descriptor, and none of a pipe", function()
    local CODE <const> = "print(cage.resolve '/dev/fd/%d') "
      .. "print(cage.resolve '/proc/self/fd/%d')"
    local outcome = process.run({ "sh", "-c", ("%s -e %s 7<%s/a/file"):format(
      DEBUG, shell.quote("cage = require 'mkrun.cage' " .. CODE:format(7, 7)),
      folder) })
    assert.equal((folder .. "/a/file\n"):rep(2), outcome.out)
    outcome = process.run({ "sh", "-c", ("true | %s -e %s"):format(DEBUG,
      shell.quote("cage = require 'mkrun.cage' " .. CODE:format(0, 0))) })
    assert.equal("nil\t/dev/fd/0: No such file or directory\tmissing\n"
      .. "nil\t/proc/self/fd/0: No such file or directory\tmissing\n",
      outcome.out)
  end)

  it("does not find a file that took the place of a descriptor's", function()
    local path = folder .. "/a/removed"
    temp.write(path, "old")
    local _ <close> = assert(io.open(path))
    os.remove(path)
    temp.write(path .. " (deleted)", "other")
    local link = shell.output("for l in /proc/$PPID/fd/*; do case "
      .. "$(readlink $l) in */a/removed*) echo $l;; esac; done")
    assert.matches("^/proc/%d+/fd/%d+$", link)
    assert.is_nil(cage.resolve(link))
    os.remove(path .. " (deleted)")
  end)

  it("raises for other arguments", function()
    assert.error_matches(cage.resolve, "string expected")
    assert.error_matches(function() cage.resolve "a\0b" end, "zero bytes")
  end)
end)
