--- What `debug` does not show, or take, of functions that are C's.

local process = require "tests.support.process"
local task = require "mkrun.task"

local function upvalue() return task end

describe("debug", function()
  it("knows no upvalues of C", function()
    for _, f in ipairs { coroutine.resume, coroutine.close, os.execute,
      debug.setmetatable, debug.getregistry, string.gmatch("", "") } do
      assert.equal(0, select("#", debug.getupvalue(f, 1)))
      assert.equal(0, select("#", debug.setupvalue(f, 1, nil)))
    end
    assert.is_true(coroutine.resume(coroutine.create(print), ""))
    assert.error_matches(function() debug.setmetatable(io.stdout, nil) end,
      "for C only", 1, true)
  end)

  it("knows no local variables of C, however the level is written", function()
    local waiting
    local t <close> = task.spawn(function()
      waiting = coroutine.running()
      task.sleep(3600)
    end)
    task.sleep(0)
    for _, level in ipairs { 0, 0.0, "0", 1 << 32 } do
      assert.is_nil((debug.getlocal(waiting, level, 1)))
      assert.is_nil((debug.setlocal(waiting, level, 1, nil)))
      assert.is_nil((debug.getlocal(level, 1)))
    end
    assert.equal("task: ", tostring(t):sub(1, 6))
  end)

  it("leaves what C reads alone while a request waits", function()
    local silent = assert(require "socket".bind("127.0.0.1", 0))
    local _, port = silent:getsockname()
    local outcome = process.run { "build/debug/mkrun", "-e", ([[
      local http = require "mkrun.http"
      local task = require "mkrun.task"
      local waiting
      local t <close> = task.spawn(function()
        waiting = coroutine.running()
        http.post("http://127.0.0.1:%d/",
          { body = ("x"):rep(2e7), timeout = 1 })
      end)
      task.sleep(0.1)
      for slot = 1, 20 do debug.setlocal(waiting, 0, slot, nil) end
      collectgarbage()
      t:wait()]]):format(port) }
    silent:close()
    assert.same({ 0, "" }, { outcome.code, outcome.err })
  end)

  it("works with functions of Lua as before", function()
    local value = 1
    assert.same({ "value", 1 }, { debug.getlocal(1, 1) })
    assert.equal("value", debug.setlocal(1, 1, 2))
    assert.equal(2, value)
    assert.equal("x", debug.getlocal(function(x) return x end, 1))
    assert.same({ "task", task }, { debug.getupvalue(upvalue, 1) })
    assert.error_matches(function() debug.getlocal(99, 1) end,
      "level out of range", 1, true)
  end)
end)
