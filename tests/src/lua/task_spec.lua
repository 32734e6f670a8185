--- @seconds 15

local canned = require "tests.src.http.server"
local http = require "mkrun.http"
local process = require "tests.support.process"
local shell = require "tests.support.shell"
local sys = require "mkrun.sys"
local task = require "mkrun.task"

local function numbers(count)
  local list = {}
  for i = 1, count do list[i] = i end
  return list
end

--- A function that returns when `count` tasks are in it, asleep; raises when
--- the others do not come.
local function meeting(count)
  local there = 0
  return function()
    there = there + 1
    for _ = 1, 10000 do
      task.sleep(0.001)
      if there == count then return there end
    end
    error(("%d of %d came"):format(there, count))
  end
end

local function open_sockets()
  return tonumber(shell.output "ls -l /proc/$PPID/fd | grep socket: | wc -l")
end

--- Runs a script of its own, in this very binary.
local function run(code, options)
  return process.run({ "build/debug/mkrun", "-e", code }, options)
end

describe("a task that a finalizer waits for at the very end", function()
  it("has been cancelled by then", function()
    local server <close> = canned.start(canned.answer "200 OK")
    local outcome = run(([[
      local http, task = require "mkrun.http", require "mkrun.task"
      local request
      local keep = setmetatable({}, { __gc = function()
        print(pcall(request.wait, request))
      end })
      request = task.spawn(function() return assert(http.get(%q)) end)
      task.spawn(function()
        coroutine.wrap(function() task.sleep(0.3) os.exit(0) end)()
      end):wait()
      print(keep)]]):format(server.url))
    assert.equal("", outcome.err)
    assert.equal("false\tcancelled\n", outcome.out)
    assert.equal(0, outcome.code)
  end)
end)

