local http = require "mkrun.http"
local socket = require "socket"
local sys = require "mkrun.sys"
local task = require "mkrun.task"

--- Listens, and never answers.
local silent = assert(socket.bind("127.0.0.1", 0))
local _, port = silent:getsockname()
local function url() return "http://127.0.0.1:" .. port, silent end

--- A task that waits in `wait`, and its coroutine.
local function waiting(wait)
  local thread
  local handle = task.spawn(function()
    thread = coroutine.running()
    wait()
  end)
  task.sleep(0)
  return handle, thread
end

local WAITS = {
  sleep = function() task.sleep(60) end,
  wait = function()
    local inner <close> = task.spawn(task.sleep, 60)
    inner:wait()
  end,
  request = function()
    http.get((url()), { safe = false })
  end,
}

describe("the coroutine of a waiting task", function()
  for name, wait in pairs(WAITS) do
    it("fails when a script resumes it: " .. name, function()
      local handle, thread = waiting(wait)
      local ok, why = coroutine.resume(thread)
      assert.is_false(ok)
      assert.matches("a waiting task was resumed by hand$", why)
      handle:cancel()
      assert.error_matches(function() handle:wait() end, "^cancelled$")
    end)

    it("may be closed by a script: " .. name, function()
      local handle, thread = waiting(wait)
      assert.is_true(coroutine.close(thread))
      handle:cancel()
      assert.error_matches(function() handle:wait() end, "^cancelled$")
    end)
  end

  for name, wait in pairs(WAITS) do
    it("ends its task when a script closes it: " .. name, function()
      local handle, thread = waiting(wait)
      assert.is_true(coroutine.close(thread))
      if name == "wait" then task.sleep(0) end
      assert.error_matches(function() handle:wait() end,
        "^the coroutine of this task was closed or run by hand$")
    end)
  end

  it("ends its task when it is closed before it has begun", function()
    local handle = task.spawn(task.sleep, 0)
    local thread = select(2, next { debug.getuservalue(handle, 1) })
    assert.is_true(coroutine.close(thread))
    assert.error_matches(function() handle:wait() end, "was closed")
  end)

  it("ends its task when it is closed between its turns", function()
    for round = 0, 20 do
      local thread
      local handle = task.spawn(function()
        thread = coroutine.running()
        for _ = 1, 3 do task.sleep(0) end
      end)
      for _ = 0, round % 5 do task.sleep(0) end
      local closed = coroutine.close(thread)
      local ok, why = pcall(handle.wait, handle)
      assert.is_true(closed)
      assert.is_true(ok or why:find("was closed", 1, true) ~= nil, why)
    end
  end)

  it("is not resumed where a script runs it", function()
    local thread
    local handle = task.spawn(function()
      thread = coroutine.running()
      task.sleep(0.001)
      task.sleep(0.01)
    end)
    task.spawn(function() -- until the time of both sleeps is over
      local start = sys.monotonic()
      while sys.monotonic() - start < 0.03 do end
    end)
    task.sleep(0.002)
    assert.is_true(coroutine.resume(thread))
    assert.error_matches(function() handle:wait() end,
      "a waiting task was resumed by hand")
  end)
end)

describe("a wrong call is blamed on its line:", function()
  local cases = {
    { function() task.map({ 1 }, "f") end,
      "bad argument #2 to 'map' (function expected, got string)" },
    { function() task.map({ 1 }, print, { limt = 2 }) end,
      "bad argument #3 to 'map' (unknown option 'limt')" },
    { function() task.map({ 1 }, print, 2) end,
      "bad argument #3 to 'map' (table expected, got number)" },
    { function() task.all(print) end,
      "bad argument #1 to 'all' (table expected, got function)" },
    { function() task.all { print, 2 } end,
      "bad argument #1 to 'all' (function expected at 2, got number)" },
  }
  for _, case in ipairs(cases) do
    local call, message = table.unpack(case)
    it(message, function()
      local line = debug.getinfo(call, "S").linedefined
      local _, problem = pcall(call)
      assert.matches(("task_misuse_spec.lua:%d: %s"):format(line, message),
        problem, 1, true)
    end)
  end
end)
