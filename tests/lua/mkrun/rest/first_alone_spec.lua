local errors = require "mkrun.rest.error"
local first_alone = require "mkrun.rest.first_alone"
local release = require "tests.support.release"
local sys = require "mkrun.sys"
local task = require "mkrun.task"

local function refused(status)
  return errors.new { method = "POST", path = "/x", status = status,
    detail = "no" }
end

--- Makes `count` calls side by side; returns the outcome of each, how many were
--- under way at most, and how many began.
local function run(gate, count, work)
  local now, most, begun = 0, 0, 0
  local numbers = {}
  for i = 1, count do numbers[i] = i end
  local outcomes = task.map(numbers, function(i)
    local ok, result = pcall(gate.call, gate, function()
      begun, now = begun + 1, now + 1
      most = math.max(most, now)
      for _ = 1, 3 do task.sleep(0) end
      now = now - 1
      return work(i, begun)
    end)
    return { ok, result }
  end)
  return outcomes, most, begun
end

describe("mkrun.rest.first_alone", function()
  it("lets all go after the first success", function()
    local seen = {}
    local outcomes, most = run(first_alone.new(), 16, function(i)
      seen[#seen + 1] = i
      return i * 2
    end)
    for i, outcome in ipairs(outcomes) do
      assert.same({ true, i * 2 }, outcome)
    end
    assert.equal(16, #seen)
    assert.is_true(most > 8)
  end)

  it("tries the next one alone when one was refused for itself", function()
    local outcomes, _, begun = run(first_alone.new(), 8, function(_, number)
      if number < 4 then error(refused(409), 0) end
      return true
    end)
    local failed = 0
    for _, outcome in ipairs(outcomes) do
      if not outcome[1] then failed = failed + 1 end
    end
    assert.equal(8, begun)
    assert.equal(3, failed)
  end)

  it("fails all that wait when the first meets what all would meet", function()
    local outcomes, most, begun = run(first_alone.new(), 16, function()
      error(refused(503), 0)
    end)
    assert.equal(1, begun)
    assert.equal(1, most)
    for _, outcome in ipairs(outcomes) do
      assert.is_false(outcome[1])
      assert.equal(503, outcome[2].status)
    end
  end)

  it("lets a later call try again", function()
    local gate = first_alone.new()
    assert.is_false(pcall(gate.call, gate, function()
      error(refused(503), 0)
    end))
    assert.equal(7, gate:call(function() return 7 end))
    assert.same({ 1, nil, 3 },
      { gate:call(function() return 1, nil, 3 end) })
  end)

  it("goes one at a time to the end with `always`", function()
    local _, most, begun = run(first_alone.new(true), 12, function()
      return true
    end)
    assert.equal(12, begun)
    assert.equal(1, most)
  end)

  it("ends with its caller, and the next of those who wait goes on", function()
    local gate, ended, others = first_alone.new(), 0, {}
    local first = task.spawn(function()
      gate:call(function()
        for _ = 1, 50 do task.sleep(0) end
        ended = ended + 1
      end)
    end)
    task.sleep(0)
    for i = 1, 3 do
      others[i] = task.spawn(function()
        return gate:call(function() return i end)
      end)
    end
    for _ = 1, 5 do task.sleep(0) end
    first:cancel()
    for i = 1, 3 do assert.equal(i, others[i]:wait()) end
    for _ = 1, 60 do task.sleep(0) end
    assert.equal(0, ended)
  end)

  it("goes on when one is cancelled before it began", function()
    local gate, begun = first_alone.new(), false
    local first = task.spawn(function()
      gate:call(function() begun = true end)
    end)
    local second = task.spawn(function()
      return gate:call(function() return 2 end)
    end)
    first:cancel()
    assert.equal(2, second:wait())
    assert.is_false(begun)
  end)

  it("remembers no failure of one that nobody waited for", function()
    local gate = first_alone.new()
    local first = task.spawn(function()
      gate:call(function()
        task.sleep(0)
        error(refused(503), 0)
      end)
    end)
    task.sleep(0)
    first:cancel()
    for _ = 1, 5 do task.sleep(0) end
    assert.equal(1, gate:call(function() return 1 end))
  end)

  it("lets nobody go beside one whose caller is cancelled", function()
    local gate, under_way, most = first_alone.new(true), 0, 0
    local function work()
      under_way = under_way + 1
      most = math.max(most, under_way)
      local _ <close> = sys.finally(function() under_way = under_way - 1 end)
      for _ = 1, 9 do task.sleep(0) end
      error(refused(409), 0)
    end
    local first = task.spawn(gate.call, gate, work)
    local second = task.spawn(gate.call, gate, work)
    for _ = 1, 3 do task.sleep(0) end
    first:cancel()
    second:cancel()
    assert.is_false(pcall(gate.call, gate, work))
    assert.equal(1, most)
    assert.equal(0, under_way)
  end)

  it("ends no run by the failure of a call that nobody waits for", function()
    local outcome = release.eval [[
      local task = require "mkrun.task"
      local gate = require "mkrun.rest.first_alone".new()
      local first = task.spawn(gate.call, gate, function()
        task.sleep(0.01)
        error("late", 0)
      end)
      task.sleep(0)
      first:cancel() ]]
    assert.equal(0, outcome.code, outcome.err)
  end)

  it("works outside of tasks, and in coroutines of a script", function()
    local gate = first_alone.new(true)
    local function call()
      return gate:call(function()
        task.sleep(0)
        return 7
      end)
    end
    assert.equal(7, call())
    assert.equal(7, coroutine.wrap(call)())
    assert.equal(7, task.spawn(function() return coroutine.wrap(call)() end)
      :wait())
  end)

  it("refuses a call inside a call", function()
    local gate = first_alone.new()
    local function inner() return gate:call(function() return 1 end) end
    assert.error_matches(function() gate:call(inner) end, "waits for itself")
    assert.equal(1, inner())
  end)
end)
