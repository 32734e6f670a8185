--- Onboarding from the first line of the script to the last byte on the wire.

local ca = require "tests.support.ca"
local nginx = require "tests.support.nginx"
local process = require "tests.support.process"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local EXAMPLE = shell.output "pwd" .. "/scripts/examples/onboard.json"
local TOKEN = "canary-0b3f6c1a"

--- How many lines of the report begin with each sign.
local function signs(report)
  local count = { ["="] = 0, ["+"] = 0, ["~"] = 0 }
  for sign in ("\n" .. report):gmatch "\n([=+~]) " do
    count[sign] = count[sign] + 1
  end
  return count
end

--- Names and modes of the files in a folder.
local function listing(folder)
  return process.run({ "find", ".", "-type", "f", "-printf", "%P %m\\n" },
    { cwd = folder }).out
end

local function assert_all_unchanged(outcome)
  assert.equal(0, outcome.code, outcome.err)
  local count = signs(outcome.out)
  assert.same({ 0, 0 }, { count["+"], count["~"] })
  assert(count["="] > 0, outcome.out)
end

describe("mkrun onboard on the sandbox", function()
  it("creates everything, and the second time nothing", function()
    local folder = temp.folder()
    local function onboard()
      return release.run({ "--sandbox=state.json", "onboard", EXAMPLE },
        { cwd = folder })
    end
    local first = onboard()
    assert.equal(0, first.code, first.err)
    assert(signs(first.out)["+"] > 0, first.out)
    assert.matches("evening-news.token 600\n", listing(folder), 1, true)
    assert_all_unchanged(onboard())
  end)

  it("runs by the name of its file too", function()
    local outcome = release.run({ "--sandbox", "onboard.lua", EXAMPLE },
      { cwd = temp.folder() })
    assert.equal(0, outcome.code, outcome.err)
  end)

  it("refuses a wrong SPEC with its pointer, before any request", function()
    local spec = temp.file('{"teams":[{"name":7}]}', "spec.json")
    local outcome = release.run { "--sandbox", "--trace", "onboard", spec }
    assert.equal(2, outcome.code)
    assert.matches("/teams/0/name", outcome.err, 1, true)
    assert.not_matches("GET /api", outcome.err, 1, true)
  end)

  it("fails with its usage line when SPEC is missing", function()
    local outcome = release.run { "--sandbox", "onboard" }
    assert.equal(2, outcome.code)
    assert.matches("usage: mkrun onboard", outcome.err, 1, true)
  end)
end)

--- Checks how many connections a run has opened: one in HTTP/2, and in HTTP/1.1
--- at most as many as tasks run at a time.
local function assert_few(name, count)
  assert(count >= 1 and count <= (name == "h2" and 1 or 16),
    count .. " connections in " .. name)
end

describe("mkrun onboard over HTTPS", function()
  for _, name in ipairs { "h2", "h1" } do
    it("does the same in " .. name, function()
      local api <close> = served.start { token = TOKEN }
      local front <close> = nginx.start {
        front = { cert = "ecdsa", http2 = name == "h2", pass = api.port },
      }
      local folder = temp.folder()
      local function onboard()
        return release.run({ "--cacert", ca.path "ca.pem", "--trace",
          "--base-url", front.url.front, "onboard", EXAMPLE },
          { cwd = folder, env = { MKIO_TOKEN = TOKEN } })
      end

      --- Counts the connections since the last call.
      local before = 0
      local function opened()
        local all = front:connections "front"
        local count = all - before
        before = all
        return count
      end

      local first = onboard()
      assert.equal(0, first.code, first.err)
      assert(signs(first.out)["+"] > 0, first.out)
      assert.matches("evening-news.token 600\n", listing(folder), 1, true)
      local writes = api:writes()
      assert(writes > 0)
      assert_few(name, opened())

      local second = onboard()
      assert_all_unchanged(second)
      assert.equal(writes, api:writes())

      assert_few(name, opened())
      for _, outcome in ipairs { first, second } do
        assert.not_matches(TOKEN, outcome.out .. outcome.err, 1, true)
      end
    end)
  end

  it("sends nothing to a server that it does not trust", function()
    local front <close> = nginx.start()
    local outcome = release.run({ "--base-url", front.url.untrusted,
      "--cacert", ca.path "ca.pem", "onboard", EXAMPLE },
      { cwd = temp.folder(), env = { MKIO_TOKEN = TOKEN } })
    assert.equal(1, outcome.code)
    assert.same({}, front:requests "untrusted")
  end)
end)
