local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local sys = require "mkrun.sys"
local temp = require "tests.support.temp"

local function fresh() return temp.folder() .. "/log" end

local function code_of(...) return (select(3, ...)) end

describe("sys.log", function()
  it("makes a private file and adds lines to it", function()
    local path = fresh()
    local log <close> = assert(sys.log(path, "fresh"))
    assert(log:append "one")
    assert(log:append "two")
    assert.equal("one\ntwo\n", temp.read(path))
    assert.equal("600", shell.output("stat -c %a " .. path))
  end)

  it("goes on with a file, and keeps its mode", function()
    local path = temp.file "one\n"
    shell.execute("chmod 644 " .. path)
    local log <close> = assert(sys.log(path))
    assert(log:append "two")
    assert.equal("one\ntwo\n", log:read())
    assert.equal("644", shell.output("stat -c %a " .. path))
  end)

  it("drops a tail, and adds after what is left", function()
    local path = temp.file "one\ntw"
    local log <close> = assert(sys.log(path))
    assert(log:cut(4))
    assert(log:cut(100))
    assert(log:append "2")
    assert.equal("one\n2\n", temp.read(path))
  end)

  it("takes a file that is empty for a fresh one, no other", function()
    local path = temp.file ""
    assert(sys.log(path, "fresh")):close()
    temp.write(path, "x")
    assert.equal("exists", code_of(sys.log(path, "fresh")))
    assert.equal("x", temp.read(path))
  end)

  it("refuses what is missing, or no file", function()
    local path = fresh()
    assert.equal("missing", code_of(sys.log(path)))
    local _, message = sys.log("/dev/null", "fresh")
    assert.equal("/dev/null: not a regular file", message)
    assert.equal("missing", code_of(sys.log("/no/such/folder/log", "fresh")))
  end)

  it("is one run's alone, until that closes it", function()
    local path = fresh()
    local log = assert(sys.log(path, "fresh"))
    local elsewhere = ("print(require 'mkrun.sys'.log '%s')"):format(path)
    assert.equal(("nil\t%s: held by another run\tbusy\n"):format(path),
      release.eval(elsewhere).out)
    log:close()
    log:close()
    assert.matches("^userdata: ", (release.eval(elsewhere).out:gsub(
      "^mkrun%.sys%.log", "userdata")))
  end)

  it("leaves the file as it was when the disk is full", function()
    local path = fresh()
    local log <close> = assert(sys.log(path, "fresh"))
    assert(log:append "one")
    local code = ([[
      local log = require "mkrun.sys".log "%s"
      print(log:append(("x"):rep(100000)))
      print(log:append "two")
      os.execute "kill -XFSZ $$; echo never"
    ]]):format(path)
    log:close()
    local outcome = shell.output(("(ulimit -f 1; %s -e %s)"):format(
      shell.quote(release.path), shell.quote(code)))
    local line = ("nil\t%s: File too large\ttoobig\n"):format(path)
    assert.equal(line .. line, outcome .. "\n")
    assert.equal("one\n", temp.read(path))
  end)

  it("adds nothing to a file that is not its own any more", function()
    for _, change in ipairs { "rm %s", "truncate -s 0 %s", "echo x >>%s" } do
      local path = fresh()
      local log <close> = assert(sys.log(path, "fresh"))
      assert(log:append "one")
      shell.execute(change:format(path))
      local text = temp.read(path)
      local _, message = log:append "two"
      assert.equal(path .. ": somebody else has changed or removed it", message)
      assert.is_nil((log:reserve(1)))
      assert.is_nil((log:cut(0)))
      assert.equal(text, temp.read(path))
    end
  end)

  it("reserves room, and gives back what was not used", function()
    local path = fresh()
    local log = assert(sys.log(path, "fresh"))
    local function blocks()
      return tonumber(shell.output("stat -c %b " .. path))
    end
    assert(log:append "one")
    local before = blocks()
    assert(log:reserve(1 << 20))
    assert.equal("one\n", temp.read(path))
    assert(log:append "two")
    log:close()
    assert.equal("one\ntwo\n", temp.read(path))
    assert.equal(before, blocks())
  end)

  it("says beforehand that there is no room", function()
    local code = [[
      local log = require "mkrun.sys".log("log", "fresh")
      print(log:append "one", log:reserve(1 << 20))
    ]]
    local line = "cd %s && mount -t tmpfs -o size=16k none . && cd . && %s"
    local outcome = process.run { "unshare", "-m", "sh", "-c",
      line:format(temp.folder(), shell.join { release.path, "-e", code }) }
    if outcome.code ~= 0 then pending "needs mount" end
    assert.equal("true\tnil\tlog: No space left on device\tfull\n",
      outcome.out)
  end)

  it("reads what was there at first when a finalizer adds to it", function()
    local outcome = process.run { "build/debug/mkrun", "-e", ([[
      local log = assert(require "mkrun.sys".log(%q, "fresh"))
      local left = 0
      local function arm()
        setmetatable({}, { __gc = function()
          if left == 0 then return end
          left = left - 1
          log:append(("y"):rep(500))
          arm()
        end })
      end
      log:append(("x"):rep(3000))
      collectgarbage("setpause", 0)
      for _ = 1, 10 do
        left = 20
        arm()
        local text = assert(log:read())
        assert(text:find "^x+\n" and not text:find "\0")
      end
      left = 0]]):format(fresh()) }
    assert.same({ 0, "" }, { outcome.code, outcome.err })
  end)

  it("raises on misuse", function()
    local log = assert(sys.log(fresh(), "fresh"))
    assert.error(function() log:cut(-1) end)
    log:close()
    assert.error_matches(function() log:append "x" end, "log is closed")
  end)
end)
