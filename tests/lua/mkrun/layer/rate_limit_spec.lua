local limit = require "mkrun.layer.rate_limit"
local providers = require "mkrun.providers"
local sandbox = require "mkio.sandbox"
local secret = require "mkrun.secret"
local simulation = require "tests.support.simulation"

local BASE = "https://app.mk.io"
local START = 1770112827 -- not at the beginning of a minute
local WRITE = { method = "PATCH", url = BASE .. "/api/v1/organization",
  json = { spec = { name = "Northlight" } } }
local READ = { method = "GET", url = BASE .. "/api/v1/locations" }
local PROJECT = BASE .. "/api/v1/projects/"

--- A transport whose answers are under way for a while, both ways.
local function far_away(world, answer, latency)
  return function(request)
    world.sleep(latency())
    local response = answer(request)
    world.sleep(latency())
    return response
  end
end

--- The same noise in every run.
local function noise(least, most)
  local seed = 1
  return function()
    seed = seed * 16807 % 2147483647
    return least + (most - least) * seed / 2147483647
  end
end

--- Send `total` requests by `workers` through the layer.  Returns the seconds
--- that it took and how many answers had which status.
local function send_all(world, total, workers, request, options, transport)
  local all = { base_url = BASE, now = world.now, sleep = world.sleep }
  for name, value in pairs(options) do all[name] = value end
  local send = limit.new(all)(transport)
  local from, statuses = world.now(), {}
  world:workers(workers, total, function(i)
    local what = type(request) == "function" and request(i) or request
    local status = send(what).status
    statuses[status] = (statuses[status] or 0) + 1
  end)
  world:run()
  return world.now() - from, statuses
end

--- The sandbox, which counts in fixed minutes.
local function fixed_minutes(world)
  local model = sandbox.new { token = "ola", now = world.now }
  local token = secret.new("ola", "token")
  return function(request)
    local copy = { token = token }
    for name, value in pairs(request) do copy[name] = value end
    return model.transport(copy)
  end
end

