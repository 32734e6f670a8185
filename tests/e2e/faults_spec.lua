--- The served sandbox with a fault plan: what really happens on the wire, and
--- that flows come through it.
---
--- @seconds 80

local ca = require "tests.support.ca"
local ending = require "tests.support.ending"
local faulty = require "tests.support.faulty"
local flow = require "tests.scripts.flow"
local nginx = require "tests.support.nginx"
local process = require "tests.support.process"
local release = require "tests.support.release"
local served = require "tests.support.served"
local socket = require "socket"
local temp = require "tests.support.temp"
local together = require "tests.support.together"

local TOKEN <const> = "canary-51d0e7aa"
local PATH <const> = "/api/v1/organization"

--- Everything that a server sends before it closes the connection.
local function raw(port, path)
  local connection = assert(socket.connect("127.0.0.1", port))
  connection:settimeout(300) -- ends what hangs
  connection:send(("GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    .. "Authorization: Bearer %s\r\n\r\n"):format(path, TOKEN))
  local bytes, problem, part = connection:receive "*a"
  connection:close()
  assert(bytes or problem == "closed", problem)
  return bytes or part
end

local function plan(...)
  return { rules = { { path = PATH, faults = { ... } } } }
end

describe("the served sandbox", function()
  local api
  setup(function() api = served.start { token = TOKEN } end)
  teardown(function() api:stop() end)

  it("sends nothing when the connection is cut", function()
    for _, when in ipairs { "before", "after" } do
      api:faults(plan { cut = when })
      assert.equal("", raw(api.port, PATH))
    end
  end)

  it("sends less than it says when the body is truncated", function()
    api:faults(plan { truncate = 20 })
    local bytes = raw(api.port, PATH)
    local head, body = bytes:match "^(.-\r\n\r\n)(.*)$"
    assert.matches("^HTTP/1.1 200 OK\r\n", head)
    assert.equal(20, #body)
    assert(tonumber(head:match "content%-length: (%d+)") > 20)
  end)

  it("waits with the answer, and serves others meanwhile", function()
    local words = { "curl", "-sS", "-o", "/dev/null",
      "-H", "Authorization: Bearer " .. TOKEN, api.url .. PATH }
    api:faults(plan { delay = 3600 })
    local before = #api:requests()
    local slow <close> = process.spawn(words)
    process.wait_until("the request", function()
      return #api:requests() > before
    end)
    assert.matches("^HTTP/1.1 200 OK\r\n", raw(api.port, PATH .. "/roles"))
    assert.is_true(slow:alive())
    api:faults(plan { delay = 0.1 })
    assert.equal(0, process.run(words).code)
  end)

  it("sends Retry-After as it was told to", function()
    api:faults(plan { status = 429, retryAfter = 7 })
    local bytes = raw(api.port, PATH)
    assert.matches("^HTTP/1.1 429 Too Many Requests\r\n", bytes)
    assert.matches("\r\nretry%-after: 7\r\n", bytes)
  end)

  it("refuses a wrong plan and goes on", function()
    assert.error_matches(function()
      api:faults { rules = { { every = 3 } } }
    end, "/rules/0/faults", 1, true)
    api:faults()
    assert.matches("^HTTP/1.1 200 OK\r\n", raw(api.port, PATH))
  end)
end)

describe("a request whose answer does not come, or not whole,", function()
  local CODE <const> = [[
    local config = require "mkrun.config"
    print(select(3, require "mkrun.http".put(config.base_url ..
      "/api/v1/organization", { token = config.token, body = "x" })))]]

  for name, http2 in pairs { ["HTTP/1.1"] = false, ["HTTP/2"] = true } do
    it("has the code 'closed': " .. name, function()
      local api <close> = served.start { token = TOKEN }
      local front <close> = nginx.start {
        front = { cert = "ecdsa", http2 = http2, pass = api.port },
      }
      for _, fault in ipairs { { cut = "before" }, { truncate = 20 } } do
        api:faults(plan(fault))
        for _, url in ipairs { front.url.front, api.url } do
          local outcome = release.run({ "--cacert", ca.path "ca.pem",
            "--base-url", url, "-e", CODE }, { env = { MKIO_TOKEN = TOKEN } })
          assert.equal("closed\n", outcome.out, outcome.err)
        end
      end
    end)
  end
end)

--- Run mkrun against a server behind HTTPS.
local function run(front, folder, ...)
  local outcome = release.run({ "--cacert", ca.path "ca.pem", "--base-url",
    front.url.front, ... },
    { cwd = folder, env = { MKIO_TOKEN = TOKEN } })
  assert.equal(0, outcome.code, outcome.err)
  return outcome
end

--- Where a flow ends over HTTPS under a plan, and how often it failed.
local function over_https(http2, fault_plan, ...)
  local api <close> = served.start { token = TOKEN }
  local front <close> = nginx.start {
    front = { cert = "ecdsa", http2 = http2, pass = api.port },
  }
  local folder = temp.folder()
  api:faults(fault_plan)
  run(front, folder, ...)
  local failures = api:failures()
  api:faults()
  local before = api:writes()
  run(front, folder, ...)
  assert.equal(before, api:writes())
  return ending.of(api:state()), failures
end

describe("over HTTPS, when every third request fails,", function()
  local case = together.new()

  for name, http2 in pairs { ["HTTP/1.1"] = false, ["HTTP/2"] = true } do
    it("onboard ends where it would have ended: " .. name, case(function()
      local expected = over_https(http2, faulty.none(), "onboard", flow.example)
      local state, failures = over_https(http2,
        faulty.every_third(faulty.all()), "onboard", flow.example)
      assert.same(expected, state)
      assert(failures >= #faulty.all(), failures)
    end))
  end

  for name, faults in pairs {
    ["all ways in turn"] = faulty.all(),
    ["cut before the effect"] = { { cut = "before" } },
    ["cut after the effect"] = { { cut = "after" } },
  } do
    it("invite of 200 ends with 200 invites: " .. name, case(function()
      local guests = temp.file(faulty.guests(200), "guests.csv")
      local state, failures = over_https(true, faulty.every_third(faults),
        "invite", guests)
      local invites, seen = state.organizations[1].invites, {}
      assert.equal(200, #invites)
      for _, invite in ipairs(invites) do
        assert.is_nil(seen[invite])
        seen[invite] = true
      end
      assert(failures > 100, failures)
    end))
  end
end)
