--- Tests the modules in tests/support that most specs use.

local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local terminal = require "tests.scripts.terminal"
local torture = require "tests.support.torture"

describe("tests.support.process", function()
  it("gives streams and exit code separately", function()
    local outcome = process.run({ "sh", "-c", "cat; echo $A >&2; exit 3" },
      { stdin = "it's", env = { A = "x" } })
    assert.same({ code = 3, out = "it's", err = "x\n" }, outcome)
  end)

  it("ends what takes too long", function()
    assert.equal(124, process.run({ "sleep", "9" }, { timeout = 0.1 }).code)
  end)

  it("starts programs alike, whatever is ignored and set outside", function()
    local probe = [[
      package.path = "./?.lua;" .. package.path
      print(require "tests.support.process".run({ "sh", "-c",
        "grep SigIgn /proc/self/status; umask; echo ${TZ-}${MKIO_TOKEN-}." })
        .out)
      require "tests.support.temp".remove_all()]]
    local outcome = process.run({ "sh", "-c", "umask 077; "
      .. "trap '' HUP INT QUIT PIPE TERM; exec build/debug/mkrun -e \"$1\"",
      "sh", probe }, { env = { TZ = "Asia/Kolkata", MKIO_TOKEN = "x" } })
    local ignored, rest = outcome.out:match "^SigIgn:%s+(%x+)\n(.*)$"
    assert.equal(0, tonumber(ignored, 16) & 0x7fffffff) -- 1 to 31
    assert.equal("0022\n.\n\n", rest)
  end)

  it("stops what it started in the background", function()
    local sleeper <close> = process.spawn { "sleep", "60" }
    assert.is_true(sleeper:alive())
    assert.equal(143, sleeper:stop().code)
    assert.is_false(sleeper:alive())
  end)
end)

describe("tests.scripts.terminal", function()
  local HIDE <const> = "mount -t tmpfs none /dev/pts && exec %s"
  local PROBE <const> = [[package.path = "./?.lua;" .. package.path
    print(require "tests.scripts.terminal".works())]]

  --- Returns the output of a command without /dev/pts, or nil if the user may
  --- not mount.
  local function without_pts(words)
    local outcome = process.run { "unshare", "-m", "sh", "-c",
      HIDE:format(shell.join(words)) }
    return outcome.code == 0 and outcome.out or nil
  end

  it("knows where no terminal can be had", function()
    if not without_pts { "true" } then pending "needs mount" end
    assert.equal("false\n", without_pts { release.path, "-e", PROBE })
  end)

  it("gives one where it can", function()
    if not terminal.works() then pending "needs a pseudo-terminal" end
    local code = "print(io.read(), require 'mkrun.sys'.isatty 'stdin')"
    assert.matches("hello\ttrue", terminal.run({ "-e", code }, "hello\n").out,
      1, true)
  end)
end)

describe("tests.support.torture", function()
  local function numbered(count)
    local list = {}
    for i = 1, count do list[i] = { name = "case " .. i } end
    return list
  end

  --- Returns the names of the cases that run, in order, and the table.
  local function names(options, list)
    local here, seen = torture.new(options), {}
    here:try("kind", list, { sample = 3 },
      function(case) seen[#seen + 1] = case.name end)
    return seen, here:table()
  end

  it("draws the same sample for the same seed", function()
    local first = names({ all = false, seed = 1, seconds = 0 }, numbered(50))
    assert.equal(3, #first)
    assert.same(first, names({ all = false, seed = 1, seconds = 0 },
      numbered(50)))
    assert.not_same(first, names({ all = false, seed = 2, seconds = 0 },
      numbered(50)))
  end)

  it("runs all when that is asked for, or those with a text", function()
    local options = { all = true, seed = 1, seconds = 3600 }
    assert.equal(50, #names(options, numbered(50)))
    options.only = "case 17"
    assert.same({ "case 17" }, names(options, numbered(50)))
  end)

  it("says what there was no time for", function()
    local seen, lines =
      names({ all = true, seed = 1, seconds = 0 }, numbered(50))
    assert.same({}, seen)
    assert.matches("^kind +0 +0 +50$", lines[3])
  end)

  it("fails with the names and the seed, and counts by weight", function()
    local here = torture.new { all = false, seed = 5, seconds = 0 }
    local list = { { name = "a", weight = 10 }, { name = "b" } }
    local ok, message = pcall(here.try, here, "kind", list, { sample = 2 },
      function(case)
        if case.name == "a" then return "torn", 4 end
        error "lost"
      end)
    assert.is_false(ok)
    assert.matches("^5 of 11 failed, SEED=5:\n", message)
    assert.matches("a: torn", message, 1, true)
    assert.matches("^kind +11 +5 +0$", here:table()[3])
  end)
end)
