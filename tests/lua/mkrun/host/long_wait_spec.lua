local limit = require "mkrun.layer.rate_limit"
local long_wait = require "mkrun.host.long_wait"
local retry = require "mkrun.layer.retry"
local simulation = require "tests.support.simulation"

local BASE <const> = "https://app.mk.io"

--- Runs tasks on a simulated clock.  Returns what they told, and when.
local function told(tasks, options)
  local world, lines = simulation.new(), {}
  local clock = { now = world.now, sleep = world.sleep,
    write = function(text) lines[#lines + 1] = { world.now(), text } end }
  for name, value in pairs(options or {}) do clock[name] = value end
  long_wait.use(clock)
  for _, work in ipairs(tasks) do world:spawn(work) end
  world:run()
  long_wait.use()
  return lines, world.now()
end

--- Lists `count` times the same task.
local function many(count, work)
  local tasks = {}
  for i = 1, count do tasks[i] = work end
  return tasks
end

describe("A long wait", function()
  it("is told after two seconds", function()
    assert.same({ { 2, "waiting 28 s: the server" } },
      told { function() long_wait.sleep(30, "the server") end })
  end)

  it("is told rounded up", function()
    assert.same({ { 2, "waiting 1 s: the server" } },
      told { function() long_wait.sleep(2.1, "the server") end })
  end)

  it("is not told if it is short, or the script's own", function()
    for _, case in ipairs { { 2, "x" }, { 0, "x" }, { 3600 } } do
      local lines, ended =
        told { function() long_wait.sleep(table.unpack(case)) end }
      assert.same({}, lines)
      assert.equal(case[1], ended)
    end
  end)

  it("is told once for all that wait for the same", function()
    local lines = told(many(16, function() long_wait.sleep(10, "x") end))
    assert.equal(1, #lines)
    local start = 0
    lines = told(many(16, function()
      start = start + 0.25
      long_wait.sleep(10 + start / 8, "x")
    end))
    assert.equal(1, #lines)
  end)

  it("is told again when it begins again, and for each reason", function()
    local lines = told { function()
      long_wait.sleep(10, "x")
      long_wait.sleep(10, "x")
    end, function() long_wait.sleep(10, "y") end }
    assert.same({ { 2, "waiting 8 s: x" }, { 2, "waiting 8 s: y" },
      { 12, "waiting 8 s: x" } }, lines)
  end)

  it("is told once in a run, if that is enough", function()
    assert.equal(1, #told { function()
      for _ = 1, 5 do long_wait.sleep(6, "x", true) end
    end })
  end)

  it("is not told on a simulated clock", function()
    local lines, ended = told({ function() long_wait.sleep(30, "x") end },
      { is_simulated = true })
    assert.same({}, lines)
    assert.equal(30, ended)
  end)
end)

describe("The layers tell", function()
  local function request(project)
    return { method = "POST", url = BASE .. "/api/v1/" .. (project or "x") }
  end

  it("for how long the server asks to wait, once for 16 tasks", function()
    local count = 0
    local send = retry.new { random = function() return 0.5 end } (function()
      count = count + 1
      if count > 16 then return { status = 200, headers = {} } end
      return { status = 429, headers = { ["retry-after"] = "30" } }
    end)
    assert.same({ { 2, "waiting 29 s: the server asks for that with "
      .. "Retry-After (429)" } },
      told(many(16, function() send(request()) end)))
  end)

  it("of the API's rate, once for 16 tasks", function()
    local world = simulation.new()
    local lines = {}
    long_wait.use { now = world.now, sleep = world.sleep,
      write = function(text) lines[#lines + 1] = text end }
    local send = limit.new { base_url = BASE, now = world.now, writes = 100 } (
      function() return { status = 200 } end)
    world:workers(16, 150, function() send(request()) end)
    world:run()
    long_wait.use()
    assert.same({ "waiting 59 s: the API's rate limit allows the next request "
      .. "then" }, lines)
  end)

  it("of --max-rate, once in the run", function()
    local world, lines = simulation.new(), {}
    long_wait.use { now = world.now, sleep = world.sleep,
      write = function(text) lines[#lines + 1] = text end }
    local send = limit.new { max_rate = 10, now = world.now } (
      function() return { status = 200 } end)
    for _ = 1, 3 do
      world:spawn(function() for _ = 1, 20 do send(request()) end end)
    end
    world:run()
    long_wait.use()
    assert.equal(1, #lines)
    assert.matches("--max-rate 10 allows", lines[1], 1, true)
  end)
end)
