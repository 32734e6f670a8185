local retry = require "mkrun.layer.retry"

local LOST = { nil, "GET http://x/: connection lost", "closed", n = 3 }
local REFUSED = { nil, "GET http://x/: nobody there", "connect", n = 3 }

local function status(number, headers)
  return { { status = number, headers = headers or {}, body = "" }, n = 1 }
end

--- A layer over canned answers, with a clock that only `sleep` moves.
local function world(answers, options)
  local w = { sent = 0, slept = {}, notes = {}, time = 1000 }
  local all = {
    sleep = function(seconds)
      w.slept[#w.slept + 1] = seconds
      w.time = w.time + seconds
    end,
    random = function() return 1 end,
    now = function() return w.time end,
    note = function(text) w.notes[#w.notes + 1] = text end,
  }
  for name, value in pairs(options or {}) do all[name] = value end
  w.send = retry.new(all)(function()
    w.sent = w.sent + 1
    local answer = answers[math.min(w.sent, #answers)]
    if answer[1] then -- a fresh response each time, as the wire gives
      local copy = {}
      for name, value in pairs(answer[1]) do copy[name] = value end
      return copy
    end
    return table.unpack(answer, 1, answer.n)
  end)
  return w
end

local GET = { url = "http://x/" }
local POST = { url = "http://x/", method = "POST" }

describe("the retry layer", function()
  it("leaves a good answer alone", function()
    local w = world { status(200) }
    local response = w.send(GET)
    assert.equal(200, response.status)
    assert.equal(1, response.attempts)
    assert.equal(1, w.sent)
    assert.same({}, w.slept)
  end)

  it("sends safe requests again until it works", function()
    local w = world { status(503), LOST, REFUSED, status(200) }
    assert.equal(4, w.send(GET).attempts)
    assert.same({ 0.25, 0.5, 1 }, w.slept)
    assert.same({ "503, attempt 2 in 0.2 s",
      "connection lost, attempt 3 in 0.5 s",
      "no connection, attempt 4 in 1.0 s" }, w.notes)
  end)

  for _, number in ipairs { 429, 500, 502, 503, 504 } do
    it("sends a GET again after " .. number, function()
      assert.equal(2, world({ status(number), status(200) })
        .send(GET).attempts)
    end)
  end

  for _, number in ipairs { 200, 301, 400, 401, 403, 404, 409, 501 } do
    it("does not send a GET again after " .. number, function()
      assert.equal(1, world({ status(number) }).send(GET).attempts)
    end)
  end

  it("knows which methods are safe", function()
    for method, attempts in pairs {
      GET = 2, get = 2, HEAD = 2, OPTIONS = 2,
      POST = 1, PUT = 1, PATCH = 1, DELETE = 1,
    } do
      local w = world { status(500), status(200) }
      w.send { url = "http://x/", method = method }
      assert.equal(attempts, w.sent, method)
    end
  end)

  it("believes a request that says whether it is safe", function()
    local w = world { status(500), status(200) }
    assert.equal(2, w.send({ url = "x", method = "PUT", safe = true }).attempts)
    w = world { status(500) }
    assert.equal(1, w.send({ url = "x", safe = false }).attempts)
  end)

  it("says whether an attempt before may have taken effect", function()
    for _, answer in ipairs { REFUSED, status(429) } do
      assert.is_nil(world({ answer, status(404) }).send(GET).may_be_done)
    end
    for _, answer in ipairs { LOST, status(503) } do
      assert.is_true(world({ answer, status(429), status(404) }).send(GET)
        .may_be_done)
    end
  end)

  it("sends a POST again only when nothing was done", function()
    assert.equal(2, world({ REFUSED, status(200) }).send(POST).attempts)
    assert.equal(2, world({ status(429), status(201) }).send(POST).attempts)
    local unknown = { nil, "GET http://x/: no such host", "resolve", n = 3 }
    assert.equal(2, world({ unknown, status(201) }).send(POST).attempts)
    for _, answer in ipairs { LOST, status(500), status(503), status(504) } do
      local w = world { answer }
      w.send(POST)
      assert.equal(1, w.sent)
    end
  end)

  it("does not send again what failed for another reason", function()
    for _, code in ipairs { "tls", "timeout", "toobig", "url",
      "cancelled", "origin", "insecure" } do
      local w = world { { nil, "why", code, n = 3 } }
      assert.same({ n = 4, nil, "why", code, 1 }, table.pack(w.send(GET)))
      assert.equal(1, w.sent)
    end
  end)

  it("ends after five attempts and says so", function()
    local w = world { REFUSED }
    local response, message, code, attempts = w.send(GET)
    assert.is_nil(response)
    assert.equal("GET http://x/: nobody there (5 attempts)", message)
    assert.equal("connect", code)
    assert.equal(5, attempts)
    assert.equal(5, world({ status(503) }).send(GET).attempts)
  end)

  it("draws each wait from zero to twice the one before, up to 20 s", function()
    local w = world({ status(500) }, { attempts = 10 })
    w.send(GET)
    assert.same({ 0.25, 0.5, 1, 2, 4, 8, 16, 20, 20 }, w.slept)
    w = world({ status(500) }, { random = function() return 0 end })
    w.send(GET)
    assert.same({ 0, 0, 0, 0 }, w.slept)
  end)

  it("stops when the budget of the run is used up", function()
    local w = world({ status(500) }, { budget = 6 })
    assert.equal(5, w.send(GET).attempts)
    assert.equal(3, w.send(GET).attempts)
    assert.equal(1, w.send(GET).attempts)
  end)

  it("goes on as long as two of three requests get through", function()
    local count = 0
    local send = retry.new { budget = 2, sleep = function() end } (function()
      count = count + 1
      return { status = count % 3 == 0 and 500 or 200, headers = {} }
    end)
    for _ = 1, 100 do assert.equal(200, send(GET).status) end
    assert.equal(149, count)
  end)
end)

describe("Retry-After", function()
  --- How long is waited after a 429 with these headers?
  local function wait(headers)
    local w = world({ status(429, headers), status(200) },
      { random = function() return 0 end })
    assert.equal(2, w.send(POST).attempts)
    return w.slept[1]
  end

  it("is kept to in seconds", function()
    assert.equal(7, wait { ["retry-after"] = "7" })
    assert.equal(7, wait { ["Retry-After"] = " 7 " })
    assert.equal(1.5, wait { ["retry-after"] = "1.5" })
    assert.equal(0, wait { ["retry-after"] = "0" })
  end)

  it("is kept to as a date, by the server's clock or else by ours", function()
    assert.equal(30, wait {
      ["retry-after"] = "Sun, 22 Nov 2026 00:54:39 GMT",
      date = "Sun, 22 Nov 2026 00:54:09 GMT",
    })
    assert.equal(12, wait {
      ["retry-after"] = "Thu, 01 Jan 1970 00:16:52 GMT",
    })
    assert.equal(0, wait {
      ["retry-after"] = "Thu, 01 Jan 1970 00:00:00 GMT",
    })
  end)

  it("is not waited for when it is longer than a minute", function()
    for text, seconds in pairs { ["61"] = 61, ["86400"] = 86400,
      ["Thu, 01 Jan 1970 00:18:00 GMT"] = 80 } do
      for _, number in ipairs { 429, 503 } do
        local w = world { status(number, { ["retry-after"] = text }) }
        local response = w.send(GET)
        assert.same({ 1, 1, {} }, { w.sent, response.attempts, w.slept })
        assert.equal(seconds, response.refused_for)
      end
    end
    assert.equal(60, wait { ["retry-after"] = "60" })
  end)

  it("is not waited for after the last attempt or repeat", function()
    local asks = status(429, { ["retry-after"] = "7" })
    for budget, attempts in pairs { [2] = 3, [100] = 5 } do
      local w = world({ asks }, { budget = budget })
      assert.equal(attempts, w.send(GET).attempts)
      assert.equal(attempts - 1, #w.slept)
    end
  end)

  it("is the reason that the sleep gets", function()
    local reasons = {}
    local w = world({ status(429, { ["retry-after"] = "7" }), status(503),
      REFUSED, status(200) },
      { sleep = function(_, what) reasons[#reasons + 1] = what end })
    w.send(GET)
    assert.same({ "the server asks for that with Retry-After (429)",
      "the next attempt after '503'",
      "the next attempt after 'no connection'" }, reasons)
  end)

  it("is not looked at when it is nonsense", function()
    for _, text in ipairs { "", "soon", "-5", "1e9", "0x10", "nan", "inf" } do
      assert.equal(0, wait { ["retry-after"] = text })
    end
  end)

  it("is spread a little, so that tasks do not come back at once", function()
    local w = world { status(429, { ["retry-after"] = "2" }), status(200) }
    w.send(GET)
    assert.same({ 2.25 }, w.slept)
  end)
end)
