local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local strace = require "tests.support.strace"
local temp = require "tests.support.temp"

local function mode(path) return shell.output("stat -c %a " .. path) end
local function names(folder) return shell.output("ls -A " .. folder) end

local TRY <const> = "print(require 'mkrun.sys'.reserve('%s', "
  .. "{ overwrite = true }))"

local function attempt(words)
  return process.run { "unshare", "-m", "sh", "-c", words }
end

describe("sys.reserve of what cannot be replaced", function()
  it("says so before: a mount point", function()
    local folder = temp.folder()
    temp.write(folder .. "/a", "a")
    temp.write(folder .. "/b", "b")
    local outcome = attempt(("cd %s && mount --bind a b && %s"):format(folder,
      shell.join { release.path, "-e", TRY:format "b" }))
    if outcome.code ~= 0 then pending "needs mount" end
    assert.equal("nil\tb: a mount point, which cannot be replaced\tio\n",
      outcome.out)
  end)

  it("says so before: somebody else's file in a sticky folder", function()
    local folder = temp.folder()
    local outcome = attempt(("cd %s && chmod 755 . && mkdir -m 1777 s && "
      .. "echo >s/a && cp %s mkrun && setpriv --reuid=65534 --regid=65534 "
      .. "--clear-groups %s"):format(folder, release.path, shell.join {
        "./mkrun", "-e", TRY:format "s/a" .. TRY:format "s/b" }))
    if outcome.code ~= 0 then pending "needs root and setpriv" end
    assert.equal("nil\ts/a: Operation not permitted\tdenied\nslot (s/b)\n",
      outcome.out)
  end)
end)

describe("sys.reserve, where a file could not be locked,", function()
  it("does not take its own place for one of a killed run", function()
    local folder = temp.folder()
    local outcome = strace.run({ "-e", [[
      local sys = require "mkrun.sys"
      local slot <close> = sys.reserve "token"
      print(slot:store "text")]] }, { "flock:error=ENOLCK:when=1" },
      { cwd = folder })
    if not outcome then return pending "needs strace" end
    assert.equal("true\n", outcome.out)
    assert.equal("text", temp.read(folder .. "/token"))
  end)
end)

