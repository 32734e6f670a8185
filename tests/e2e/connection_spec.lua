--- Connections: reuse, many at once, and names that do not resolve.

local ca = require "tests.support.ca"
local chroot = require "tests.support.chroot"
local nginx = require "tests.support.nginx"
local process = require "tests.support.process"
local release = require "tests.support.release"
local socket = require "socket"

--- Key slots of mbedTLS unless it is told to make more.
local SLOTS = 32

local MANY = [[
local http, task = require "mkrun.http", require "mkrun.task"
local list, ok = {}, 0
for i = 1, %d do list[i] = i end
task.map(list, function()
  if assert(http.get(%q)).status == 200 then ok = ok + 1 end
end, { limit = %d })
print(ok)]]

describe("connections to a server", function()
  local server
  setup(function() server = nginx.start() end)
  teardown(function() server:stop() end)

  local function run(code)
    return release.eval(code, { flags = { "--cacert", ca.path "ca.pem" } })
  end

  it("are kept for the next request", function()
    local outcome = run(([[
      local http = require "mkrun.http"
      for i = 1, 5 do assert(http.get(%q)) end
      assert(http.post(%q, { body = "x" }))]])
      :format(server.url.tls13_ecdsa .. "/", server.url.tls13_ecdsa .. "/echo"))
    assert.same({ code = 0, out = "", err = "" }, outcome)
    assert.equal(6, #server:requests "tls13_ecdsa")
    assert.equal(1, server:connections "tls13_ecdsa")
  end)

  it("are 64 at once in HTTP/1.1", function() -- P2
    local outcome = run(MANY:format(64, server.url.tls12_ecdsa .. "/slow", 64))
    assert.same({ code = 0, out = "64\n", err = "" }, outcome)
    -- The first one may be done, and free again, before the last begins.
    assert(server:connections "tls12_ecdsa" > SLOTS)
  end)

  it("are one for 64 at once in HTTP/2", function()
    local outcome =
      run(MANY:format(64, server.url.h2_tls13_ecdsa .. "/slow", 64))
    assert.same({ code = 0, out = "64\n", err = "" }, outcome)
    assert.equal(1, server:connections "h2_tls13_ecdsa")
  end)
end)

--- A chroot whose only name server is at `address`.
local function resolving_by(address)
  return chroot.new { ["etc/resolv.conf"] = "nameserver " .. address .. "\n" }
end

describe("name resolution", function()
  it("follows a truncated answer over TCP", function() -- P4
    if not chroot.works() then pending "needs chroot" end
    local address = "127.0.0.78"
    local names <close> =
      process.spawn { "lua5.4", "tests/support/dns.lua", address }
    process.wait_until("the name server", function()
      return names:output() == "ready\n" or not names:alive()
    end)
    if not names:alive() then pending "needs port 53" end

    local server <close> = nginx.start()
    local outcome = resolving_by(address):run { "-e",
      ('print(require"mkrun.http".get("http://api.test:%d/").status)')
        :format(server.port.plain) }
    assert.same({ code = 0, out = "200\n", err = "" }, outcome)
  end)

  it("ends with the timeout when nobody answers", function() -- P8
    if not chroot.works() then pending "needs chroot" end
    local address = "127.0.0.79"
    local silent = assert(socket.udp())
    if not silent:setsockname(address, 53) then pending "needs port 53" end

    local outcome = resolving_by(address):run { "-e", [[
      local http, sys = require "mkrun.http", require "mkrun.sys"
      local start = sys.monotonic()
      print(select(3, http.get("http://api.test/", { timeout = 0.3 })))
      print(("%.3f"):format(sys.monotonic() - start))]] }
    silent:close()
    local code, seconds = outcome.out:match "^(%l+)\n([%d.]+)\n$"
    assert.equal("timeout", code, outcome.err)
    io.write(("dead resolver, timeout 0.3 s: %s s\n"):format(seconds))
    assert(tonumber(seconds) < 5, "musl's resolver gives up after 5 s")
  end)
end)
