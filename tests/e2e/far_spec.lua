--- Far servers: how many round trips and connections a cold start takes.
--- `support/round_trips.lua` counts round trips, so nothing here measures time.
---
--- @seconds 30

local ca = require "tests.support.ca"
local nginx = require "tests.support.nginx"
local ports = require "tests.support.ports"
local process = require "tests.support.process"
local release = require "tests.support.release"

local BY_MAP <const> = [[
  local http, task = require "mkrun.http", require "mkrun.task"
  local list = {}
  for i = 1, %d do list[i] = i end
  task.map(list, function() assert(http.get(%q)) end)]]

local BY_SPAWN <const> = [[
  local http, task = require "mkrun.http", require "mkrun.task"
  local list = {}
  for i = 1, %d do list[i] = task.spawn(http.get, %q) end
  for i = 1, #list do assert(list[i]:wait()) end]]

local MOST <const> = 16 -- connections in HTTP/1.1

--- The TLS handshake takes one round trip in TLS 1.3, and two in TLS 1.2; none
--- is another one for the request.  That of TCP is not seen here.
local CASES <const> = {
  h2_tls13_ecdsa = { http2 = true, cold = 2 },
  h2_tls12_ecdsa = { http2 = true, cold = 3 },
  tls13_ecdsa = { cold = 2 },
  tls12_ecdsa = { cold = 3, resumed = true },
  plain = { cold = 1 },
}

describe("A cold start with a far server", function()
  local server
  setup(function() server = nginx.start() end)
  teardown(function() server:stop() end)

  --- Runs code against a server.  Returns the count of connections, of those
  --- that resume a TLS session, and of round trips.
  local function far(name, code, count)
    local port <const> = ports.free()
    local relay <close> = process.spawn { "lua5.4",
      "tests/support/round_trips.lua",
      tostring(port), tostring(server.port[name]) }
    process.wait_until("the relay",
      function() return relay:output():find("ready", 1, true) end)
    local seen = #server:requests(name)
    local url = server.url[name]:gsub(":%d+$", ":" .. port) .. "/"
    local outcome = release.eval(code:format(count, url),
      { flags = { "--cacert", ca.path "ca.pem" } })
    assert.same({ code = 0, out = "", err = "" }, outcome)
    local opened, resumed = 0, 0
    local requests = server:requests(name)
    assert.equal(count, #requests - seen)
    for i = seen + 1, #requests do
      if requests[i].nth == "1" then opened = opened + 1 end
      if requests[i].nth == "1" and requests[i].reused == "r" then
        resumed = resumed + 1
      end
    end
    return opened, resumed, select(2, relay:output():gsub("round", ""))
  end

  for name, case in pairs(CASES) do
    it("takes no more round trips than " .. name .. " needs", function()
      local opened, _, rounds = far(name, BY_MAP, 1)
      assert.same({ 1, case.cold }, { opened, rounds })
    end)

    if case.http2 then
      it("needs no more for 64 that share the connection of " .. name,
        function()
          local opened, _, rounds = far(name, BY_SPAWN, 64)
          assert.same({ 1, case.cold }, { opened, rounds })
        end)
    else
      for word, code in pairs { map = BY_MAP, spawn = BY_SPAWN } do
        it(("opens few connections for 64 by %s with %s"):format(word, name),
          function()
            local opened, resumed = far(name, code, 64)
            assert(opened <= MOST, opened .. " connections")
            if case.resumed then assert.equal(opened - 1, resumed) end
          end)
      end
    end
  end
end)
