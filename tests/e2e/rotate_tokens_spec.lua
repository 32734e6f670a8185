--- A token is rotated over HTTPS, again and again.

local ca = require "tests.support.ca"
local nginx = require "tests.support.nginx"
local release = require "tests.support.release"
local secret = require "mkrun.secret"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
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
