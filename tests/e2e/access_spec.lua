--- The flows about access, over HTTPS at a served sandbox, each twice.

local ca = require "tests.support.ca"
local json = require "mkrun.json"
local nginx = require "tests.support.nginx"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local ADMIN <const> = "canary-77a0c1f4"
local KARI <const> = "kari@northlight.example"
local EXAMPLE <const> = shell.output "pwd" .. "/scripts/examples/onboard.json"

local api, front, folder

local function run(code, ...)
  local outcome = release.run({ "--cacert", ca.path "ca.pem", "--base-url",
    front.url.front, ... }, { cwd = folder, env = { MKIO_TOKEN = ADMIN } })
  assert.equal(code, outcome.code, outcome.err)
  assert.not_matches(ADMIN, outcome.out .. outcome.err, 1, true)
  assert.not_matches("eyJ", outcome.out .. outcome.err, 1, true)
  return outcome.out
end

--- Run a flow twice: `writes` requests that write, then none.
local function twice(writes, code, ...)
  local before = api:writes()
  local first = run(code, ...)
  assert.equal(before + writes, api:writes())
  local second = run(code, ...)
  assert.equal(before + writes, api:writes())
  return first, second
end

describe("over HTTPS,", function()
  setup(function()
    folder = temp.folder()
    api = served.start { token = ADMIN }
    front = nginx.start { front = { cert = "ecdsa", http2 = true,
      pass = api.port } }
    run(0, "onboard", EXAMPLE)
  end)

  teardown(function()
    front:stop()
    api:stop()
  end)

  it("team changes once", function()
    local first, second = twice(1, 0, "team", "auditors", "--add", KARI,
      "--promote", KARI, "--grant", "user", "--scope", "evening-newsScope")
    assert.matches("~ team            auditors: add members/" .. KARI, first,
      1, true)
    assert.equal("= team            auditors", second:match "^[^\n]*")
    assert.matches("member  " .. KARI .. " +admin\n",
      (twice(0, 0, "team", "auditors")))
  end)

  it("access-report reads, and says the same twice", function()
    local first, second = twice(0, 0, "access-report", "--output", "json")
    assert.same(json.decode(first), json.decode(second))
    assert.matches("ola@northlight.example +Administrators",
      (twice(0, 0, "access-report", "--can", "teams.patch")))
  end)

  it("token makes one, and revokes one", function()
    twice(1, 0, "token", "create", "nightly", "--allow", "evening-news:*.get",
      "--file", "n.token")
    assert.matches("nightly +restricted", (twice(0, 0, "token")))
  end)

  it("why-403 explains that token", function()
    local first, second = twice(0, 1, "why-403", "--of", "n.token",
      "webhooks.put", "evening-news")
    assert.equal(first, second)
    assert.matches("token      restricted, lacks it\n", first, 1, true)
    assert.matches("\nauditors +evening%-newsScope +user", first)
    twice(0, 0, "why-403", "--of", "n.token", "webhooks.get", "evening-news")
    twice(1, 0, "token", "revoke", "nightly", "--yes")
  end)
end)
