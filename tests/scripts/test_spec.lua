--- The tool `mkrun test`: which tests it runs, what it prints, how it ends.

local chroot = require "tests.support.chroot"
local json = require "mkrun.json"
local own_tests = require "tests.support.own_tests"
local process = require "tests.support.process"
local release = require "tests.support.release"
local task = require "mkrun.task"
local temp = require "tests.support.temp"

local MIXED <const> = [[
describe("mixed", function()
  it("passes", function() end)
  it("fails", function() assert.equal(1, 2) end)
  it("errs #slow", function() error "oh <&> \1 no" end)
  pending "waits"
end)
]]

local function summary(outcome) return own_tests.summary(outcome) end

--- Waits for what has to happen in the end.
local function wait_until(happens)
  for _ = 1, 3000 do
    if happens() then return end
    process.run { "sleep", "0.1" }
  end
  error("it did not happen", 2)
end

describe("mkrun test", function()
  it("finds files by their names, in folders too", function()
    local project = own_tests.new {
      ["a_test.lua"] = 'it("a", function() end)',
      ["spec/b_spec.lua"] = 'it("b", function() end)',
      ["spec/deep/c_test.lua"] = 'it("c", function() end)',
      ["other.lua"] = 'it("never", function() end)',
      ["node_modules/x/d_test.lua"] = 'it("never", function() end)',
      [".hidden/e_test.lua"] = 'it("never", function() end)',
    }
    assert.equal("a_test.lua:1: a\nspec/b_spec.lua:1: b\n"
      .. "spec/deep/c_test.lua:1: c\n", project:test "--list".out)
    assert.equal("spec/b_spec.lua:1: b\nspec/deep/c_test.lua:1: c\n",
      project:test("--list", "spec").out)
    assert.equal("other.lua:1: never\n", project:test("--list",
      "other.lua").out)
    assert.equal("a_test.lua:1: a\n", project:test("--list", "./a_test.lua",
      "a_test.lua").out)
    local outcome = project:test()
    assert.equal(0, outcome.code)
    assert.equal("3 successes / 0 failures / 0 errors / 0 pending",
      summary(outcome))
  end)

  it("follows no link to a folder", function()
    local project = own_tests.new { ["a_test.lua"] = 'it("a", function() end)' }
    process.run { "ln", "-s", ".", project.folder .. "/again" }
    assert.equal("a_test.lua:1: a\n", project:test "--list".out)
  end)

  it("does not take an empty suite for a success", function()
    local project = own_tests.new { ["a.lua"] = "",
      ["b_test.lua"] = "local x = 1 return x" }
    process.run { "mkdir", project.folder .. "/empty" }
    local none = project:test "empty"
    assert.equal(2, none.code)
    assert.equal("mkrun: test: no test in empty: files *_test.lua or "
      .. "*_spec.lua expected\n", none.err)
    local silent = project:test "b_test.lua"
    assert.equal(2, silent.code)
    assert.matches("no test was run", silent.err)
    local missing = project:test "nowhere"
    assert.equal(2, missing.code)
    assert.matches("nowhere: No such file or directory", missing.err)
  end)

  it("refuses a file whose name is not UTF-8", function()
    local project = own_tests.new { ["\xff_test.lua"] = "" }
    for _, format in ipairs { "text", "json" } do
      local outcome = project:test("--output", format)
      assert.equal(2, outcome.code)
      assert.matches("a name in UTF-8 expected", outcome.err, 1, true)
    end
  end)

  it("chooses by name and tag", function()
    local project = own_tests.new { ["a_test.lua"] = MIXED }
    assert.equal("1 success / 0 failures / 0 errors / 0 pending",
      summary(project:test("--filter=mixed pass")))
    assert.equal("0 successes / 0 failures / 1 error / 0 pending",
      summary(project:test "--tags=fast,slow"))
    assert.equal("1 success / 1 failure / 0 errors / 1 pending",
      summary(project:test "--filter-out=#slow"))
    local wrong = project:test "--filter=["
    assert.equal(2, wrong.code)
    assert.matches("--filter: '[': malformed pattern", wrong.err, 1, true)
  end)

  it("stops after the first failure if told to", function()
    local project = own_tests.new { ["a_test.lua"] = MIXED,
      ["b_test.lua"] = 'it("b", function() end)' }
    for _, option in ipairs { "--bail", "--no-keep-going" } do
      assert.equal("1 success / 1 failure / 0 errors / 0 pending",
        summary(project:test(option)))
    end
  end)

  it("repeats an order by its seed", function()
    local lines = {}
    for i = 1, 20 do lines[i] = ('it("t%d", function() end)'):format(i) end
    local project = own_tests.new { ["a_test.lua"] = table.concat(lines, "\n") }
    local plain = project:test "--list".out
    local one = project:test("--list", "--seed=5").out
    assert.not_equal(plain, one)
    assert.equal(one, project:test("--list", "--seed=5").out)
    assert.not_equal(one, project:test("--list", "--seed=6").out)
    local shuffled = project:test("--list", "--shuffle")
    local seed = shuffled.err:match "%-%-seed (%d+)"
    assert.equal(shuffled.out, project:test("--list", "--seed=" .. seed).out)
  end)

  it("prints as busted does", function()
    local outcome = own_tests.new { ["a_test.lua"] = MIXED }:test()
    assert.equal(1, outcome.code)
    assert.equal([[
+-*.
1 success / 1 failure / 1 error / 1 pending : 0 seconds

Pending -> a_test.lua @ 5
mixed waits

Failure -> a_test.lua @ 3
mixed fails
a_test.lua:3: Expected objects to be equal.
Passed in:
(number) 2
Expected:
(number) 1

Error -> a_test.lua @ 4
mixed errs #slow
a_test.lua:4: oh <&> ]] .. "\1" .. [[ no
]], (outcome.out:gsub("%d+%.%d+ seconds", "0 seconds")))
  end)

  it("prints a stack if told to", function()
    local project = own_tests.new { ["a_test.lua"] =
      'local function f() error "x" end\nit("a", function() f() end)' }
    assert.not_matches("stack:", project:test().out)
    assert.matches("stack:\na_test.lua:1: in .-\na_test.lua:2: in ",
      project:test "--verbose".out)
  end)

  it("writes TAP", function()
    local outcome = own_tests.new { ["a_test.lua"] = MIXED }:test "--output=tap"
    assert.equal(1, outcome.code)
    local lines = {}
    for line in outcome.out:gmatch "[^\n]+" do
      if not line:find "^  # " then lines[#lines + 1] = line end
    end
    assert.same({ "TAP version 14", "ok 1 - mixed passes",
      "not ok 2 - mixed fails", "not ok 3 - mixed errs \\#slow",
      "ok 4 - mixed waits # SKIP", "1..4" }, lines)
  end)

  it("writes JUnit XML", function()
    local outcome = own_tests.new { ["sub/a_test.lua"] = MIXED }
      :test "--output=junit"
    assert.equal(1, outcome.code)
    local top = require "pl.xml".parse(outcome.out, false, true)
    assert.equal("testsuites", top.tag)
    assert.equal("4", top.attr.tests)
    local suite = top:get_elements_with_name "testsuite"[1]
    assert.same({ "4", "1", "1", "1" }, { suite.attr.tests,
      suite.attr.failures, suite.attr.errors, suite.attr.skipped })
    local cases = suite:get_elements_with_name "testcase"
    assert.equal(4, #cases)
    assert.equal("sub.a_test", cases[1].attr.classname)
    assert.equal("mixed fails", cases[2].attr.name)
    assert.equal("sub/a_test.lua:4: oh <&> ? no",
      cases[3]:get_elements_with_name "error"[1].attr.message)
    assert.equal(1, #cases[4]:get_elements_with_name "skipped")
  end)

  it("keeps what tests print out of what programs read", function()
    local project = own_tests.new { ["a_test.lua"] =
      'it("a", function() print "noise" end)' }
    assert.matches("^noise\n%+\n", project:test().out)
    for _, format in ipairs { "tap", "junit", "json" } do
      local outcome = project:test("--output=" .. format)
      assert.equal("noise\n", outcome.err)
      assert.not_matches("noise", outcome.out)
    end
  end)

  it("writes JSON, of any bytes", function()
    local outcome = own_tests.new { ["a_test.lua"] =
      [[it("\xff", function() assert.equal("\xfe\n", "b") end)]] }
      :test "--output=json"
    local document = assert(json.decode(outcome.out))
    assert.equal("\\xFF", document.tests[1].name)
    assert.matches("\\xFE", document.tests[1].message, 1, true)
    assert.equal(1, document.summary.failure)
  end)

  it("refuses what it does not know, with the nearest name", function()
    local project = own_tests.new { ["a_test.lua"] = [[
it("a", function() assert.is_equl(1, 1) end)
it("b", function() assert.has_no_erors(print) end)
it("c", function() local _ = match.is_strng() end)
]] }
    local outcome = project:test()
    assert.equal("0 successes / 0 failures / 3 errors / 0 pending",
      summary(outcome))
    for _, text in ipairs {
      "a_test.lua:1: unknown assertion 'equl', did you mean 'equal'?",
      "a_test.lua:2: unknown assertion 'erors', did you mean 'errors'?",
      "a_test.lua:3: unknown matcher 'strng', did you mean 'string'?",
    } do assert.matches(text, outcome.out, 1, true) end
    assert.matches("unknown format 'jnit', did you mean 'junit'?",
      project:test "--output=jnit".err, 1, true)
  end)

  it("shows of long tables where they differ", function()
    local outcome = own_tests.new { ["a_test.lua"] = [[
      it("a", function()
        local a, b = {}, {}
        for i = 1, 100 do a[i], b[i] = { name = i }, { name = i } end
        b[50].name, b.more = "x", true
        assert.same(a, b)
      end)]] }:test()
    assert.matches("They differ at:\n  [50]['name']: passed in (string) 'x', "
      .. "expected (number) 50\n  ['more']: passed in (boolean) true, "
      .. "expected (nil)\n", outcome.out, 1, true)
  end)

  it("goes on after a file whose process ends", function()
    local outcome = own_tests.new {
      ["a_test.lua"] = 'it("exits", function() os.exit(0) end)',
      ["b_test.lua"] = 'it("kills", function() os.execute "kill -9 $PPID" end)',
      ["d_test.lua"] = 'it("has a fault", function( end)',
      ["e_test.lua"] = 'it("passes", function() end)',
      ["f_test.lua"] = 'os.exit(3)',
    }:test()
    assert.equal(1, outcome.code)
    assert.equal("1 success / 0 failures / 4 errors / 0 pending",
      summary(outcome))
    for _, text in ipairs {
      "a_test.lua @ 1\nexits\nthe process ended in 'exits' with code 0 before "
        .. "the end of the file",
      "b_test.lua @ 1\nkills\nthe process was ended by signal 9 in 'kills'",
      "d_test.lua\nd_test.lua\nd_test.lua:1: ",
      "f_test.lua\nf_test.lua\nthe process ended with code 3 before the end of "
        .. "the file",
    } do assert.matches(text, outcome.out, 1, true) end
  end)

  it("ends a test that takes too long", function()
    local outcome = own_tests.new { ["a_test.lua"] =
      'it("loops", function() while true do end end)' }:test "--timeout=4"
    assert.equal(1, outcome.code)
    assert.matches("a_test.lua @ 1\nloops\nno test ended within 4 s in 'loops' "
      .. "(see --timeout)", outcome.out, 1, true)
    assert.equal("mkrun: terminated at a_test.lua:1\n", outcome.err)
  end)

  it("leaves no folder and no process", function()
    local project = own_tests.new { ["f.lua"] = "os.execute 'sleep 1000 &'",
      ["a_test.lua"] = [[it("a", function()
        flow.run("f.lua", {}, { files = { x = "" } })
        os.exit(1)
      end)]] }
    project.env = { TMPDIR = project.folder .. "/tmp" }
    process.run { "mkdir", project.folder .. "/tmp" }
    project:test()
    assert.equal("", process.run { "ls", project.folder .. "/tmp" }.out)
  end)

  it("isolates files from each other", function()
    own_tests.pass {
      ["m.lua"] = "return { n = 0 }",
      ["a_test.lua"] = [[it("a", function()
        require "m".n = 1
        _G.leaked = true
        require "mkio".connect {}.teams:ensure("a", { description = "" })
      end)]],
      ["b_test.lua"] = [[it("b", function()
        assert.equal(0, require "m".n)
        assert.is_nil(_G.leaked)
        assert.is_nil(require "mkio".connect {}.teams:find "a")
      end)]],
    }
  end)

  it("ends by a signal, with its flows", function()
    local project = own_tests.new { ["f.lua"] = [[
      print "begun" io.stdout:flush()
      io.open("begun", "w"):close()
      while true do end
    ]], ["a_test.lua"] = [[it("a", function()
      flow.run("f.lua", {}, { timeout = 1000 })
    end)]] }
    local running = release.spawn({ "test" }, { cwd = project.folder })
    wait_until(function() return temp.read(project.folder .. "/begun") end)
    running:signal "INT"
    assert.equal(130, running:wait().code)
  end)

  it("works without /proc and /tmp", function()
    if not chroot.works() then return pending "no chroot here" end
    local root = chroot.new { ["p/a_test.lua"] = [[
      it("runs a flow", function()
        local run = flow.run "f.lua"
        assert.equal("Northlight Broadcasting\n", run.stdout, run.stderr)
      end)
      it("says that there is no place for files", function()
        flow.run("f.lua", {}, { files = { a = "" } })
      end)]],
      ["p/f.lua"] = 'print(require "mkio".connect {}:get().metadata.name)' }
    local outcome = root:run { "test", "p" }
    assert.equal("1 success / 0 failures / 1 error / 0 pending",
      summary(outcome))
    assert.matches("no temporary folder can be made (TMPDIR names the place",
      outcome.out, 1, true)
  end)

  it("is a tool of its own: ./test is a file", function()
    local folder = temp.folder()
    temp.write(folder .. "/test", 'print "mine"')
    assert.equal("mine\n", release.run({ "./test" }, { cwd = folder }).out)
  end)
end)

describe("mkrun test --coverage", function()
  local FILES <const> = {
    ["lib/m.lua"] = [[
local M = {}

function M.f(x)
  if x then
    return 1
  end
  return 2
end

return M
]],
    ["unused.lua"] = "print(1)\nprint(2)\n",
    ["f.lua"] = 'local m = require "lib.m"\nprint(m.f(false))\n',
    ["a_test.lua"] = [[
local m = require "lib.m"
it("a", function()
  assert.equal(1, m.f(true))
  flow.run "f.lua"
end)
]],
  }

  it("counts lines of tests and of flows, in their processes", function()
    local outcome = own_tests.new(FILES):test "--coverage"
    assert.equal(0, outcome.code)
    assert.equal("\nLines that have run:\n"
      .. "100.0 %     2 of 2     f.lua\n"
      .. "100.0 %     7 of 7     lib/m.lua\n"
      .. "100.0 %     9 of 9     all\n", outcome.err)
  end)

  it("says which lines have not run", function()
    local files = { ["a_test.lua"] = [[
      it("a", function() require "lib.m".f(true) end)]] }
    for name, text in pairs(FILES) do files[name] = files[name] or text end
    local outcome = own_tests.new(files):test("--cover=lib", "--cover",
      "unused.lua")
    assert.equal("\nLines that have run:\n"
      .. " 85.7 %     6 of 7     lib/m.lua  not run: 7\n"
      .. "  0.0 %     0 of 2     unused.lua  not run: 1-2\n"
      .. " 66.7 %     6 of 9     all\n", outcome.err)
  end)

  it("counts flows in another folder, and coroutines", function()
    local project = own_tests.new { ["f.lua"] = [[
local task = require "mkrun.task"
task.all { function()
  print "in a task"
end }
]], ["a_test.lua"] = [[it("a", function()
      flow.run("f.lua", {}, { files = { x = "" } })
    end)]] }
    assert.matches("100.0 %     4 of 4     f.lua\n",
      project:test "--coverage".err, 1, true)
  end)

  it("writes a file for lcov", function()
    local project = own_tests.new(FILES)
    project:test("--cover=lib", "--lcov=out.info")
    assert.equal("TN:\nSF:lib/m.lua\nDA:1,2\nDA:3,2\nDA:4,2\nDA:5,1\nDA:7,1\n"
      .. "DA:8,2\nDA:10,2\nLF:7\nLH:7\nend_of_record\n",
      temp.read(project.folder .. "/out.info"))
  end)
end)

describe("mkrun test --watch", function()
  it("runs again when a file changes", function()
    local project = own_tests.new { ["m.lua"] = "return 1",
      ["a_test.lua"] = 'it("a", function() assert.equal(2, require "m") end)' }
    local running = release.spawn({ "test", "--watch" },
      { cwd = project.folder })
    local function wait_for(pattern)
      wait_until(function() return running:output():find(pattern) end)
    end
    wait_for "1 failure"
    project:write("m.lua", "return 2 -- now")
    wait_for "1 success"
    project:write("new/b_test.lua", 'it("b", function() end)')
    wait_for "2 successes"
    running:signal "INT"
    assert.equal(130, running:wait().code)
  end)

  it("does not run again for a file that the tests write", function()
    local project = own_tests.new { ["data.txt"] = "1", ["a_test.lua"] =
      'it("a", function() io.open("log", "a"):write("x"):close() end)' }
    local running = release.spawn({ "test", "--watch", "--lcov", "lcov" },
      { cwd = project.folder })
    local function runs()
      return select(2, running:output():gsub("1 success", ""))
    end
    wait_until(function()
      return select(2, running:output()):find "Waiting"
    end)
    task.sleep(1.5)
    assert.equal(1, runs())
    project:write("data.txt", "22")
    wait_until(function() return runs() == 2 end)
    running:signal "INT"
    assert.equal(130, running:wait().code)
  end)

  it("waits for a test file that is gone", function()
    local project = own_tests.new { ["a_test.lua"] = 'it("a", print)' }
    local running = release.spawn({ "test", "--watch", "a_test.lua" },
      { cwd = project.folder })
    local function wait_for(pattern)
      wait_until(function()
        return table.concat({ running:output() }):find(pattern)
      end)
    end
    wait_for "1 success"
    os.remove(project.folder .. "/a_test.lua")
    wait_for "a_test.lua: No such file"
    project:write("a_test.lua", 'it("b", print) it("c", print)')
    wait_for "2 successes"
    running:signal "INT"
    assert.equal(130, running:wait().code)
  end)
end)