describe("sys.reserve", function()
  it("keeps a place and leaves nothing when it is not used", function()
    local folder = temp.folder()
    do
      local slot <close> = assert(sys.reserve(folder .. "/token"))
      assert.matches("^slot %(.*/token%)$", tostring(slot))
      assert.matches("^%.token%.%w+$", names(folder))
      assert.equal("600", mode(folder .. "/.token.*"))
    end
    assert.equal("", names(folder))
  end)

  it("stores a secret or a string, once", function()
    local folder = temp.folder()
    for _, content in ipairs { secret.new "hunter2", "hunter2" } do
      local slot <close> =
        assert(sys.reserve(folder .. "/token", { overwrite = true }))
      assert.is_true(slot:store(content))
      assert.equal("hunter2", temp.read(folder .. "/token"))
      assert.equal("600", mode(folder .. "/token"))
      assert.equal("token", names(folder))
      assert.error_matches(function() slot:store "again" end,
        "slot is closed", 1, true)
    end
  end)

  it("stores more than it made room for", function()
    local path = temp.folder() .. "/big"
    local slot <close> = assert(sys.reserve(path))
    assert.is_true(slot:store(("x"):rep(100000)))
    assert.equal(100000, #temp.read(path))
  end)

  it("takes a link that leads nowhere for a file", function()
    local path = temp.folder() .. "/link"
    shell.execute("ln -s nowhere " .. path)
    for _, ask in ipairs { sys.reserve, sys.check_place } do
      local place, message, code = ask(path)
      assert.is_nil(place)
      assert.equal(path .. ": File exists", message)
      assert.equal("exists", code)
    end
    assert(sys.reserve(path, { overwrite = true })):close()
  end)

  it("refuses a file that is there, unless told", function()
    local path = temp.file("old", "token")
    local slot, message, code = sys.reserve(path)
    assert.is_nil(slot)
    assert.equal(path .. ": File exists", message)
    assert.equal("exists", code)
    assert(sys.reserve(path, { overwrite = true })):close()
    assert.equal("old", temp.read(path))
  end)

  it("loses nothing when the file appears in between", function()
    local folder = temp.folder()
    local path = folder .. "/token"
    local slot <close> = assert(sys.reserve(path))
    temp.write(path, "somebody else's")
    local done, message, code, path_kept = slot:store "hunter2"
    assert.is_nil(done)
    assert.equal("exists", code)
    local kept = message:match "File exists; the bytes are in (.+)$"
    slot:close()
    assert.equal(kept, path_kept)
    assert.equal("hunter2", temp.read(kept))
    assert.equal("somebody else's", temp.read(path))
  end)

  it("refuses folders, devices and unknown options", function()
    assert.equal("io", select(3, sys.reserve(temp.folder(),
      { overwrite = true })))
    assert.equal("/dev/null: not a regular file",
      (select(2, sys.reserve("/dev/null", { overwrite = true }))))
    assert.equal("missing", select(3, sys.reserve "/no/such/folder/file"))
    assert.equal("missing", select(3, sys.reserve ""))
    assert.error_matches(function() sys.reserve("x", { overwite = true }) end,
      "unknown option 'overwite'", 1, true)
    assert.error_matches(function() sys.reserve("x", { overwrite = 1 }) end,
      "boolean expected", 1, true)
  end)

  it("says when there is no room", function()
    local _, message, code = sys.reserve "/proc/x"
    assert.is_string(message)
    assert.is_string(code)
  end)
end)

describe("sys.write", function()
  it("makes a file with the mode that was asked for", function()
    local path = temp.folder() .. "/file"
    assert.is_true(sys.write(path, "a\0b", "640"))
    assert.equal("a\0b", temp.read(path))
    assert.equal("640", mode(path))
    assert.is_true(sys.write(path, "", tonumber("600", 8)))
    assert.equal("600", mode(path))
    assert.equal("", temp.read(path))
  end)

  it("keeps the mode of a file that is there", function()
    local path = temp.file("old", "file")
    shell.execute("chmod 751 " .. path)
    assert.is_true(sys.write(path, "new"))
    assert.equal("751", mode(path))
    assert.equal("new", temp.read(path))
  end)

  it("writes through a symbolic link", function()
    local folder = temp.folder()
    temp.write(folder .. "/real", "old")
    shell.execute(("ln -s real %s/link"):format(folder))
    assert.is_true(sys.write(folder .. "/link", "new"))
    assert.equal("new", temp.read(folder .. "/real"))
    assert.equal("real", shell.output(("readlink %s/link"):format(folder)))
  end)

  it("refuses a mode that is none", function()
    for _, wrong in ipairs { "888", "", "rw", 0, 512, -1 } do
      assert.error_matches(function() sys.write("x", "", wrong) end,
        "mode such as \"640\" expected", 1, true)
    end
  end)
end)

describe("sys.make_folder", function()
  it("makes one folder, by umask", function()
    local folder = temp.folder() .. "/new"
    assert.is_true(sys.make_folder(folder))
    assert.equal("755", mode(folder))
    assert.is_true(sys.make_folder(folder .. "/below/"))
  end)

  it("says what is wrong", function()
    local folder = temp.folder()
    temp.write(folder .. "/file", "x")
    for path, expected in pairs { [""] = "exists", ["/file"] = "exists",
      ["/no/new"] = "missing", ["/file/new"] = "missing" } do
      local done, message, code = sys.make_folder(folder .. path)
      assert.is_nil(done)
      assert.matches(folder .. path .. ": ", message, 1, true)
      assert.equal(expected, code, path)
    end
  end)
end)

describe("sys.read", function()
  it("reads a whole file", function()
    assert.equal("a\0b\n", sys.read(temp.file "a\0b\n"))
    assert.equal("", sys.read(temp.file ""))
  end)

  it("reads what has no size", function()
    assert.matches("^Name:", sys.read "/proc/self/status")
  end)

  it("says why it cannot", function()
    local text, message, code = sys.read "/no/such"
    assert.is_nil(text)
    assert.equal("/no/such: No such file or directory", message)
    assert.equal("missing", code)
  end)
end)

describe("sys.builtin", function()
  it("has the source of a flow, and where it comes from", function()
    local source, path = sys.builtin "scripts/onboard"
    assert.equal("scripts/onboard.lua", path)
    assert.equal(temp.read(path), source)
    assert.is_nil(sys.builtin "no such")
  end)

  it("has a module without its lines of comment, line by line", function()
    local source, path = sys.builtin "mkrun.client"
    local own = temp.read(path)
    assert.equal("lua/mkrun/client.lua", path)
    assert.not_matches("\n%s*%-%-", source)
    assert.equal(select(2, own:gsub("\n", "")),
      select(2, source:gsub("\n", "")))
    assert.equal(string.dump(assert(load(own, "=x")), true),
      string.dump(assert(load(source, "=x")), true))
  end)

  it("has a sorted list of names", function()
    local list = sys.builtins()
    local sorted = { table.unpack(list) }
    table.sort(sorted)
    assert.same(sorted, list)
    for _, name in ipairs(list) do assert.is_string(sys.builtin(name)) end
  end)
end)

describe("time in mkrun.sys", function()
  it("is written in ISO 8601", function()
    assert.equal("1970-01-01T00:00:00Z", sys.iso8601(0))
    assert.equal("2026-11-22T00:54:09Z", sys.iso8601(1795308849))
    assert.equal("2026-11-22T00:54:09Z", sys.iso8601(1795308849.99))
    assert.equal("1969-12-31T23:59:59Z", sys.iso8601(-0.5))
    assert.equal("9999-12-31T23:59:59Z", sys.iso8601(253402300799))
    for _, wrong in ipairs { 253402300800, -1e12, 0 / 0, 1 / 0, -1 / 0 } do
      assert.error(function() sys.iso8601(wrong) end)
    end
  end)

  it("is read in both forms", function()
    for text, seconds in pairs {
      ["1970-01-01T00:00:00Z"] = 0,
      ["2026-11-22T00:54:09Z"] = 1795308849,
      ["2026-11-22t00:54:09z"] = 1795308849,
      ["2026-11-22T00:54:09.25Z"] = 1795308849.25,
      ["2026-11-22T01:54:09+01:00"] = 1795308849,
      ["2026-11-21T19:24:09-05:30"] = 1795308849,
      ["Sun, 22 Nov 2026 00:54:09 GMT"] = 1795308849,
      ["2024-02-29T00:00:00Z"] = 1709164800,
    } do
      assert.equal(seconds, sys.parse_time(text))
    end
  end)

  it("is refused otherwise", function()
    for _, text in ipairs {
      "", "2026", "2026-11-22", "2026-11-22T00:54:09", "2026-13-01T00:00:00Z",
      "2026-02-29T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T00:60:00Z",
      "2026-11-22T00:54:09Zx", "2026-11-22T00:54:09+1:00", "0026-11-2",
      "2026-00-10T00:00:00Z", "2026-10-00T00:00:00Z", "Sun, 22 Nov 2026",
      "Sun, 22 Nov 2026 00:54:09 CET", "Sun, 31 Feb 2026 00:54:09 GMT",
    } do
      local seconds, message, code = sys.parse_time(text)
      assert.is_nil(seconds, text)
      assert.matches("time such as 2026", message)
      assert.equal("time", code)
    end
  end)

  it("goes forward", function()
    local a, b = sys.monotonic(), sys.monotonic()
    assert(b >= a)
    local before, now, after = os.time(), sys.now(), os.time()
    assert(before <= now and now < after + 2)
  end)
end)

describe("random values of mkrun.sys", function()
  it("have the length that was asked for", function()
    assert.equal("", sys.random(0))
    assert.equal(65536, #sys.random(65536))
    assert.is_not.equal(sys.random(16), sys.random(16))
    assert.error(function() sys.random(-1) end)
    assert.error(function() sys.random(65537) end)
  end)

  it("are UUIDs of version 4", function()
    local seen = {}
    for _ = 1, 100 do
      local uuid = sys.uuid()
      assert.matches("^%x+%-%x+%-4%x%x%x%-[89ab]%x%x%x%-%x+$", uuid)
      assert.equal(36, #uuid)
      assert.is_nil(seen[uuid])
      seen[uuid] = true
    end
  end)
end)

describe("sys.reserve after a run that was killed", function()
  local zeros = ("\0"):rep(16384)

  it("removes what holds nothing", function()
    local folder = temp.folder()
    temp.write(folder .. "/.token.aB3dE6", zeros)
    assert(sys.reserve(folder .. "/token")):close()
    assert.equal("", names(folder))
  end)

  it("leaves what has a content, is in use, or is another's", function()
    local folder = temp.folder()
    local kept = { ".other.aB3dE6", ".token.aB3", ".token.cD4eF7" }
    temp.write(folder .. "/.other.aB3dE6", zeros)
    temp.write(folder .. "/.token.aB3", zeros)
    temp.write(folder .. "/.token.cD4eF7", "a token")
    local used <close> = assert(sys.reserve(folder .. "/token"))
    assert(sys.reserve(folder .. "/token")):close()
    for _, name in ipairs(kept) do
      assert.matches(name, names(folder), 1, true)
    end
    assert.equal(true, used:store "x")
    assert.equal("x", temp.read(folder .. "/token"))
  end)

  it("really does after one", function()
    local folder = temp.folder()
    release.run { "-e", ([[
      slot = require "mkrun.sys".reserve "%s/token"
      os.execute "kill -9 $PPID"]]):format(folder) }
    assert.matches("^%.token%.%w+$", names(folder))
    assert(sys.reserve(folder .. "/token")):close()
    assert.equal("", names(folder))
  end)
end)

describe("the rest of mkrun.sys", function()
  it("knows the process and the terminal", function()
    assert.equal(tonumber(shell.output "echo $PPID"), sys.getpid())
    assert.is_boolean(sys.isatty "stdin")
    assert.error(function() sys.isatty "stdlog" end)
  end)

  it("has the functions that the editor types name, and no others", function()
    for _, name in ipairs { "sys", "secret" } do
      local module = require("mkrun." .. name)
      local text = assert(temp.read(("lua/types/%s.lua"):format(name)))
      local typed = {}
      for fname in text:gmatch("function " .. name .. "%.([%w_]+)") do
        typed[fname] = true
        assert.is_function(module[fname], fname)
      end
      for fname in pairs(module) do assert.is_true(typed[fname], fname) end
    end
  end)
end)

describe("sys.lock", function()
  local function lock_elsewhere(path)
    return release.run { "-e", ([[
      local _, message, code = require "mkrun.sys".lock "%s"
      print(message, code)]]):format(path) }
  end

  it("is held by one run at a time, and leaves no file", function()
    local path = temp.folder() .. "/lock"
    local lock = assert(sys.lock(path))
    assert.equal(path .. ": held by another run\tbusy\n",
      lock_elsewhere(path).out)
    lock:close()
    lock:close()
    assert.is_nil(io.open(path))
    assert.equal("nil\tnil\n", lock_elsewhere(path).out)
    assert.is_nil(io.open(path))
  end)

  it("raises for a time that never ends it", function()
    for _, seconds in ipairs { 0 / 0, -1 } do
      assert.error_matches(function() sys.lock("lock", seconds) end,
        "seconds from zero expected", 1, true)
    end
  end)

  it("waits as long as it is told to", function()
    local path = temp.folder() .. "/lock"
    local lock <close> = assert(sys.lock(path))
    local start = sys.monotonic()
    assert.equal("busy", select(3, sys.lock(path, 0.12)))
    assert.is_true(sys.monotonic() - start >= 0.1)
    assert.is_not_nil(lock)
  end)

  it("takes what a run that was killed left behind", function()
    local path = temp.folder() .. "/lock"
    temp.write(path, "")
    assert(sys.lock(path)):close()
  end)

  it("fails where no file can be made", function()
    assert.same({ "missing" }, { (select(3, sys.lock "/no/such/lock")) })
  end)
end)

describe("sys.whole", function()
  it("calls a function, and returns what it does", function()
    assert.same({ 3, nil, 5, n = 3 }, table.pack(sys.whole(function(a, b)
      return a + b, nil, 5
    end, 1, 2)))
    local object = {}
    local ok, problem = pcall(sys.whole, error, object)
    assert.is_false(ok)
    assert.equal(object, problem)
    assert.error(function() sys.whole() end)
  end)

  it("lets a signal wait for its end, also when it fails or nests", function()
    for _, ending in ipairs { "", "error 'x'", "sys.whole(count)" } do
      local outcome = release.eval(([[
        local sys, steps = require "mkrun.sys", 0
        local function count()
          for i = 1, 1000 do steps = steps + 1 end
        end
        local seen <close> = setmetatable({}, { __close = function()
          print(steps)
        end })
        pcall(sys.whole, function()
          os.execute "kill -TERM $PPID"
          count()
          pcall(count)
          %s
        end)
        print "never"]]):format(ending))
      assert.equal(ending:find "count" and "3000\n" or "2000\n", outcome.out)
      assert.equal(143, outcome.code)
      assert.equal("mkrun: terminated\n", outcome.err)
    end
  end)
end)

describe("sys.finally", function()
  it("calls a function when the variable goes, with the error", function()
    local seen = {}
    do local _ <close> = sys.finally(function(e) seen[1] = e == nil end) end
    pcall(function()
      local _ <close> = sys.finally(function(e) seen[2] = e end)
      error("x", 0)
    end)
    assert.same({ true, "x" }, seen)
    assert.error(function() sys.finally(1) end)
  end)

  it("comes before a signal, and is not cut short by it", function()
    local outcome = release.eval [[
      local sys = require "mkrun.sys"
      do
        local after <close> = sys.finally(function()
          for i = 1, 1000 do end
          print "whole"
        end)
        local at <close> = setmetatable({}, { __close = function()
          os.execute "kill -TERM $PPID"
        end })
      end
      print "never"]]
    assert.equal("whole\n", outcome.out)
    assert.equal(143, outcome.code)
  end)
end)