--- A server that looks back from each request.
local function sliding(world, most, seconds, headers)
  local taken, first = {}, 1
  return function()
    while taken[first] and taken[first] <= world.now() - seconds do
      first = first + 1
    end
    if #taken - first + 1 >= most then
      return { status = 429, headers = headers or {}, body = "" }
    end
    taken[#taken + 1] = world.now()
    return { status = 200, headers = {}, body = "" }
  end
end

--- The least time for `total`: what the limit of each minute allows at once.
local function least_time(total, most) return (total - 1) // most * 60 end

describe("the limit layer", function()
  it("brings 10,000 writes through without a 429, in the time that the limit "
    .. "allows", function()
    for _, server in ipairs { fixed_minutes,
      function(world) return sliding(world, 1000, 60) end } do
      local world = simulation.new(START)
      local seconds, statuses = send_all(world, 10000, 16, WRITE, {},
        far_away(world, server(world), noise(0.005, 0.04)))
      assert.same({ [200] = 10000 }, statuses)
      local least = least_time(10000, 1000)
      assert.is_true(seconds > least)
      assert.is_true(seconds < least * 1.03, "took " .. seconds)
    end
  end)

  it("does so when answers take long, one by one or many at once", function()
    for _, workers in ipairs { 1, 256 } do
      local world = simulation.new(START)
      local _, statuses = send_all(world, 3000, workers, WRITE, {},
        far_away(world, sliding(world, 1000, 60), noise(0, 3)))
      assert.same({ [200] = 3000 }, statuses)
    end
  end)

  it("does so when all are queued at once, and wakes each a few times only",
    function()
      local world, sleeps = simulation.new(START), 0
      local seconds, statuses = send_all(world, 10000, 10000, WRITE, {
        sleep = function(wait)
          sleeps = sleeps + 1
          world.sleep(wait)
        end,
      }, far_away(world, sliding(world, 1000, 60), noise(0.01, 0.2)))
      assert.same({ [200] = 10000 }, statuses)
      assert.is_true(seconds < least_time(10000, 1000) * 1.03)
      assert.is_true(sleeps < 8 * 10000, "sleeps " .. sleeps)
    end)

  it("counts reads for themselves, 2,000 a minute", function()
    local world = simulation.new(START)
    local seconds, statuses = send_all(world, 6000, 16,
      function(i) return i % 3 == 0 and WRITE or READ end, {},
      far_away(world, fixed_minutes(world), noise(0.005, 0.02)))
    assert.same({ [200] = 6000 }, statuses)
    assert.is_true(seconds < 125, "took " .. seconds)
  end)

  it("counts each project for itself, and its own path for the organization",
    function()
      local world = simulation.new(START)
      local seconds = send_all(world, 4000, 16, function(i)
        local name = ({ "a", "b", "c" })[i % 4]
        return { method = "PUT", url = PROJECT .. (name and name .. "/webhooks"
          or "d") }
      end, {}, function() return { status = 200 } end)
      assert.equal(0, seconds)
      seconds = send_all(world, 1001, 16,
        { method = "PUT", url = PROJECT .. "d/webhooks?a/b" }, {},
        function() return { status = 200 } end)
      assert.is_true(seconds > 60)
    end)

  it("counts each organization for itself, where the token tells", function()
    local function token(org)
      local jwt = require "mkio.model.jwt"
      return secret.new(jwt.make({ org = org }, "noise"), "token")
    end
    local world, one, two = simulation.new(), token "one", token "two"
    local seconds = send_all(world, 2000, 16, function(i)
      return { method = "POST", url = BASE .. "/api/v1/teams",
        token = i % 2 == 0 and one or two }
    end, {}, function() return { status = 200 } end)
    assert.equal(0, seconds)
  end)

  it("leaves other servers and other paths alone", function()
    for _, url in ipairs { "https://app.mk.io.example/api/v1/teams",
      BASE .. "/other", "https://cdn.example/api/v1/teams" } do
      local world = simulation.new()
      assert.equal(0, (send_all(world, 5000, 16,
        { method = "POST", url = url }, {},
        function() return { status = 200 } end)))
    end
  end)
end)

describe("the limit layer with a maximum rate", function()
  it("spaces all requests evenly, wherever they go", function()
    local world, times = simulation.new(), {}
    local seconds = send_all(world, 61, 8, function(i)
      return i % 2 == 0 and READ or { url = "http://else.example/" }
    end, { max_rate = 60 }, function()
      times[#times + 1] = world.now()
      return { status = 200 }
    end)
    assert.is_true(seconds >= 60 and seconds < 61, "took " .. seconds)
    for i = 2, #times do
      assert.is_true(times[i] - times[i - 1] > 0.9)
    end
  end)

  it("takes those who wait in the order in which they came", function()
    -- On a real clock: there no two timers are due at the same moment.
    local task = require "mkrun.task"
    local order = {}
    local send = limit.new { max_rate = 12000 } (function(request)
      order[#order + 1] = request.number
      task.sleep(0.002)
      return { status = 200 }
    end)
    local numbers = {}
    for i = 1, 150 do numbers[i] = i end
    task.map(numbers, function(i)
      send { url = "http://else.example/", number = i }
    end, { limit = 30 })
    for place, i in ipairs(order) do
      assert(math.abs(place - i) < 5, i .. " was number " .. place)
    end
  end)

  it("is kept up by nobody who waits for something else", function()
    local world, ends = simulation.new(), {}
    local send = limit.new { base_url = BASE, writes = 2, max_rate = 600,
      now = world.now, sleep = world.sleep } (function(request)
      if request.slow then world.sleep(30) end
      return { status = 200 }
    end)
    local function one(name, request)
      world:spawn(function()
        send(request)
        ends[name] = world.now()
      end)
    end
    one("slow", { url = "http://else.example/", slow = true })
    for i = 1, 3 do one("write " .. i, WRITE) end
    for i = 1, 700 do one("read " .. i, READ) end
    world:run()
    assert(ends["read 50"] < 6 and ends["read 700"] < 72)
    assert(ends["write 3"] > 60)
  end)

  it("is not kept up by tasks that stand still", function()
    -- A coroutine of a task's own blocks, so that no other task runs.
    local task = require "mkrun.task"
    local done = 0
    local send = limit.new { max_rate = 3000 } (function()
      done = done + 1
      return { status = 200 }
    end)
    task.map({ 1, 2, 3, 4, 5, 6, 7, 8 }, function(i)
      for _ = 1, 3 do
        if i == 8 then coroutine.wrap(send)(READ) else send(READ) end
      end
    end)
    assert.equal(24, done)
  end)

  it("is not waited for on behalf of those who gave up", function()
    local world, done = simulation.new()
    local send = limit.new { max_rate = 60, now = world.now,
      sleep = world.sleep } (function() return { status = 200 } end)
    local tasks = {}
    for i = 1, 100 do
      tasks[i] = world:spawn(function()
        send(READ)
        done = world.now()
      end)
    end
    world:spawn(function()
      for i = 1, 99 do coroutine.close(tasks[i]) end
    end, 0.5)
    world:run()
    assert(done < 7, done)
  end)

  it("only lowers", function()
    local world = simulation.new(START)
    local _, statuses = send_all(world, 2500, 16, WRITE,
      { max_rate = 1000000 },
      far_away(world, fixed_minutes(world), noise(0.005, 0.02)))
    assert.same({ [200] = 2500 }, statuses)
  end)
end)

describe("the limit layer in tasks", function()
  it("lets other tasks go on while one waits", function()
    local task = require "mkrun.task"
    local order = {}
    local send = limit.new { max_rate = 60 } (function()
      order[#order + 1] = "request"
      return { status = 200 }
    end)
    task.all {
      function() for _ = 1, 2 do send(READ) end end,
      function()
        task.sleep(0.001)
        order[#order + 1] = "other"
      end,
    }
    assert.same({ "request", "other", "request" }, order)
  end)
end)

describe("the limit layer after a 429", function()
  local function retried(world, total, server, workers)
    local tries = {}
    local seconds, statuses = send_all(world, total, workers or 16, WRITE, {},
      function(request)
        world.sleep(0.02)
        local response = server(request)
        tries[response.status] = (tries[response.status] or 0) + 1
        world.sleep(0.02)
        return response
      end)
    return seconds, statuses, tries
  end

  it("waits as long as the server asks", function()
    local world, answers = simulation.new(), 0
    local sent = {}
    send_all(world, 3, 1, WRITE, {}, function()
      answers = answers + 1
      sent[answers] = world.now()
      return answers == 1 and { status = 429,
        headers = { ["Retry-After"] = "17" } } or { status = 200 }
    end)
    assert.equal(17, sent[2])
  end)

  it("waits longer each time when the server does not say", function()
    local world, sent = simulation.new(), {}
    send_all(world, 6, 1, WRITE, {}, function()
      sent[#sent + 1] = world.now()
      return { status = #sent <= 4 and 429 or 200 }
    end)
    assert.same({ 0, 0.5, 3, 15.5, 75.5 }, { table.unpack(sent, 1, 5) })
  end)

  it("goes on at the full rate when one answer was a slip", function()
    local world, answers = simulation.new(), 0
    local seconds = send_all(world, 900, 16, WRITE, {}, function()
      answers = answers + 1
      local status = answers % 100 == 50 and 429 or 200
      world.sleep(0.01)
      return { status = status }
    end)
    assert.is_true(seconds < 10, "took " .. seconds)
  end)

  it("takes what was under way as one refusal", function()
    local world = simulation.new()
    local _, statuses = retried(world, 3000, sliding(world, 500, 60,
      { ["retry-after"] = "30" }), 16)
    assert.is_true(statuses[429] < 100, tostring(statuses[429]))
  end)

  it("finds a lower limit, and does not ask in vain for long", function()
    local world = simulation.new()
    local seconds, statuses = retried(world, 5000, sliding(world, 300, 60))
    assert.is_true(statuses[429] < 0.04 * 5000, tostring(statuses[429]))
    local least = least_time(statuses[200], 300)
    assert.is_true(seconds < least * 1.6, seconds .. " for " .. least)
  end)

  it("goes back to the full rate when nothing more is refused", function()
    local world, answers, sent = simulation.new(), 0, {}
    send_all(world, 12000, 16, WRITE, {}, function()
      answers = answers + 1
      local mine = answers
      sent[mine] = world.now()
      world.sleep(0.01)
      return { status = mine <= 17 and 429 or 200 }
    end)
    assert.is_true(sent[12000] - sent[11000] < 62)
    assert.is_true(sent[1000] > 60)
  end)
end)

describe("the limit layer and a request that is cancelled", function()
  it("lets those behind it go on", function()
    local world, done = simulation.new(), 0
    local send = limit.new { base_url = BASE, writes = 2, now = world.now,
      sleep = world.sleep } (function()
      world.sleep(1)
      done = done + 1
      return { status = 200 }
    end)
    local tasks = {}
    for i = 1, 6 do tasks[i] = world:spawn(function() send(WRITE) end) end
    world:spawn(function()
      coroutine.close(tasks[1]) -- under way
      coroutine.close(tasks[3]) -- waits for a slot
      coroutine.close(tasks[4])
    end, 0.5)
    world:run()
    assert.equal(3, done)
    assert.is_true(world.now() < 65, "took " .. world.now())
  end)

  it("sends nothing that the server refuses for longer than a wait", function()
    local world, sent, waits = simulation.new(), 0, {}
    local send = limit.new { base_url = BASE, now = world.now,
      sleep = world.sleep } (function()
        sent = sent + 1
        world.sleep(1)
        return { status = world.now() < 3600 and 429 or 200, body = "why",
          headers = { ["retry-after"] = "3600" } }
      end)
    local function ask()
      local response = send(WRITE)
      waits[#waits + 1] = response.refused_for or response.status
    end
    world:spawn(ask)
    world:spawn(ask, 101)
    world:spawn(function() waits[#waits + 1] = send(READ).status end, 102)
    world:spawn(ask, 3602)
    world:run()
    assert.same({ 429, 3500, 429, 200 }, waits)
    assert.equal(3, sent)
  end)

  it("says so when there is a long wait, once for all that wait", function()
    local world, notes = simulation.new(), {}
    send_all(world, 1100, 16, WRITE,
      { note = function(text) notes[#notes + 1] = text end },
      function() return { status = 200 } end)
    assert.same({ "rate limit: the next request is sent in 60.5 s" }, notes)
  end)
end)

describe("the limit layer and a second provider", function()
  local BROKER <const> = "http://localhost:15672/api"

  after_each(function() providers.remove "broker" end)

  --- Sends requests side by side.  Returns the time of each.
  local function times_of(requests)
    local world, times = simulation.new(), {}
    local send = limit.new { base_url = BASE, now = world.now,
      sleep = world.sleep } (function() return { status = 200 } end)
    for i, request in ipairs(requests) do
      world:spawn(function()
        send(request)
        times[i] = world.now()
      end)
    end
    world:run()
    return times
  end

  local function put(path)
    return { method = "PUT", url = BROKER .. path, body = "{}" }
  end

  it("keeps its limits, and those of the first apart", function()
    providers.add { name = "broker", base_url = BROKER, rates = { writes = 2 } }
    local times = times_of { put "/vhosts/a", put "/users/b", put "/vhosts/c",
      WRITE, { method = "GET", url = BROKER .. "/vhosts" } }
    assert.same({ 0, 0 }, { times[1], times[2] })
    assert.is_true(times[3] >= 60)
    assert.same({ 0, 0 }, { times[4], times[5] })
  end)

  it("counts what lies below the longer of two base URLs there", function()
    providers.add { name = "broker", base_url = BASE .. "/api/broker",
      rates = { writes = 1 } }
    local one = { method = "PUT", url = BASE .. "/api/broker/x", body = "" }
    local times = times_of { one, WRITE, WRITE, one }
    assert.same({ 0, 0, 0 }, { times[1], times[2], times[3] })
    assert.is_true(times[4] >= 60)
  end)

  it("limits nothing that has no limit", function()
    providers.add { name = "broker", base_url = BROKER }
    local requests = {}
    for i = 1, 1500 do requests[i] = put "/x" end
    assert.equal(0, times_of(requests)[1500])
  end)
end)
