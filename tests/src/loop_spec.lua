--- The event loop: how many connections, whose turn it is, what stays behind.
--- Runs in this very binary, in processes of their own.

local ca = require "tests.support.ca"
local canned = require "tests.src.http.server"
local nginx = require "tests.support.nginx"
local process = require "tests.support.process"

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
local function seconds(fn, ...)
  local start = sys.monotonic()
  fn(...)
  return sys.monotonic() - start
end
local function descriptors()
  local pipe <close> = io.popen "ls /proc/$PPID/fd | wc -l"
  return tonumber(pipe:read "a")
end
]]

--- What a script prints.
local function run(code, ...)
  local outcome = process.run { "build/debug/mkrun", "--cacert",
    ca.path "ca.pem", "-e", PRELUDE .. code:format(...) }
  assert.equal("", outcome.err)
  assert.equal(0, outcome.code)
  return outcome.out
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
    local out = run("print(seconds(all, 6, %q))",
      server.url.tls13_ecdsa .. "/slow")
    assert(tonumber(out) < 1.9, out) -- each takes a second
    assert.equal(6, server:connections "tls13_ecdsa")
  end)

  it("are used again, and new ones resume the TLS session", function()
    for _, name in ipairs {
      "tls12_ecdsa", "tls12_tickets", "tls13_rsa", "tls13_ecdsa",
    } do
      run("all(1, %q) all(2, %q)", server.url[name] .. "/json",
        server.url[name] .. "/slow")
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
    local out = run("print(seconds(all, 5, %q, { timeout = 1 }))", url)
    hanging.process:signal "CONT"
    assert(tonumber(out) < 1.9, out)
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
      local before, closed = descriptors(), 0
      local list = numbers(10000)
      print(seconds(function()
        print(pcall(task.map, list, function(i)
          local _ <close> = setmetatable({}, { __close = function()
            closed = closed + 1
          end })
          if i == 10000 then task.sleep(0.2) error("enough", 0) end
          if i %% 100 == 0 then return http.get %q end
          task.sleep(60)
        end, { limit = 10000 }))
      end) < 20, closed, descriptors() <= before + 1)]], server.url)
    server.process:signal "CONT"
    assert.matches("^false\tenough\ntrue\t10000\ttrue\n$", out)
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
      local ticks, done = 0, false
      local clock = task.spawn(function()
        while not done do task.sleep(0.005) ticks = ticks + 1 end
      end)
      local time = seconds(function()
        for _ = 1, 8 do all(50, %q) end
      end)
      done = true
      clock:wait()
      assert(ticks > time / 0.005 / 20, ticks .. " ticks in " .. time)]],
      server.url.plain .. "/json")
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

  it("cost nothing while nothing happens", function()
    local out = run([[
      local before = os.clock()
      task.map(numbers(20), function(i)
        if i %% 2 == 0 then return status(%q) end
        task.sleep(1)
      end, { limit = 20 })
      print(os.clock() - before)]], server.url.tls13_ecdsa .. "/slow")
    assert(tonumber(out) < 0.6, out)
  end)
end)
