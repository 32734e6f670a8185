local errors = require "mkrun.rest.error"
local task = require "mkrun.task"
local writes = require "mkio.flow.common.writes"

--- A report that keeps its lines, as `mkrun.report` orders them.
local function report()
  local out = { lines = {}, places = {} }
  local function flush()
    for _, place in ipairs(out.places) do
      for _, line in ipairs(place.steps) do table.insert(out.lines, line) end
      place.steps = {}
      if place.is_open then return end
    end
  end
  function out.place()
    local place = { steps = {}, is_open = true }
    function place:step(outcome, _, name, details)
      table.insert(self.steps, ("%s %s%s"):format(outcome, name,
        details and " " .. details[1] or ""))
      flush()
    end
    function place:close()
      self.is_open = false
      flush()
    end
    table.insert(out.places, place)
    return place
  end
  return out
end

local function refused(status, code)
  return errors.new { method = "PUT", path = "/x", status = status,
    code = code, detail = "no" }
end

--- Runs a write for each function.
local function run(list, options)
  local out, all = report(), {}
  for i, work in ipairs(list) do
    all[i] = { place = out:place(), kind = "thing", name = tostring(i),
      work = work }
  end
  local ok, problem = pcall(writes.run, all, options)
  return out.lines, ok, problem
end

local function created() return "created" end

describe("mkio.flow.common.writes.run", function()
  it("sends side by side, and tells in the order of the list", function()
    local under_way = 0
    local function meet()
      under_way = under_way + 1
      while under_way < 3 do task.sleep(0) end
      return "changed", { "well" }
    end
    local lines = run { meet, meet, meet }
    assert.same({ "changed 1 well", "changed 2 well", "changed 3 well" }, lines)
  end)

  it("waits for a slow one only with the lines", function()
    local is_done = false
    local lines = run {
      function()
        while not is_done do task.sleep(0) end
        return "created"
      end,
      function() is_done = true return "removed" end,
    }
    assert.same({ "created 1", "removed 2" }, lines)
  end)

  it("loses no other result where one fails, and raises it", function()
    local lines, ok, problem = run { created,
      function() error(refused(400, "bad"), 0) end, created }
    assert.is_false(ok)
    assert.equal("bad", problem.code)
    assert.same({ "created 1", "created 3" }, lines)
  end)

  it("raises the first failure, and tells of the others", function()
    local lines, _, problem = run {
      function() error(refused(400, "first"), 0) end, created,
      function() error(refused(409, "second"), 0) end,
    }
    assert.equal("first", problem.code)
    assert.equal(2, #lines)
    assert.equal("created 2", lines[1])
    assert.matches("^failed 3 .*second", lines[2])
  end)

  for _, status in ipairs { 401, 403, 500 } do
    it("begins no more where all would fail: " .. status, function()
      local begun = 0
      local function count()
        begun = begun + 1
        return "created"
      end
      local _, ok, problem = run({
        function() error(refused(status, "all"), 0) end, count, count,
      }, { limit = 1 })
      assert.is_false(ok)
      assert.equal("all", problem.code)
      assert.equal(0, begun)
    end)
  end

  it("passes on what is no error of this library", function()
    local _, ok, problem = run { function() error("slip", 0) end, created }
    assert.is_false(ok)
    assert.equal("slip", problem)
  end)

  it("says nothing where there is nothing to tell", function()
    assert.same({ "created 2" }, (run { function() end, created }))
  end)

  it("goes one after the other with a limit of one", function()
    local under_way, most = 0, 0
    local function work()
      under_way = under_way + 1
      most = math.max(most, under_way)
      task.sleep(0)
      under_way = under_way - 1
      return "created"
    end
    run({ work, work, work }, { limit = 1 })
    assert.equal(1, most)
  end)
end)

describe("mkio.flow.common.writes.in_turn", function()
  it("lets calls of one key go in the order they came, others at once",
    function()
      local in_turn, seen, open = writes.in_turn(), {}, {}
      local function call(key, name)
        in_turn(key, function()
          assert.is_nil(open[key])
          open[key] = true
          for _ = 1, 5 do task.sleep(0) end
          open[key] = nil
          seen[#seen + 1] = name
        end)
      end
      task.map({ { "a", "a1" }, { "a", "a2" }, { "b", "b1" }, { "a", "a3" } },
        function(pair) call(table.unpack(pair)) end)
      assert.equal(4, #seen)
      local turns = table.concat(seen, " "):gsub("b1 ?", "")
      assert.equal("a1 a2 a3", turns)
    end)

  it("goes on after a failure, and raises it where it belongs", function()
    local in_turn = writes.in_turn()
    local results = task.map({ 1, 2 }, function(i)
      return { pcall(in_turn, "a", function()
        task.sleep(0)
        if i == 1 then error("first", 0) end
        return i
      end) }
    end)
    assert.same({ { false, "first" }, { true, 2 } }, results)
  end)
end)

describe("mkio.flow.common.writes.share", function()
  it("divides the tasks among what is under way", function()
    assert.equal(16, writes.share(1))
    assert.equal(16, writes.share(0))
    assert.equal(8, writes.share(2))
    assert.equal(1, writes.share(100))
  end)
end)
