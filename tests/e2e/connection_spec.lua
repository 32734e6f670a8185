--- Connections: reuse, many at once, and names that do not resolve.
---
--- @seconds 40

local ca = require "tests.support.ca"
local chroot = require "tests.support.chroot"
local gate = require "tests.support.gate"
local nginx = require "tests.support.nginx"
local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local socket = require "socket"
local temp = require "tests.support.temp"

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

  --- 64 requests that are answered once they are all there.
  local function many_at_once(name)
    local held <close> = gate.open(server)
    local running <close> = release.spawn { "--cacert", ca.path "ca.pem",
      "-e", MANY:format(64, server.url[name] .. "/gate", 64) }
    held:pass(64)
    assert.same({ code = 0, out = "64\n", err = "" }, running:wait())
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
    many_at_once "tls12_ecdsa" -- mbedTLS has 32 key slots by default
    assert.equal(64, server:connections "tls12_ecdsa")
  end)

  it("are one for 64 at once in HTTP/2", function()
    many_at_once "h2_tls13_ecdsa"
    assert.equal(1, server:connections "h2_tls13_ecdsa")
  end)
end)

--- A chroot whose only name server is at `address`.  It is asked twice, the
--- second time after half a minute.
local function resolving_by(address, more, hosts)
  return chroot.new { ["etc/hosts"] = hosts or "",
    ["etc/resolv.conf"] = ("nameserver %s\n%s\n"):format(address,
      more or "options timeout:60 attempts:2") }
end

--- A name server that knows 127.0.0.1 for every name.
local function name_server(address)
  if not chroot.works() then pending "needs chroot" end
  local names = process.spawn { "lua5.4", "tests/support/dns.lua", address }
  process.wait_until("the name server", function()
    return names:output() == "ready\n" or not names:alive()
  end)
  if not names:alive() then pending "needs port 53" end
  return names
end

--- One that says nothing.
local function silent_server(address)
  if not chroot.works() then pending "needs chroot" end
  local silent = assert(socket.udp())
  if not silent:setsockname(address, 53) then pending "needs port 53" end
  silent:settimeout(0)
  return silent
end

--- For the addresses of both kinds of one name.
local QUERIES <const> = 2

--- How many requests a run sends again in all (mkrun.layer.retry).
local RETRIES <const> = 100

--- How many came in since it was asked last.
local function queries(silent)
  local count = 0
  while silent:receive() do count = count + 1 end
  return count
end

--- Two exchanges that took a second are kept for two that need the same name:
--- the second one waits for the first to look it up, but not for long.
local AFTER_A_SECOND = [[
local http, task = require "mkrun.http", require "mkrun.task"
task.map({ 1, 2 }, function() assert(http.get(%q)) end)
task.spawn(http.get, "http://api.test/", { timeout = 3600 })
task.sleep(0.05)
local options = { connect_timeout = 0.1, timeout = 0.5 }
print(select(3, http.get("http://api.test/", options)))
os.exit(0)]]

--- A program that looks up a name's addresses of both kinds in one call, linked
--- with the C library of the release binary.
local function both_kinds()
  local specs = shell.output "cat build/release/compile.flags"
    :match "%-specs (%S+musl%-gcc%.specs)"
  local program = temp.folder() .. "/lookup"
  shell.execute(("gcc -specs %s -static -o %s tests/e2e/lookup_check.c")
    :format(specs, program))
  return program
end

--- Why a question for IPv6 may fail, which the A record is no worse for.
local FAILURES <const> = { "aaaa-2", "aaaa-3", "aaaa-4", "aaaa-5",
  "aaaa-silent" }

--- What 64 requests at once to a URL came to, each outcome and how often.
local AT_ONCE = [[
local http, task = require "mkrun.http", require "mkrun.task"
local list, outcomes = {}, {}
for i = 1, 64 do list[i] = i end
task.map(list, function()
  local response, message = http.get(%q, { timeout = %g, safe = false })
  local outcome = response and response.status
    or message:gsub(" %%(%%d attempts%%)$", "")
  outcomes[outcome] = (outcomes[outcome] or 0) + 1
end, { limit = 64 })
for outcome, count in pairs(outcomes) do print(count, outcome) end]]

--- Asks a server that is not there, and gives its name another address.
local MOVED = [[
local http = require "mkrun.http"
print(select(3, http.get(%q, { safe = false })))
assert(io.open("/etc/hosts", "w")):write "127.0.0.1 api.test\n":close()
]]

