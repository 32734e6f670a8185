local faults = require "mkio.sandbox.faults"
local json = require "mkrun.json"
local mkio_sandbox = require "mkio.sandbox"

--- A transport under a plan of these rules; `calls` counts what reaches it,
--- `slept` what is waited.
local function world(rules, answer, options)
  local w = { calls = 0, slept = {} }
  w.faults = faults.new { rules = rules }
  local layer = faults.layer(w.faults, {
    timeout = options and options.timeout,
    sleep = function(seconds) w.slept[#w.slept + 1] = seconds end,
  })
  w.send = layer(function()
    w.calls = w.calls + 1
    if type(answer) == "function" then return answer() end
    return { status = 200, headers = {}, body = answer or "0123456789" }
  end)
  return w
end

local function request(method, path, more)
  local options = { method = method, url = "https://me:pw@x.test" .. path }
  for name, value in pairs(more or {}) do options[name] = value end
  return options
end

local GET = request("GET", "/a?key=1")

--- The numbers of the requests, of so many, that fail.
local function failing(rules, count, of)
  local w, list = world(rules), {}
  for i = 1, count do
    local response = w.send(of and of(i) or GET)
    if not response or response.status ~= 200 then list[#list + 1] = i end
  end
  assert.equal(#list, w.faults.count)
  return list
end

local FAULTS = { { status = 500 } }

describe("a rule", function()
  it("acts on every n-th request, the n-th, or all", function()
    assert.same({ 3, 6, 9 }, failing({ { every = 3, faults = FAULTS } }, 10))
    assert.same({ 4 }, failing({ { nth = 4, faults = FAULTS } }, 10))
    assert.same({ 1, 2, 3 }, failing({ { faults = FAULTS } }, 3))
  end)

  it("acts not more often than it says", function()
    assert.same({ 1, 2 }, failing({ { times = 2, faults = FAULTS } }, 10))
    assert.same({ 2, 4 },
      failing({ { every = 2, times = 2, faults = FAULTS } }, 10))
  end)

  it("looks at its requests only", function()
    local function alternate(i)
      return request(i % 2 == 0 and "POST" or "GET", "/a")
    end
    assert.same({ 4, 8 },
      failing({ { method = "POST", every = 2, faults = FAULTS } }, 9,
        alternate))
  end)

  it("knows paths, without the query, and * in them", function()
    local paths = { "/a", "/a/b?q", "/a/b/c", "/axb", "/b" }
    local function at(i) return request("GET", paths[i]) end
    for path, expected in pairs {
      ["/a"] = { 1 }, ["/a/*"] = { 2, 3 }, ["*b"] = { 2, 4, 5 },
      ["/a.b"] = {}, ["*"] = { 1, 2, 3, 4, 5 }, ["/a/*/c"] = { 3 },
      ["/a*b"] = { 2, 4 }, ["a"] = {}, ["/%a"] = {},
    } do
      assert.same(expected,
        failing({ { path = path, faults = FAULTS } }, #paths, at), path)
    end
  end)

  it("gives its faults in turn", function()
    local w = world { { every = 2,
      faults = { { status = 500 }, { status = 503 } } } }
    local seen = {}
    for i = 1, 8 do seen[i] = w.send(GET).status end
    assert.same({ 200, 500, 200, 503, 200, 500, 200, 503 }, seen)
  end)

  it("goes before the rules below it, and all of them count", function()
    local w = world { { nth = 2, faults = { { status = 500 } } },
      { every = 2, faults = { { status = 503 }, { status = 504 } } } }
    local seen = {}
    for i = 1, 6 do seen[i] = w.send(GET).status end
    assert.same({ 200, 500, 200, 503, 200, 504 }, seen)
  end)

  it("is refused when it is wrong", function()
    assert.error_matches(function()
      faults.new { rules = { { every = 3 } } }
    end, "fault plan: at '/rules/0/faults': array expected", 1, true)
  end)
end)

--- What a request meets with this fault, and whether it took effect.
local function meet(fault, answer, options)
  local w = world({ { faults = { fault } } }, answer, options)
  local result = table.pack(w.send(request("PUT", "/a?key=1", options)))
  return w.calls, w.slept, table.unpack(result, 1, result.n)
end

describe("a fault", function()
  it("can be a status, without effect", function()
    local calls, _, response = meet { status = 503 }
    assert.equal(0, calls)
    assert.equal(503, response.status)
    assert.same({ error = { code = "planned_fault",
      detail = "the fault plan has it fail" }, status = 503,
      ref = "fault-1" }, json.decode(response.body))
    assert.same({ ["content-type"] = "application/json" }, response.headers)
  end)

  it("can be a status, with effect", function()
    local calls, _, response = meet { status = 504, effect = true }
    assert.equal(1, calls)
    assert.equal(504, response.status)
  end)

  it("can have a Retry-After", function()
    local _, _, response = meet { status = 429, retryAfter = 7 }
    assert.equal("7", response.headers["retry-after"])
    _, _, response = meet { status = 429, retryAfter = "soon" }
    assert.equal("soon", response.headers["retry-after"])
  end)

  it("can cut the connection before the effect, or after it", function()
    for when, count in pairs { before = 0, after = 1 } do
      local calls, _, response, message, code = meet { cut = when }
      assert.equal(count, calls)
      assert.is_nil(response)
      assert.equal("PUT https://x.test/a: connection closed before an answer "
        .. "came", message)
      assert.equal("closed", code)
    end
  end)

  it("can shorten the body, always by a byte at least", function()
    for kept, left in pairs { [0] = 10, [4] = 6, [10] = 1, [99] = 1 } do
      local calls, _, response, message, code = meet { truncate = kept }
      assert.equal(1, calls)
      assert.is_nil(response)
      assert.equal(("PUT https://x.test/a: transfer closed with %d bytes "
        .. "remaining to read"):format(left), message)
      assert.equal("closed", code)
    end
    local _, _, _, message = meet({ truncate = 4 }, "")
    assert.matches("connection closed before an answer came", message, 1, true)
  end)

  it("can be a delay, alone or before another", function()
    local calls, slept, response = meet { delay = 2.5 }
    assert.equal(1, calls)
    assert.same({ 2.5 }, slept)
    assert.equal("0123456789", response.body)
    calls, slept, response = meet { delay = 2, status = 500 }
    assert.equal(0, calls)
    assert.same({ 2 }, slept)
    assert.equal(500, response.status)
  end)

  it("can be a delay beyond the client's patience", function()
    for message, limits in pairs {
      ["30 seconds"] = {}, ["1 second"] = { timeout = 1 },
    } do
      local calls, slept, response, why, code =
        meet({ delay = 40 }, nil, limits)
      assert.equal(1, calls)
      assert.same({ limits.timeout or 30 }, slept)
      assert.is_nil(response)
      assert.equal("PUT https://x.test/a: no answer within " .. message, why)
      assert.equal("timeout", code)
    end
  end)

  it("leaves a failure of what is below as it is", function()
    for _, fault in ipairs { { delay = 1 }, { cut = "after" },
      { truncate = 1 }, { status = 500, effect = true } } do
      local _, _, response, message, code =
        meet(fault, function() return nil, "why", "url" end)
      assert.is_nil(response)
      assert.same({ "why", "url" }, { message, code })
    end
  end)
end)

describe("a sandbox with a fault plan", function()
  it("keeps what took effect, and no more", function()
    local sandbox = mkio_sandbox.new { token = "ola", faults = { rules = {
      { method = "PUT", faults = { { cut = "before" }, { cut = "after" } } },
    } } }
    local function send(method)
      return sandbox.transport { method = method,
        url = "https://app.mk.io/api/v1/organization/teams/night",
        headers = { Authorization = "Bearer ola" }, json = method == "PUT"
          and { spec = json.object {} } or nil }
    end
    assert.is_nil(send "PUT")
    assert.equal(404, send "GET".status)
    assert.is_nil(send "PUT")
    assert.equal(200, send "GET".status)
  end)
end)
