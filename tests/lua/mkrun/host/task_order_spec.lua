local order = require "mkrun.host.task_order"
local task = require "mkrun.task"

--- Sorts names by the moments that they were noted at.
local function sorted(notes)
  table.sort(notes, function(a, b) return order.is_before(a[1], b[1]) end)
  local names = {}
  for i, note in ipairs(notes) do names[i] = note[2] end
  return table.concat(names, " ")
end

local function pause(turns) for _ = 1, turns do task.sleep(0) end end

describe("mkrun.host.task_order", function()
  it("puts what tasks did into the order of a run without tasks", function()
    local notes = {}
    local function note(name) notes[#notes + 1] = { order.moment(), name } end
    note "first"
    task.map({ 9, 5, 1, 7 }, function(turns, i)
      pause(turns)
      note("m" .. i)
      pause(turns)
      note("m" .. i .. "'")
    end)
    note "between"
    local late = task.spawn(function()
      pause(9)
      note "late"
    end)
    note "after"
    task.all {
      function()
        pause(3)
        note "x"
      end,
      function() note "y" end,
    }
    late:wait()
    note "last"
    assert.equal("first m1 m1' m2 m2' m3 m3' m4 m4' between late after x y "
      .. "last", sorted(notes))
  end)

  it("does so for tasks in tasks", function()
    local notes = {}
    task.map({ 4, 2 }, function(turns, i)
      pause(turns)
      task.map({ 3, 1 }, function(more, j)
        pause(more)
        notes[#notes + 1] = { order.moment(), i .. "." .. j }
      end)
      notes[#notes + 1] = { order.moment(), i .. " end" }
    end)
    assert.equal("1.1 1.2 1 end 2.1 2.2 2 end", sorted(notes))
  end)

  it("does so for coroutines that tasks resume", function()
    local notes = {}
    task.map({ 5, 3, 1 }, function(turns, i)
      pause(turns)
      notes[#notes + 1] = { order.moment(), i .. " a" }
      coroutine.wrap(function()
        notes[#notes + 1] = { order.moment(), i .. " b" }
        task.spawn(function()
          notes[#notes + 1] = { order.moment(), i .. " c" }
        end):wait()
      end)()
      notes[#notes + 1] = { order.moment(), i .. " d" }
    end)
    assert.equal("1 a 1 b 1 c 1 d 2 a 2 b 2 c 2 d 3 a 3 b 3 c 3 d",
      sorted(notes))
  end)

  it("takes the same memory for each of a chain of tasks", function()
    local function link(left)
      if left > 0 then task.spawn(link, left - 1) end
    end
    local function memory(length)
      collectgarbage()
      collectgarbage "stop"
      local before = collectgarbage "count"
      task.spawn(link, length)
      pause(length + 1)
      local used = collectgarbage "count" - before
      collectgarbage "restart"
      return used
    end
    memory(10)
    local few, many = memory(200), memory(2000)
    assert.is_true(many < 15 * few, few .. " and " .. many)
  end)

  it("counts a coroutine of a task to the task", function()
    local notes = {}
    task.map({ 5, 1, 3 }, function(turns, i)
      pause(turns)
      coroutine.wrap(function()
        task.sleep(0)
        notes[#notes + 1] = { order.moment(), "c" .. i }
      end)()
      notes[#notes + 1] = { order.moment(), "t" .. i }
    end)
    assert.equal("c1 t1 c2 t2 c3 t3", sorted(notes))
  end)

  it("fills a list in that order, and adds nothing to its items", function()
    local list = {}
    local early = order.moment()
    task.map({ 6, 2, 4 }, function(turns, i)
      pause(turns)
      order.insert(list, { i })
    end)
    order.insert(list, { "last" })
    order.insert(list, { "first" }, early)
    assert.same({ { "first" }, { 1 }, { 2 }, { 3 }, { "last" } }, list)
  end)
end)
