--- tests/run.lua: spec files side by side.

local files = require "tests.support.run.files"
local process = require "tests.support.process"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

--- Makes a folder with spec files, by their names without `_spec.lua`.
local function folder_with(specs)
  local folder = temp.folder()
  for name, text in pairs(specs) do
    temp.write(("%s/%s_spec.lua"):format(folder, name), text)
  end
  return folder
end

local function words(...)
  return { "build/debug/mkrun", "tests/run.lua", ... }
end

local function options(env)
  env = env or {}
  env.JOBS = env.JOBS or "4"
  env.TORTURE, env.ORDER = false, false
  return { env = env }
end

local function run(specs, env, ...)
  local list = { ... }
  list[#list + 1] = folder_with(specs)
  return process.run(words(table.unpack(list)), options(env))
end

local function last_line(text) return text:match "([^\n]*)\n$" end

local GOOD <const> = 'it("works", function() assert.equal(1, 1) end)\n'

describe("spec files side by side", function()
  it("have one sum of all, and 0 when all went well", function()
    local outcome = run { a = GOOD, b = GOOD .. GOOD,
      c = 'it("waits", function() pending "for the moon" end)' }
    assert.equal("3 passed, 0 failed, 1 skipped", last_line(outcome.out))
    assert.matches("skipped .*c_spec.lua:1: waits: for the moon\n", outcome.out)
    assert.equal(0, outcome.code, outcome.err)
  end)

  it("have their failures whole, and exit code 1", function()
    local bad = 'it("%s", function() assert.equal("1\\n2", "3\\n4") end)'
    local outcome = run { a = GOOD, b = bad:format "one", c = bad:format "two",
      d = 'error "outside of a test"' }
    assert.equal("1 passed, 3 failed, 0 skipped", last_line(outcome.out))
    for _, name in ipairs { "one", "two" } do
      assert.matches(("\nFAILED [^\n]*:1: %s\n  [^\n]*objects to be equal.\n"
        .. "  Passed in:\n  %%(string%%) '3\n  4'\n  Expected:\n"
        .. "  %%(string%%) '1\n  2'\n"):format(name), outcome.out)
    end
    assert.matches("\nFAILED [^\n]*d_spec.lua\n.*outside of a test",
      outcome.out)
    assert.equal(1, outcome.code)
  end)

  for how, code in pairs { ["os.exit(0)"] = 0, ["os.exit(3)"] = 3,
      ["os.execute('kill -KILL ' .. require 'mkrun.sys'.getpid())"] = 137 } do
    it("count as failed when their process ends early: " .. how, function()
      local outcome = run { a = GOOD,
        b = ("it('ends', function() print 'last words' %s end)"):format(how) }
      assert.equal("1 passed, 1 failed, 0 skipped", last_line(outcome.out))
      assert.equal(1, outcome.code)
      assert.matches(("\nFAILED [^\n]*b_spec.lua\n  the process ended with "
        .. "code %d, and said:\n  last words"):format(code), outcome.out)
    end)
  end

  it("count as failed when their process fails after its tests", function()
    local outcome = run { a = GOOD, b = GOOD .. [[
      local temp = require "tests.support.temp"
      function temp.remove_all() os.exit(23) end]] }
    assert.equal("2 passed, 1 failed, 0 skipped", last_line(outcome.out))
    assert.matches("b_spec.lua\n  the process ended with code 23\n",
      outcome.out)
  end)

  it("may have any bytes in their names", function()
    local name = "\xE9\0]]\n\""
    local bad = ("it(%q, function() error 'x' end)"):format(name)
    local outcome = run { a = GOOD, b = bad }
    assert.equal("1 passed, 1 failed, 0 skipped", last_line(outcome.out))
    assert.matches("FAILED [^\n]*" .. name:gsub("%p", "%%%0") .. "\n",
      outcome.out)
  end)

  it("run only the tests of --filter, of which one has to be", function()
    local specs = { a = GOOD, b = 'it("is slow", function() error "x" end)' }
    local outcome = run(specs, nil, "--filter=works")
    assert.equal("1 passed, 0 failed, 0 skipped", last_line(outcome.out))
    assert.equal(0, outcome.code)
    outcome = run(specs, nil, "--filter=nothing")
    assert.matches("no test was run\n0 passed, 1 failed, 0 skipped\n$",
      outcome.out)
    assert.equal(1, outcome.code)
  end)

  it("have folders and ports of their own", function()
    local text = [[it("has", function()
      print("<" .. require "tests.support.temp".folder():match "(.*)/"
        .. " " .. require "tests.support.ports".free() // 100 .. ">")
      require "mkrun.task".sleep(1)
    end)]]
    local outcome = run { a = text, b = text, c = text, d = text }
    local seen, count = {}, 0
    for folder, block in outcome.out:gmatch "<(%S+) (%d+)>" do
      assert.is_nil(seen[folder])
      assert.is_nil(temp.read(folder .. "/1"))
      assert.is_false(shell.works("test -e " .. folder))
      seen[folder], count = true, count + 1
      seen[block] = true
    end
    assert.equal(4, count)
    local blocks = 0
    for _ in pairs(seen) do blocks = blocks + 1 end
    assert.equal(8, blocks)
  end)

  --- Notes when it begins and ends.
  local function noting(file, mark)
    return ([[%s
it("notes", function()
  local function note(word)
    local file <close> = assert(io.open(%q, "a"))
    file:write(word, "\n")
  end
  note "begin"
  require "mkrun.task".sleep(0.3)
  note "%s"
end)]]):format(mark, file, mark == "" and "end" or "end alone")
  end

  it("run alone where they say so", function()
    local log = temp.folder() .. "/log"
    local usual, alone = noting(log, ""), noting(log, "--- @alone a reason")
    local outcome = run { a = alone, b = usual, c = alone, d = usual }
    assert.equal(0, outcome.code, outcome.out)
    local _, count = temp.read(log):gsub("begin\nend alone\n", "")
    assert.equal(2, count)
  end)

  it("start longest first, or in another order", function()
    local specs = { size9 = GOOD:rep(9), size5 = GOOD:rep(5) }
    for seconds = 3, 40 do
      specs["s" .. seconds] = ("--- @seconds %d\n%s"):format(seconds, GOOD)
    end
    local folder = folder_with(specs)
    local function order(seed)
      local names = {}
      for i, file in ipairs(files.list({ folder }, seed)) do
        names[i] = file.path:match "/(%w+)_spec.lua$"
      end
      return names
    end
    local expected = { [39] = "size9", [40] = "size5" }
    for i = 1, 38 do expected[i] = "s" .. 41 - i end
    assert.same(expected, order())
    local shuffled = order(7)
    assert.same(shuffled, order(7))
    assert.not_same(expected, shuffled)
    table.sort(shuffled)
    table.sort(expected)
    assert.same(expected, shuffled)
  end)

  it("end with an interrupted run, and leave nothing", function()
    -- With a token in the environment the run starts once more without it.
    for signal, token in pairs { INT = false, TERM = false, HUP = "x" } do
      local log = temp.folder()
      local text = ([[it("hangs", function()
        local temp = require "tests.support.temp"
        local top = temp.folder():match "(.*)/"
        local process = require "tests.support.process"
        local child = process.spawn { "sleep", "1000" }
        temp.write(%q .. "/" .. top:match "[^.]*$",
          ("%%s %%d %%d\n"):format(top, require "mkrun.sys".getpid(),
            child.pid))
        require "mkrun.task".sleep(1000)
      end)]]):format(log)
      local folder = folder_with { a = text, b = text }
      local running <close> =
        process.spawn(words(folder), options { MKIO_TOKEN = token })
      local notes = process.wait_until("both", function()
        local list = shell.output("cat " .. log .. "/* 2>&1; true")
        local _, count = (list .. "\n"):gsub("%d+ %d+\n", "")
        return count == 2 and list
      end)
      running:signal(signal)
      assert.is_true(running:wait().code > 128)
      for top, pid, child in notes:gmatch "(/%S-) (%d+) (%d+)" do
        assert.is_false(shell.works("test -e " .. top))
        for _, one in ipairs { pid, child } do
          local stat = temp.read(("/proc/%s/stat"):format(one))
          assert.is_true(not stat or stat:find "%) Z" ~= nil)
        end
      end
    end
  end)
end)
