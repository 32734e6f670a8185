--- The flows about people, over HTTPS at a served sandbox, each twice.

local ca = require "tests.support.ca"
local nginx = require "tests.support.nginx"
local release = require "tests.support.release"
local served = require "tests.support.served"
local temp = require "tests.support.temp"

local ADMIN <const> = "canary-5d1e77c2"
local GUEST <const> = "guest@partner.example"
local DAY <const> = 24 * 60 * 60

local api, front

local function run(token, ...)
  local outcome = release.run({ "--cacert", ca.path "ca.pem", "--base-url",
    front.url.front, ... }, { cwd = temp.folder(),
    env = { MKIO_TOKEN = token } })
  assert.equal(0, outcome.code, outcome.err)
  assert.not_matches(token, outcome.out .. outcome.err, 1, true)
  return outcome.out
end

--- Run a flow twice: `writes` requests that write, then none.
local function twice(writes, token, ...)
  local before = api:writes()
  local first = run(token, ...)
  assert.equal(before + writes, api:writes())
  local second = run(token, ...)
  assert.equal(before + writes, api:writes())
  return first, second
end

local function guests(email)
  return temp.file("email,teams\n" .. email .. ",Everyone\n", "guests.csv")
end

describe("over HTTPS,", function()
  setup(function()
    api = served.start { token = ADMIN }
    front = nginx.start { front = { cert = "ecdsa", http2 = true,
      pass = api.port } }
  end)

  teardown(function()
    front:stop()
    api:stop()
  end)

  it("invite invites once", function()
    local first, second = twice(1, ADMIN, "invite", guests(GUEST))
    assert.matches("+ invite          " .. GUEST, first, 1, true)
    assert.matches("= invite          " .. GUEST, second, 1, true)
  end)

  it("my-organizations accepts once, and leaves once", function()
    local token, name = api:login(GUEST), "Northlight Broadcasting"
    assert.matches(name .. "%s+invited", run(token, "my-organizations"))
    local first, second = twice(1, token, "my-organizations", "accept", name)
    assert.matches("+ organization    " .. name .. ": joined", first, 1, true)
    assert.matches("= organization    " .. name, second, 1, true)
    twice(1, token, "my-organizations", "leave", "--yes", "--missing-ok", name)
  end)

  it("prune-invites renews once, and cancels once", function()
    api:advance(-10 * DAY)
    run(ADMIN, "invite", guests "late@partner.example")
    api:advance(10 * DAY)
    assert.matches("late@partner.example", run(ADMIN, "prune-invites"))
    twice(2, ADMIN, "prune-invites", "--reinvite", "--yes")
    twice(1, ADMIN, "prune-invites", "--older-than", "0", "--cancel", "--yes")
  end)

  it("offboard removes once", function()
    api:login "nils@northlight.example"
    local first, second = twice(3, ADMIN, "offboard", "--yes",
      "nils@northlight.example")
    assert.matches("- user            nils@", first, 1, true)
    assert.matches("= user            nils@", second, 1, true)
  end)

  it("offboard takes oneself last", function()
    run(ADMIN, "-e", [[
      local org = require "mkio".connect()
      local kari = org.users:find "kari@northlight.example"
      org.teams:ensure("Administrators", { members = {
        [kari.metadata.id] = { isTeamAdmin = true } } })
    ]])
    local token = api:login()
    run(token, "offboard", "--yes", "--myself", "ola@northlight.example")
    local outcome = release.run({ "--cacert", ca.path "ca.pem", "--base-url",
      front.url.front, "my-organizations" }, { env = { MKIO_TOKEN = token } })
    assert.equal(1, outcome.code)
    assert.matches("401", outcome.err, 1, true)
  end)
end)
