--- A token is rotated over HTTPS, again and again.

local ca = require "tests.support.ca"
local json = require "mkrun.json"
local nginx = require "tests.support.nginx"
local release = require "tests.support.release"
local secret = require "mkrun.secret"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local sys = require "mkrun.sys"
local temp = require "tests.support.temp"

local EXAMPLE <const> = shell.output "pwd" .. "/scripts/examples/onboard.json"
local FILE <const> = "evening-news.token"
local TOKEN <const> = "canary-7d20c4fe"

describe("mkrun rotate-tokens over HTTPS", function()
  it("stores a new token each time, and one of them stays live", function()
    local api <close> = served.start { token = TOKEN }
    local front <close> = nginx.start {
      front = { cert = "ecdsa", http2 = true, pass = api.port },
    }
    local folder = temp.folder()
    local function run(...)
      local outcome = release.run({ "--cacert", ca.path "ca.pem",
        "--base-url", front.url.front, ... },
        { cwd = folder, env = { MKIO_TOKEN = TOKEN } })
      assert.equal(0, outcome.code, outcome.err)
      assert.not_matches(TOKEN, outcome.out .. outcome.err, 1, true)
      assert.not_matches("eyJ", outcome.out .. outcome.err, 1, true)
      return assert(secret.read(folder .. "/" .. FILE, FILE)):claims().jti
    end

    local ids = { run("onboard", EXAMPLE) }
    for i = 2, 3 do
      ids[i] = run("rotate-tokens", "--file", FILE, "evening-news automation")
      assert.not_equal(ids[i - 1], ids[i])
    end
    local live = release.run({ "--cacert", ca.path "ca.pem", "--base-url",
      front.url.front, "token", "list", "--output", "json" },
      { cwd = folder, env = { MKIO_TOKEN = TOKEN } })
    assert.equal(0, live.code, live.err)
    assert.matches(ids[3], live.out, 1, true)
    assert.not_matches(ids[1], live.out, 1, true)
    assert.not_matches(ids[2], live.out, 1, true)
  end)
end)

describe("a plan of mkrun rotate-tokens", function()
  local api, folder
  before_each(function()
    api, folder = served.start { token = TOKEN, still = true }, temp.folder()
  end)
  after_each(function() api:stop() end)

  local function run(code, ...)
    local outcome = release.run({ "--base-url", api.url, ... },
      { cwd = folder, env = { MKIO_TOKEN = TOKEN } })
    assert.equal(code, outcome.code, outcome.err)
    return outcome
  end

  local function rotate(code, options, ...)
    local words = { table.unpack(options) }
    for _, word in ipairs { "rotate-tokens", "--file", FILE, ... } do
      words[#words + 1] = word
    end
    words[#words + 1] = "evening-news automation"
    return run(code, table.unpack(words))
  end

  local function live()
    local count = 0
    for _, token in ipairs(api:state().tokens) do
      if token.description == "evening-news automation"
        and token.revoked == json.null then
        count = count + 1
      end
    end
    return count
  end

  before_each(function()
    run(0, "onboard", EXAMPLE)
    rotate(0, {}, "--keep-old", "1h")
  end)

  it("revokes what was due when it was made, and leaves the rest", function()
    rotate(3, { "--plan-out", "early" }, "--keep-old", "1h")
    api:advance(7200)
    run(0, "--apply", "early")
    assert.equal(3, live())
    rotate(3, { "--plan-out", "late" }, "--within", "14")
    run(0, "--apply", "late")
    assert.equal(2, live()) -- the one that "early" has leased is not due
    api:advance(3600)
    rotate(0, {}, "--within", "14")
    assert.equal(1, live())
    assert.is_nil(temp.read(folder .. "/" .. FILE .. ".lease"))
  end)

  it("is refused when the lease has changed", function()
    api:advance(7200)
    rotate(3, { "--plan-out", "p" }, "--within", "14")
    rotate(0, {}, "--within", "14")
    assert.matches("--apply: " .. FILE .. ".lease: No such file or directory; "
      .. "nothing was written", run(2, "--apply", "p").err, 1, true)
  end)
end)

describe("a lease", function()
  local api, folder
  before_each(function() folder = temp.folder() end)
  after_each(function() api:stop() end)

  local function run(...)
    local outcome = release.run({ "--base-url", api.url, ... },
      { cwd = folder, env = { MKIO_TOKEN = TOKEN } })
    assert.equal(0, outcome.code, outcome.err)
    return outcome
  end

  local function rotate(...)
    return run("rotate-tokens", "--file", FILE, "evening-news automation", ...)
  end

  it("goes by the server's clock", function()
    api = served.start { token = TOKEN, ahead = -7200 }
    run("onboard", EXAMPLE)
    rotate "--keep-old=1h"
    local text = temp.read(folder .. "/" .. FILE .. ".lease")
    local due = sys.parse_time(json.decode(text).tokens[1].due)
    assert.is_true(due < sys.now())
    assert.matches("; kept until ", rotate "--within=14".out, 1, true)
    api:advance(3600)
    assert.matches("1 revoked", rotate "--within=14".out, 1, true)
  end)

  it("lasts for longer when the clock is turned back, which is told", function()
    api = served.start { token = TOKEN }
    run("onboard", EXAMPLE)
    rotate "--keep-old=1h"
    api:advance(-7200)
    local outcome = rotate "--within=14"
    assert.matches("; kept until ", outcome.out, 1, true)
    assert.matches("warning: " .. FILE .. ".lease was written at ",
      outcome.err, 1, true)
  end)
end)
