--- The event loop: how many connections, whose turn it is, what stays behind.
--- Runs in this very binary, in processes of their own.
---
--- @seconds 15

local ca = require "tests.support.ca"
local canned = require "tests.src.http.server"
local gate = require "tests.support.gate"
local nginx = require "tests.support.nginx"
local process = require "tests.support.process"
local task = require "mkrun.task"

local PRELUDE = [[
local http, task, sys = require "mkrun.http", require "mkrun.task",
  require "mkrun.sys"
local function numbers(count)
  local list = {}
  for i = 1, count do list[i] = i end
  return list
end
local function status(url, options)
  local response, message = http.get(url, options)
  return response and response.status or message
end
local function all(count, url, options)
  return task.map(numbers(count), function() return status(url, options) end,
    { limit = count })
end
local function descriptors()
  local pipe <close> = io.popen "ls /proc/$PPID/fd | wc -l"
  return tonumber(pipe:read "a")
end
]]

local function words(code, ...)
  return { "build/debug/mkrun", "--cacert", ca.path "ca.pem", "-e",
    PRELUDE .. code:format(...) }
end

local function ends_well(outcome)
  assert.equal("", outcome.err)
  assert.equal(0, outcome.code)
  return outcome.out
end

--- What a script prints.
local function run(code, ...)
  return ends_well(process.run(words(code, ...)))
end

--- The same; `count` of its requests are answered once they are all there.
local function run_past(server, count, code, ...)
  local held <close> = gate.open(server)
  local child <close> = process.spawn(words(code, ...))
  held:pass(count)
  return ends_well(child:wait())
end

describe("the connections to a server", function()
  local server
  before_each(function() server = nginx.start() end)
  after_each(function() server:stop() end)

  it("is one over HTTP/2, however many begin at once", function()
    run("all(40, %q)", server.url.h2_tls13_ecdsa .. "/json")
    assert.equal(40, #server:requests "h2_tls13_ecdsa")
    assert.equal(1, server:connections "h2_tls13_ecdsa")
  end)

  it("are opened at once over HTTP/1.1, not after the first answer", function()
    run_past(server, 6, "all(6, %q)", server.url.tls13_ecdsa .. "/gate")
    assert.equal(6, server:connections "tls13_ecdsa")
  end)

  it("are used again, and new ones resume the TLS session", function()
    for _, name in ipairs {
      "tls12_ecdsa", "tls12_tickets", "tls13_rsa", "tls13_ecdsa",
    } do
      run_past(server, 2, "all(1, %q) all(2, %q)",
        server.url[name] .. "/json", server.url[name] .. "/gate")
      local requests, resumed = server:requests(name), 0
      for _, request in ipairs(requests) do
        if request.nth == "1" and request.reused == "r" then
          resumed = resumed + 1
        end
      end
      assert.same({ 3, 2, 1 }, { #requests, server:connections(name),
        resumed })
    end
  end)

  it("are left by those that the server refuses, whatever they ask", function()
    -- Sent again by any other rule, some would fail, or arrive twice.
    run([[
      task.map(numbers(1000), function()
        assert(http.post(%q, { body = "x", safe = false }))
      end, { limit = 64 })]], server.url.h2_brief .. "/json")
    assert.equal(1000, #server:requests "h2_brief")
    assert(server:connections "h2_brief" >= 50)
  end)

  it("wait for none that hangs in its handshake", function()
    local hanging <close> = canned.start ""
    hanging.process:signal "STOP"
    local url = hanging.url:gsub("http:", "https:")
    local child <close> = process.spawn(
      words("all(5, %q, { timeout = 3600 })", url))
    process.wait_until("the connections", function()
      return hanging:connected() == 5
    end)
    assert.is_true(child:alive())
    hanging.process:signal "CONT"
  end)

  it("need not be: all hear of it when nobody listens", function()
    local out = run([[
      for _, text in ipairs(all(5, "https://localhost:1/", { safe = false })) do
        assert(text:find("localhost:1", 1, true), text)
      end]])
    assert.equal("", out)
  end)
end)

describe("ten thousand tasks", function()
  it("leave no descriptor and no memory behind", function()
    local server <close> = nginx.start()
    run([[
      local function round()
        for _ = 1, 2 do
          all(2500, %q)
          task.map(numbers(2500), function() task.sleep(0) end,
            { limit = 2500 })
        end
        collectgarbage()
        collectgarbage()
        return descriptors(), collectgarbage "count"
      end
      task.sleep(0) -- the loop has descriptors of its own
      local open = descriptors()
      local _, kilobytes = round()
      local open_now, kilobytes_now = round()
      assert(open_now <= open + 257, -- that many connections are kept
        open_now .. " descriptors, before " .. open)
      assert(kilobytes_now < kilobytes + 64,
        kilobytes_now .. " KB, before " .. kilobytes)]],
      server.url.plain .. "/json")
    assert.equal(10000, #server:requests "plain")
    assert(server:connections "plain" <= 256)
  end)

  it("end together when one fails", function()
    local server <close> = canned.start ""
    server.process:signal "STOP"
    local out = run([[
      task.sleep(0) -- the loop has descriptors of its own
      local before, closed, ended = descriptors(), 0, 0
      local list = numbers(10000)
      print(pcall(task.map, list, function(i)
        local _ <close> = setmetatable({}, { __close = function()
          closed = closed + 1
        end })
        if i == 10000 then task.sleep(0.2) error("enough", 0) end
        if i %% 100 == 0 then
          http.get(%q, { timeout = 3600 })
        else
          task.sleep(3600)
        end
        ended = ended + 1
      end, { limit = 10000 }))
      print(closed, ended, descriptors() <= before + 1)]], server.url)
    server.process:signal "CONT"
    assert.equal("false\tenough\n10000\t0\ttrue\n", out)
  end)
end)

describe("turns", function()
  local server
  setup(function() server = nginx.start() end)
  teardown(function() server:stop() end)

  it("are taken in order: with 256 on their way the next one waits", function()
    run([[
      local order = {}
      task.map(numbers(600), function(i)
        status(%q)
        order[#order + 1] = i
      end, { limit = 600 })
      for place, i in ipairs(order) do
        assert(place > i - 256, i .. " was number " .. place)
      end]], server.url.plain .. "/json")
  end)

  it("come to timers while requests keep the loop busy", function()
    run([[
      local done = false
      task.spawn(function()
        for _ = 1, 20 do task.sleep(0.005) end
        done = true
      end)
      task.map(numbers(50), function() -- goes on until the timers were heard
        while not done do status(%q) end
      end, { limit = 50 })]], server.url.plain .. "/json")
  end)

  it("come to requests while tasks keep the processor busy", function()
    run([[
      local done = false
      local busy = task.spawn(function()
        while not done do coroutine.yield() end
      end)
      all(50, %q)
      done = true
      busy:wait()]], server.url.h2_tls13_ecdsa .. "/json")
  end)

  it("are taken by nobody while nothing happens", function()
    local hanging <close> = canned.start ""
    hanging.process:signal "STOP"
    local child <close> = process.spawn(words([[
      task.map(numbers(20), function(i)
        if i %% 2 == 0 then return status(%q, { timeout = 3600 }) end
        task.sleep(3600)
      end, { limit = 20 })]], hanging.url))
    process.wait_until("the requests", function()
      return hanging:connected() == 10
    end)
    process.wait_until("a tenth of a second of sleep", function()
      local before = child:rest()
      task.sleep(0.1)
      return before and child:rest() == before
    end)
    hanging.process:signal "CONT"
  end)
end)
