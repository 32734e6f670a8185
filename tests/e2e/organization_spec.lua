--- The flows about the organization's things, over HTTPS at a served sandbox,
--- each twice.

local ca = require "tests.support.ca"
local json = require "mkrun.json"
local nginx = require "tests.support.nginx"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local TOKEN <const> = "canary-77d0a1f4"
local EXAMPLE = shell.output "pwd" .. "/scripts/examples/onboard.json"

local api, front

local function at(url, ...)
  local outcome = release.run({ "--cacert", ca.path "ca.pem", "--base-url",
    url, ... }, { cwd = temp.folder(), env = { MKIO_TOKEN = TOKEN } })
  assert.not_matches(TOKEN, outcome.out .. outcome.err, 1, true)
  return outcome
end

local function run(...)
  local outcome = at(front.url.front, ...)
  assert.equal(0, outcome.code, outcome.err)
  return outcome.out
end

--- How many requests a flow sends that could write, and its output.
local function counted(...)
  local before = api:writes()
  local out = run(...)
  return api:writes() - before, out
end

describe("over HTTPS,", function()
  setup(function()
    api = served.start { token = TOKEN }
    front = nginx.start { front = { cert = "ecdsa", http2 = true,
      pass = api.port } }
    run("onboard", EXAMPLE)
  end)

  teardown(function()
    front:stop()
    api:stop()
  end)

  it("export gives what onboard has nothing to do for", function()
    local writes, text = counted "export"
    assert.equal(0, writes)
    local file = temp.file(text, "o.json")
    for _ = 1, 2 do
      local again, out = counted("onboard", file)
      assert.equal(0, again)
      assert.matches("Summary: 0 created, 0 changed, ", out, 1, true)
    end
  end)

  it("webhooks writes what differs, once", function()
    local rules = temp.file([=[[{"name": "alarms", "url": "https://h.example/",
      "events": ["MediaKind.ChannelInstanceError"]}]]=], "rules.json")
    assert.equal(2, (counted("webhooks", "--prune", "--yes", "evening-news",
      rules)))
    assert.equal(0, (counted("webhooks", "--prune", "--yes", "evening-news",
      rules)))
    assert.equal(0, (counted("webhooks", "--events", "evening-news")))
  end)

  it("usage asks one question", function()
    for _ = 1, 2 do
      local questions, out = counted("usage", "--output", "json")
      assert.equal(1, questions)
      local rows = json.decode(out)
      assert.equal("evening-news", rows[1].project)
      assert.matches("^%d+%.%d%d%d%d$", rows[1].cost)
    end
  end)

  it("doctor finds nothing wrong", function()
    for _ = 1, 2 do
      local writes, out = counted "doctor"
      assert.equal(0, writes)
      assert.not_matches("failed", out, 1, true)
      assert.matches("\nok       TLS           certificate of 'CN=[^\n]*' "
        .. "until 20%d%d%-[^\n]*, trusted by file ", "\n" .. out)
      assert.matches("\nok       server        ready, in %d+ ms with HTTP/2\n",
        out)
      assert.matches("\nok       clock         as the server's\n", out, 1,
        true)
    end
  end)

  for name, text in pairs {
    expired = 'certificate "CN=mkrun test expired" has expired since '
      .. "2020-02-01T00:00:00Z: is the clock of this machine right?",
    wrong_host = 'certificate "CN=mkrun test wrong-host" is for another host, '
      .. "it names another.test: is the base URL right?",
    untrusted = 'issuer unknown of certificate "CN=mkrun test untrusted": '
      .. '"CN=mkrun test other-ca" (trust: file ' .. ca.path "ca.pem"
      .. "): name the CA's certificate with --cacert",
  } do
    it("doctor tells what is wrong with a certificate: " .. name, function()
      local outcome = at(front.url[name], "doctor")
      assert.equal(1, outcome.code)
      assert.matches("failed   TLS           " .. text, outcome.out, 1, true)
      assert.matches("skipped  clock", outcome.out, 1, true)
    end)
  end
end)
