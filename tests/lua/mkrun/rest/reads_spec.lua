local errors = require "mkrun.rest.error"
local reads = require "mkrun.rest.reads"
local task = require "mkrun.task"

describe("mkrun.rest.reads", function()
  it("reads side by side, and once", function()
    local asked, under_way, count = reads.new(), 0, 0
    local function meet()
      count, under_way = count + 1, under_way + 1
      while under_way < 2 do task.sleep(0) end
      return count
    end
    asked:begin("a", meet)
    asked:begin("b", meet)
    asked:begin("a", meet)
    asked:get "a"
    asked:get "b"
    assert.equal(asked:get("a", meet), asked:get "a")
    assert.equal(2, count)
  end)

  it("has sixteen under way at most", function()
    local asked, under_way, most = reads.new(), 0, 0
    for i = 1, 40 do
      asked:begin("r" .. i, function()
        under_way = under_way + 1
        most = math.max(most, under_way)
        for _ = 1, 3 do task.sleep(0) end
        under_way = under_way - 1
        return i
      end)
    end
    for i = 40, 1, -1 do assert.equal(i, asked:get("r" .. i)) end
    assert.equal(16, most)
  end)

  it("goes on after a failure, which it raises each time", function()
    local asked = reads.new()
    for i = 1, 20 do
      asked:begin("r" .. i, function()
        if i == 1 then error(errors.new { code = "gone" }, 0) end
        return i
      end)
    end
    assert.equal(20, asked:get "r20")
    for _ = 1, 2 do
      local ok, problem = pcall(asked.get, asked, "r1")
      assert.is_false(ok)
      assert.equal("gone", problem.code)
    end
  end)

  it("reads anew what was forgotten, nil answers too", function()
    local asked, count = reads.new(), 0
    local function work() count = count + 1 end
    asked:begin("a", work)
    assert.is_nil(asked:get "a")
    assert.is_nil(asked:get "a")
    assert.equal(1, count)
    asked:forget "a"
    asked:begin("a", work)
    assert.is_nil(asked:get "a")
    assert.equal(2, count)
  end)

  it("gives all that wait an answer that is forgotten meanwhile", function()
    local asked, count = reads.new(), 0
    local function look()
      local answer = asked:get("x", function()
        count = count + 1
        task.sleep(0)
        return "answer"
      end)
      asked:forget "x"
      return answer
    end
    assert.same({ "answer", "answer", "answer" },
      { task.all { look, look, look } })
    assert.equal(1, count)
  end)

  it("does not take a read from before `forget` for one after it", function()
    local asked, state = reads.new(), "old"
    local function work()
      local seen = state
      task.sleep(0)
      task.sleep(0)
      return seen
    end
    asked:begin("x", work)
    task.sleep(0)
    state = "new"
    asked:forget "x"
    asked:begin("x", work)
    assert.equal("new", asked:get "x")
    assert.equal("new", asked:get "x")
  end)
end)