describe("task.spawn", function()
  it("gives what the function returns, as often as asked", function()
    local handle = task.spawn(function(...) return "a", nil, ... end, 1, nil)
    for _ = 1, 2 do
      assert.same({ "a", nil, 1, nil, n = 4 }, table.pack(handle:wait()))
    end
  end)

  it("raises the error of the task, whatever value it is", function()
    local reason = { code = 7 }
    local handle = task.spawn(function() error(reason) end)
    for _ = 1, 2 do
      local ok, why = pcall(handle.wait, handle)
      assert.is_false(ok)
      assert.equal(reason, why)
    end
  end)

  it("starts nothing before somebody waits", function()
    local started = false
    local handle = task.spawn(function() started = true end)
    assert.is_false(started)
    handle:wait()
    assert.is_true(started)
  end)

  it("runs tasks while the script waits for something else", function()
    local ran = false
    local handle = task.spawn(function() task.sleep(0.01) ran = true end)
    task.sleep(0.05)
    assert.is_true(ran)
    handle:wait()
  end)

  it("closes what a failed task left open", function()
    local closed = false
    local handle = task.spawn(function()
      local _ <close> = setmetatable({}, { __close = function()
        closed = true
      end })
      error "stop"
    end)
    assert.is_false(pcall(handle.wait, handle))
    assert.is_true(closed)
  end)

  it("lets a task wait for a task", function()
    local inner = task.spawn(function() task.sleep(0.01) return 1 end)
    local outer = task.spawn(function() return inner:wait() + 1 end)
    local third = task.spawn(function() return inner:wait() + 2 end)
    assert.equal(2, outer:wait())
    assert.equal(3, third:wait())
  end)

  it("wakes those who wait in the order in which they came", function()
    local order = {}
    local inner = task.spawn(task.sleep, 0.01)
    task.map({ 1, 2, 3, 4 }, function(n)
      inner:wait()
      order[#order + 1] = n
    end)
    assert.same({ 1, 2, 3, 4 }, order)
  end)

  it("costs no more for each of many, whichever way they end", function()
    -- Ten times slower than usual is fine; when each looks at all, it is a
    -- hundred times slower, and gets killed.
    local outcome = run([[
      local task = require "mkrun.task"
      local count, handles = 150000, {}
      local function nothing() end
      for i = 1, count do handles[i] = task.spawn(nothing) end
      for i = count, 1, -1 do handles[i]:cancel() end
      for i = 1, count do handles[i] = task.spawn(nothing) end
      for i = 1, count do handles[i]:wait() end]], { timeout = 120 })
    assert.same({ code = 0, out = "", err = "" }, outcome)
  end)

  it("gives others a turn at a plain yield", function()
    local seen = {}
    local function twice(name)
      for _ = 1, 2 do
        seen[#seen + 1] = name
        coroutine.yield()
      end
    end
    local a, b = task.spawn(twice, "a"), task.spawn(twice, "b")
    a:wait()
    b:wait()
    assert.same({ "a", "b", "a", "b" }, seen)
  end)

  it("refuses to wait for what can never be", function()
    local handle
    handle = task.spawn(function() handle:wait() end)
    assert.error_matches(function() handle:wait() end, "waits for itself")
    local a, b
    a = task.spawn(function() b:wait() end)
    b = task.spawn(function() a:wait() end)
    assert.error_matches(function() a:wait() end, "deadlock")
    a:cancel()
    b:cancel()
  end)

  it("raises on misuse", function()
    assert.error_matches(function() task.spawn(1) end,
      "bad argument #1 to 'spawn' %(function expected, got number%)")
    assert.error_matches(function() task.sleep(-1) end,
      "bad argument #1 to 'sleep' %(seconds from zero expected%)")
    assert.error_matches(function() task.sleep(0 / 0) end, "bad argument")
  end)
end)

describe("task.sleep", function()
  it("wakes in the order of time, and of calls for one time", function()
    local order = {}
    task.map({ 0.03, 0.01, 0.02, 0.01 }, function(time, i)
      task.sleep(time)
      order[#order + 1] = i
    end)
    assert.same({ 2, 4, 3, 1 }, order)
  end)

  it("sleeps at least as long as it is told to", function()
    local start = sys.monotonic()
    task.sleep(0.05)
    assert(sys.monotonic() - start >= 0.05)
  end)

  it("sleeps side by side", function()
    local meet = meeting(200)
    task.map(numbers(200), meet, { limit = 200 })
  end)

  it("blocks in a coroutine that is not the task's own", function()
    local got = task.spawn(function()
      return coroutine.wrap(function() task.sleep(0.01) return "woke" end)()
    end):wait()
    assert.equal("woke", got)
  end)

  it("is not starved by a busy task", function()
    local done = false
    local sleeper = task.spawn(function() task.sleep(0.02) done = true end)
    local busy = task.spawn(function()
      while not done do task.sleep(0) end
    end)
    busy:wait()
    sleeper:wait()
  end)
end)

describe("handle:cancel", function()
  it("closes what the task has open, and tells who waits", function()
    local closed = false
    local handle = task.spawn(function()
      local _ <close> = setmetatable({}, { __close = function()
        closed = true
      end })
      task.sleep(60)
    end)
    local waiter = task.spawn(function()
      return select(2, pcall(handle.wait, handle))
    end)
    task.sleep(0.01)
    handle:cancel()
    assert.is_true(closed)
    assert.equal("cancelled", waiter:wait())
    assert.error_matches(function() handle:wait() end, "^cancelled$")
    handle:cancel()
  end)

  it("keeps a task that never began from beginning", function()
    local handle = task.spawn(function() error "never" end)
    handle:cancel()
    assert.error_matches(function() handle:wait() end, "^cancelled$")
  end)

  it("does nothing to one that is over", function()
    local handle = task.spawn(function() return 5 end)
    handle:wait()
    handle:cancel()
    assert.equal(5, handle:wait())
  end)

  it("happens at the end of a block with <close>", function()
    local outer
    do
      local handle <close> = task.spawn(function() task.sleep(60) end)
      outer = handle
    end
    assert.error_matches(function() outer:wait() end, "^cancelled$")
  end)

  it("drops the request of the task", function()
    local server <close> = canned.start ""
    server.process:signal "STOP" -- it never answers
    local before = open_sockets()
    local handle = task.spawn(http.get, server.url,
      { safe = false, timeout = 3600 })
    process.wait_until("the request", function()
      return server:connected() == 1
    end)
    assert.equal(before + 1, open_sockets())
    handle:cancel()
    assert.equal(before, open_sockets())
    server.process:signal "CONT"
  end)
end)

describe("task.map", function()
  it("keeps the order of the list", function()
    local results = task.map({ 3, 1, 2 }, function(n, i)
      task.sleep(n / 200)
      return n * 10 + i
    end)
    assert.same({ 31, 12, 23 }, results)
    assert.same({}, task.map({}, print))
  end)

  it("has at most so many at a time", function()
    local now, most = 0, 0
    task.map(numbers(20), function()
      now = now + 1
      most = math.max(most, now)
      task.sleep(0.001)
      now = now - 1
    end, { limit = 3 })
    assert.equal(3, most)
  end)

  it("raises the first error and cancels the rest", function()
    local ended, closed = 0, 0
    local ok, why = pcall(task.map, numbers(10), function(n)
      local _ <close> = setmetatable({}, { __close = function()
        closed = closed + 1
      end })
      if n == 4 then
        task.sleep(0.01)
        error({ n }, 0)
      end
      task.sleep(3600)
      ended = ended + 1
    end)
    assert.is_false(ok)
    assert.same({ 4 }, why)
    assert.equal(0, ended)
    assert.equal(10, closed)
  end)

  it("works within a task, and ends with it", function()
    local started = 0
    local handle = task.spawn(function()
      return task.map({ 1, 2 }, function(n)
        started = started + 1
        task.sleep(n == 2 and 30 or 0)
      end)
    end)
    task.sleep(0.02)
    handle:cancel()
    assert.equal(2, started)
  end)

  it("raises on misuse", function()
    assert.error_matches(function() task.map(1, print) end,
      "bad argument #1 to 'map' (table expected, got number)", 1, true)
    assert.error_matches(function() task.map({}, print, { limit = 0 }) end,
      "(option 'limit': whole number above zero expected)", 1, true)
  end)
end)

describe("task.all", function()
  it("calls all side by side and returns the result of each", function()
    local meet = meeting(3)
    local a, b, c = task.all {
      function() meet() return 1 end,
      function() meet() return nil end,
      function() meet() return 3 end,
    }
    assert.same({ 1, nil, 3 }, { a, b, c })
  end)
end)

describe("requests in tasks", function()
  it("are on their way at the same time, through the layers", function()
    local answers = {}
    for i = 1, 8 do answers[i] = canned.answer("200 OK", {}, "x") end
    local server <close> = canned.start(table.unpack(answers))
    local order = {}
    local statuses = task.map(numbers(8), function(i)
      order[#order + 1] = i
      return assert(http.get(server.url)).status
    end)
    assert.same({ 1, 2, 3, 4, 5, 6, 7, 8 }, order)
    assert.equal(8, #statuses)
  end)

  it("block in a coroutine of the script's own", function()
    local server <close> = canned.start(canned.answer("200 OK", {}, "x"))
    local get = coroutine.wrap(function() return http.get(server.url) end)
    assert.equal("x", get().body)
  end)

  it("leave no connection open, whatever happens", function()
    local server <close> = canned.start(canned.answer "200 OK")
    local function round()
      pcall(task.map, numbers(20), function(i)
        if i == 15 then error "stop" end
        http.get(server.url, { safe = false })
      end)
      collectgarbage()
    end
    round()
    local before = open_sockets()
    for _ = 1, 5 do round() end
    assert(open_sockets() <= before, open_sockets())
  end)
end)

describe("an error that nobody asked for", function()
  local failing = [[
    local task = require "mkrun.task"
    local function fail(text) error(text, 0) end
    local told, lost = task.spawn(fail, "told"), task.spawn(fail, "lost")
    pcall(told.wait, told)
    pcall(task.map, { 1 }, function() error "mapped" end)]]

  it("is the error of the run", function()
    local outcome = run(failing)
    assert.equal(1, outcome.code)
    assert.equal("mkrun: lost\n", outcome.err)
  end)

  it("is a warning, with -W, when the run ends otherwise", function()
    local outcome = process.run { "build/debug/mkrun", "-W", "-e",
      failing .. " os.exit(3)" }
    assert.equal(3, outcome.code)
    assert.matches("a task failed: lost\n", outcome.err, 1, true)
    assert.not_matches("told", outcome.err)
    assert.not_matches("mapped", outcome.err)
  end)

  it("is none when the task was cancelled", function()
    local outcome = run [[
      local task = require "mkrun.task"
      local waiting = task.spawn(task.sleep, 60)
      task.sleep(0)
      waiting:cancel()
      print(tostring(waiting):match "%((.-)%)")]]
    assert.same({ 0, "cancelled\n", "" },
      { outcome.code, outcome.out, outcome.err })
  end)
end)

describe("the end of a run", function()
  it("comes when the last task has ended", function()
    local outcome = run [[
      local task = require "mkrun.task"
      task.spawn(function()
        task.sleep(0.01)
        task.spawn(function() task.sleep(0.01) print "second" end)
        print "first"
      end)]]
    assert.same({ 0, "first\nsecond\n" }, { outcome.code, outcome.out })
  end)
end)

describe("a script that ends", function()
  it("early takes its tasks and requests along", function()
    local server <close> = canned.start ""
    server.process:signal "STOP"
    local code = ([[
      local http, task = require "mkrun.http", require "mkrun.task"
      for _ = 1, 5 do task.spawn(http.get, %q) end
      task.spawn(function() task.sleep(60) end)
      task.sleep(0.1)
      %%s]]):format(server.url)
    assert.same({ code = 0, out = "", err = "" },
      run(code:format "os.exit()"))
    local failed = run(code:format "error('stop', 0)")
    server.process:signal "CONT"
    assert.same({ code = 1, out = "", err = "mkrun: stop\n" }, failed)
  end)

  it("early closes what its tasks have open", function()
    for how, code in pairs { ["error('stop', 0)"] = 1, ["os.exit(3)"] = 3,
                             ["task.spawn(error, 'lost', 0):wait()"] = 1 } do
      local outcome = run(([[
        local task = require "mkrun.task"
        for i = 1, 3 do
          task.spawn(function()
            local _ <close> = setmetatable({}, { __close = function()
              task.spawn(print, "never")
              print("closed " .. i)
            end })
            task.sleep(60)
          end)
        end
        task.sleep(0.01)
        %s]]):format(how))
      assert.equal(code, outcome.code)
      for i = 1, 3 do assert.matches("closed " .. i, outcome.out, 1, true) end
      assert.not_matches("never", outcome.out)
      assert.not_matches("leak", outcome.err)
    end
  end)

  it("names, with -W, the tasks that nobody waits for", function()
    local code = [[
      local task = require "mkrun.task"
      task.spawn(task.sleep, 0):wait()
      task.map({ 0, 0 }, task.sleep)
      task.spawn(task.sleep, 0.01)]]
    local outcome = process.run { "build/debug/mkrun", "-W", "-e", code }
    assert.matches("(command line):4: nobody waits for this task\n",
      outcome.err, 1, true)
    assert.equal(1, select(2, outcome.err:gsub("\n", "\n")))
    assert.same({ code = 0, out = "", err = "" }, run(code))
  end)

  it("by SIGINT ends what waits, in tasks and outside", function()
    local server <close> = canned.start ""
    server.process:signal "STOP"
    for _, code in ipairs {
      "get()", "task.spawn(get):wait()", "pcall(task.map, { 1, 2 }, get)",
      "task.sleep(3600)", "task.map({ 1, 2 }, function() task.sleep(3600) end)",
      "pcall(function() task.spawn(task.sleep, 3600):wait() end)",
      "coroutine.wrap(function() task.sleep(3600) end)()",
      "task.spawn(function() coroutine.wrap(task.sleep)(3600) end):wait()",
    } do
      local child = process.spawn { "build/debug/mkrun", "-e",
        ("local task, http = require 'mkrun.task', require 'mkrun.http' "
          .. "local function get() http.get(%q, { timeout = 3600 }) end "
          .. "print 'on' io.stdout:flush() "):format(server.url)
          .. code .. " print 'off'" }
      process.wait_until("the script", function()
        return child:output() == "on\n" or not child:alive()
      end)
      child:signal "INT" -- if it does nothing, `wait` kills the child: 137
      local outcome = child:wait()
      assert.equal("on\n", outcome.out, code)
      assert.equal(130, outcome.code, outcome.err)
    end
    server.process:signal "CONT"
  end)
end)

describe("task.once", function()
  it("makes each thing once, and those who come meanwhile wait", function()
    local once, made = task.once(), {}
    local function work(key)
      return once:get(key, function()
        made[#made + 1] = key
        task.sleep(0)
        return key .. "!"
      end)
    end
    assert.same({ "a!", "b!", "a!", "b!" },
      task.map({ "a", "b", "a", "b" }, work))
    assert.equal("a!", work "a")
    assert.same({ "a", "b" }, made)
  end)

  it("only waits without work", function()
    local once = task.once()
    assert.is_nil(once:get "a")
    task.all {
      function() once:get("a", function() task.sleep(0) return 1 end) end,
      function() assert.equal(1, once:get "a") end,
    }
  end)

  it("raises its error to all, and tries again for the next", function()
    local once, problem = task.once(), { "no" }
    for _, ok in ipairs(task.map({ 1, 2 }, function()
      local ok, why = pcall(once.get, once, "a", function()
        task.sleep(0)
        error(problem)
      end)
      assert.equal(problem, why)
      return ok
    end)) do assert.is_false(ok) end
    assert.equal(1, once:get("a", function() return 1 end))
  end)

  it("gives a value to all who waited, although one of them forgets it",
    function()
      local once, count = task.once(), 0
      local function take()
        local value = once:get("a", function()
          task.sleep(0)
          count = count + 1
          return count
        end)
        once:forget "a"
        return value
      end
      assert.same({ 1, 1, 1 }, task.map({ 1, 2, 3 }, take))
      assert.equal(2, take())
    end)

  it("makes a value anew that was forgotten while it was made", function()
    local once, open = task.once(), false
    local first = task.spawn(function()
      return once:get("a", function()
        while not open do task.sleep(0) end
        return "old"
      end)
    end)
    task.sleep(0)
    once:forget "a"
    assert.equal("new", once:get("a", function() return "new" end))
    open = true
    assert.equal("old", first:wait())
    assert.equal("new", once:get "a")
  end)

  it("goes on when the task that asked is cancelled", function()
    local once, count = task.once(), 0
    local function work()
      task.sleep(0.001)
      count = count + 1
      return count
    end
    assert.is_false(pcall(task.map, { 1, 2 }, function(n)
      if n == 1 then return once:get("a", work) end
      task.sleep(0)
      error "stop"
    end))
    assert.equal(1, once:get("a", work))
  end)
end)

describe("lua/types/task.lua", function()
  it("names exactly the functions of the part in C", function()
    local named, there = {}, {}
    for line in io.lines "lua/types/task.lua" do
      named[#named + 1] = line:match "^function core%.([%w_]+)"
    end
    for name in pairs(require "mkrun.task.core") do there[#there + 1] = name end
    table.sort(named)
    table.sort(there)
    assert.same(there, named)
  end)
end)