describe("name resolution", function()
  it("follows a truncated answer over TCP", function() -- P4
    local address = "127.0.0.78"
    local _ <close> = name_server(address)
    local server <close> = nginx.start()
    local outcome = resolving_by(address):run { "-e",
      ('print(require"mkrun.http".get("http://api.test:%d/").status)')
        :format(server.port.plain) }
    assert.same({ code = 0, out = "200\n", err = "" }, outcome)
  end)

  --- Leaves out the line about a lookup that takes long, as it may on a busy
  --- machine.
  local function untold(outcome)
    outcome.err = outcome.err:gsub("^mkrun: waiting at most [^\n]*\n", "")
    return outcome
  end

  local STATUS <const> = [[
    local response, message = require "mkrun.http".get "http://%s:%d/"
    print(response and response.status or message)]]

  it("takes the address of one kind when the other kind fails", function()
    local address = "127.0.0.84"
    local _ <close> = name_server(address)
    local server <close> = nginx.start()
    local box = resolving_by(address, "options timeout:2 attempts:1")
    shell.execute(("cp %s %s/lookup"):format(both_kinds(), box.folder))
    for _, label in ipairs(FAILURES) do
      local name = "api." .. label .. ".test"
      assert.same({ code = 0, out = "200\n", err = "" },
        untold(box:run { "-e", STATUS:format(name, server.port.plain) }), label)
      assert.same({ code = 0, out = "127.0.0.1\n", err = "" },
        box:run({ name }, { program = "/lookup" }), label)
    end
    assert.same({ code = 1, out = "Try again\n", err = "" },
      box:run({ "api.all-2.test" }, { program = "/lookup" }))
    assert.same({ code = 1, out = "Name does not resolve\n", err = "" },
      box:run({ "api.unknown" }, { program = "/lookup" }))
  end)

  it("goes on behind a search domain that fails", function()
    local address = "127.0.0.85"
    local _ <close> = name_server(address)
    local server <close> = nginx.start()
    for _, search in ipairs { "all-2.test", "all-5.test", "all-silent.test",
      "aaaa-2.test", "unknown all-4.test all-2.test" } do
      local box = resolving_by(address, "search " .. search
        .. "\noptions ndots:5 timeout:1 attempts:1")
      assert.same({ code = 0, out = "200\n", err = "" },
        untold(box:run { "-e", STATUS:format("api.test", server.port.plain) }),
        search)
    end
  end)

  it("waits for nobody when all name servers have refused", function()
    local address = "127.0.0.86"
    local _ <close> = name_server(address)
    local box = resolving_by(address, "search all-5.test all-2.test\n"
      .. "options ndots:5 timeout:60 attempts:1")
    local outcome = box:run { "-e", [[
      print(select(3, require "mkrun.http".get("http://api.all-5.test/",
        { timeout = 3600, connect_timeout = 3600, safe = false })))]] }
    assert.same({ code = 0, out = "resolve\n", err = "" }, untold(outcome))
  end)

  it("finds a name of /etc/hosts in upper and lower case", function()
    local server <close> = nginx.start()
    local box = resolving_by("127.0.0.87", "options timeout:1",
      "127.0.0.1 first.test API.Corp.Test\n")
    for _, name in ipairs { "api.corp.test", "API.CORP.test", "FIRST.test" } do
      assert.same({ code = 0, out = "200\n", err = "" },
        box:run { "-e", STATUS:format(name, server.port.plain) }, name)
    end
  end)

  it("ends with the timeout when nobody answers", function() -- P8
    local address = "127.0.0.79"
    local silent = silent_server(address)
    local outcome = resolving_by(address):run { "-e", [[
      local http = require "mkrun.http"
      print(select(3, http.get("http://api.test/", { timeout = 0.3 })))]] }
    assert.same({ code = 0, out = "timeout\n", err = "" }, outcome)
    assert(queries(silent) <= QUERIES) -- it ended before the second time
    silent:close()
  end)

  it("is told in one line when it takes long, and only then", function()
    local address = "127.0.0.89"
    local silent = silent_server(address)
    local outcome = resolving_by(address):run { "-e", [[
      local http, task = require "mkrun.http", require "mkrun.task"
      local urls = {}
      for i = 1, 16 do urls[i] = "http://api.test/" .. i end
      task.map(urls, function(url) http.get(url, { timeout = 5 }) end)]] }
    assert.matches("^mkrun: waiting at most %d s: the address of "
      .. "http://api.test:?8?0? is looked up\n$", outcome.err)
    silent:close()
  end)

  it("is done once for all that wait for it", function()
    local address = "127.0.0.80"
    local names <close> = name_server(address)
    local server <close> = nginx.start()
    for _, case in ipairs {
      { ("http://api.test:%d/"):format(server.port.plain), "200" },
      { "http://api.unknown/",
        "GET http://api.unknown/: Could not resolve host: api.unknown" },
      { "https://api.unknown/",
        "GET https://api.unknown/: Could not resolve host: api.unknown" },
    } do
      local before = select(2, names:output():gsub("asked", ""))
      local outcome = resolving_by(address):run { "-e",
        AT_ONCE:format(case[1], 250) }
      assert.same({ code = 0, out = "64\t" .. case[2] .. "\n", err = "" },
        outcome)
      local asked = select(2, names:output():gsub("asked", "")) - before
      local again = case[2] == "200" and 1 or RETRIES -- one at a time
      assert(asked <= (1 + again) * QUERIES, asked .. " queries")
    end
  end)

  --- 64 requests that are answered once they are all there, the first of their
  --- process: how many connections they take, and one lookup whatever that is.
  it("is done once for 64 that begin at once, in any protocol", function()
    local address = "127.0.0.88"
    local names <close> = name_server(address)
    local server <close> = nginx.start {
      named = { cert = "wrong-host" },
      h2_named = { cert = "wrong-host", http2 = true },
    }
    local box = resolving_by(address)
    shell.execute(("cp %s %s"):format(ca.path "ca.pem", box.folder))
    for name, connections in pairs { plain = 64, named = 64, h2_named = 1 } do
      local before = select(2, names:output():gsub("asked", ""))
      local held <close> = gate.open(server)
      local url = server.url[name]:gsub("localhost", "another.test") .. "/gate"
      local running <close> = box:spawn { "--cacert", "/ca.pem", "-e",
        MANY:format(64, url, 64) }
      held:pass(64)
      assert.same({ code = 0, out = "64\n", err = "" }, running:wait(), name)
      local asked = select(2, names:output():gsub("asked", "")) - before
      assert.same({ name, connections, QUERIES },
        { name, server:connections(name), asked })
    end
  end)

  --- Nothing listens at the first address; 64 find the second one.
  it("is done again after nobody answered", function()
    local server <close> = nginx.start()
    local box = resolving_by("127.0.0.89", nil, "127.0.0.9 api.test\n")
    local url = ("http://api.test:%d/"):format(server.port.plain)
    local outcome = box:run { "-e", MOVED:format(url) .. MANY:format(64, url,
      64) }
    assert.same({ code = 0, out = "connect\n64\n", err = "" }, outcome)
  end)

  it("keeps nobody beyond their own time, and asks once in it", function()
    local address = "127.0.0.81"
    local silent = silent_server(address)
    for _, url in ipairs { "http://api.test/", "https://api.test/" } do
      local outcome = resolving_by(address):run { "-e",
        AT_ONCE:format(url, 1.5) }
      assert.same({ code = 0, err = "", out =
        ("64\tGET %s: no connection within 1.5 seconds\n"):format(url) },
        outcome)
      local asked = queries(silent)
      assert(asked <= 4 * QUERIES, asked .. " queries") -- not 64 times
    end
    silent:close()
  end)

  --- Who waited for the thread that asks would be ended by the signal.
  it("does not keep a process that has nothing else to do", function()
    local address = "127.0.0.83"
    local silent = silent_server(address)
    local outcome = resolving_by(address):run({ "-e",
      'print(select(3, require"mkrun.http".get("http://api.test/", ' ..
      "{ timeout = 0.3 })))" }, { timeout = 40 })
    silent:close()
    assert.same({ code = 0, out = "timeout\n", err = "" }, outcome)
  end)

  it("knows its own time from that of the request before", function()
    local silent = silent_server "127.0.0.82"
    local server <close> = nginx.start()
    local held <close> = gate.open(server)
    local box, outcome = resolving_by "127.0.0.82", nil
    -- Where the machine stops for half a second, both of its times are over at
    -- once; with the time of the request before they are in every run.
    for _ = 1, 5 do
      local running <close> = box:spawn { "-e",
        AFTER_A_SECOND:format(server.url.plain .. "/gate") }
      held:wait(2)
      socket.sleep(1)
      held:pass(2)
      outcome = running:wait()
      if outcome.out ~= "timeout\n" then break end
    end
    silent:close()
    assert.same({ code = 0, out = "connect\n", err = "" }, untold(outcome))
  end)
end)
