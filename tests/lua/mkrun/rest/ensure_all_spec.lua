local ensure_all = require "mkrun.rest.ensure_all"
local errors = require "mkrun.rest.error"
local task = require "mkrun.task"

local function refused(status)
  return errors.new { method = "PUT", path = "/x", status = status,
    code = "http", detail = "no" }
end

local function wishes(count)
  local list = {}
  for i = 1, count do list[i] = { name = "w" .. i } end
  return list
end

--- Ends in an order that is not that of the wishes.
local function shuffled(wish)
  local number = tonumber(wish.name:match "%d+")
  for _ = 1, (number * 7) % 5 do task.sleep(0) end
  return number
end

describe("mkrun.rest.ensure_all.run", function()
  it("gives results in the order of the wishes, told as they are known",
    function()
      local told = {}
      local results = ensure_all.run(wishes(20), function(wish)
        return { id = shuffled(wish) }, "created", { "x" }
      end, { told = function(_, i) told[#told + 1] = i end })
      assert.equal(20, #told)
      table.sort(told)
      for i, result in ipairs(results) do
        assert.equal(i, told[i])
        assert.equal("w" .. i, result.wish.name)
        assert.same({ id = i }, result.resource)
        assert.equal("created", result.outcome)
        assert.same({ "x" }, result.details)
      end
      assert.is_nil(results.problem)
    end)

  it("loses no result by the failure of one", function()
    local results = ensure_all.run(wishes(40), function(wish)
      if shuffled(wish) % 10 == 3 then error(refused(409), 0) end
      return {}, "created", {}
    end)
    local failed = 0
    for i, result in ipairs(results) do
      assert.equal(i % 10 == 3, result.problem ~= nil)
      assert.is_nil(result.is_skipped)
      failed = failed + (result.problem and 1 or 0)
    end
    assert.equal(4, failed)
    assert.equal(results[3].problem, results.problem)
  end)

  for _, status in ipairs { 401, 403, 429, 500, 503 } do
    it("tries no more after " .. status .. ", which all would meet",
      function()
        local tried = 0
        local results = ensure_all.run(wishes(100), function(wish)
          tried = tried + 1
          if shuffled(wish) == 20 then error(refused(status), 0) end
          return {}, "created", {}
        end)
        assert.is_true(tried < 60, tried)
        assert.equal(status, results.problem.status)
        assert.is_true(results[100].is_skipped)
        assert.equal(results.problem, results[100].problem)
        for i = 1, 19 do assert.equal("created", results[i].outcome) end
      end)
  end

  it("raises what is no error of the API, after those under way", function()
    local begun, ended = 0, 0
    local ok, problem = pcall(ensure_all.run, wishes(100), function(wish)
      begun = begun + 1
      if wish.name == "w3" then error("a slip", 0) end
      for _ = 1, 20 do task.sleep(0) end
      ended = ended + 1
    end)
    assert.is_false(ok)
    assert.equal("a slip", problem)
    assert.is_true(begun < 60, begun)
    assert.equal(begun - 1, ended)
  end)

  it("cancels no write when `told` raises", function()
    local begun, ended = 0, 0
    local ok, problem = pcall(ensure_all.run, wishes(100), function(wish)
      begun = begun + 1
      shuffled(wish)
      ended = ended + 1
    end, { told = function(_, i) if i == 5 then error("told", 0) end end })
    assert.is_false(ok)
    assert.equal("told", problem)
    assert.equal(begun, ended)
    assert.is_true(begun < 60, begun)
  end)

  it("has at most as many under way as `limit` says", function()
    local now, most = 0, 0
    ensure_all.run(wishes(30), function()
      now = now + 1
      most = math.max(most, now)
      for _ = 1, 3 do task.sleep(0) end
      now = now - 1
    end, { limit = 5 })
    assert.equal(5, most)
  end)
end)

describe("mkrun.rest.ensure_all.is_of_one", function()
  it("tells a failure of one thing from one of all", function()
    assert.is_true(ensure_all.is_of_one(refused(409)))
    assert.is_true(ensure_all.is_of_one(refused(404)))
    assert.is_true(ensure_all.is_of_one(errors.new { code = "masked" }))
    assert.is_false(ensure_all.is_of_one(refused(503)))
    assert.is_false(ensure_all.is_of_one(
      errors.new { method = "PUT", code = "closed" }))
    assert.is_false(ensure_all.is_of_one(errors.new { method = "PUT",
      status = 200, code = "answer" }))
    assert.is_false(ensure_all.is_of_one "interrupted")
  end)
end)

describe("mkrun.rest.ensure_all.in_order", function()
  it("holds a result back until those before it are known", function()
    local told = {}
    local tell = ensure_all.in_order(function(result, i)
      told[#told + 1] = i .. result
    end)
    tell("c", 3)
    tell("a", 1)
    assert.same({ "1a" }, told)
    tell("b", 2)
    assert.same({ "1a", "2b", "3c" }, told)
  end)
end)

describe("mkrun.rest.ensure_all.check_names", function()
  it("refuses two wishes for one thing, and one without a name", function()
    local function name_of(wish) return wish.name end
    assert.error_matches(function()
      ensure_all.check_names({ { name = "a" }, { name = "a" } }, name_of)
    end, "two wishes for 'a'", 1, true)
    assert.error_matches(function()
      ensure_all.check_names({ {} }, name_of)
    end, "wish 1 has no name", 1, true)
  end)
end)
