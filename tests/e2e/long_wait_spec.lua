--- Long waits against a server on loopback: what a user reads on stderr.
---
--- @seconds 20

local release = require "tests.support.release"
local served = require "tests.support.served"

local TOKEN <const> = "Wa1t"

local SIXTEEN <const> = [[
  local org, task = require "mkio".connect {}, require "mkrun.task"
  local numbers = {}
  for i = 1, 16 do numbers[i] = i end
  task.map(numbers, function() org:get() end)
  task.sleep(2.5)
  print "done"]]

--- Answers each of the first `times` requests with this status.
local function refusing(server, times, status, seconds)
  server:faults { rules = { { path = "/api/*", times = times,
    faults = { { status = status, retryAfter = seconds } } } } }
end

local function run(server, code, ...)
  return release.eval(code, { flags = { "--base-url", server.url, ... },
    env = { MKIO_TOKEN = TOKEN } })
end

describe("A wait for Retry-After", function()
  it("is one line for 16 tasks, and none for the script's own sleep",
    function()
      local server <close> = served.start { token = TOKEN }
      refusing(server, 16, 503, 4)
      local outcome = run(server, SIXTEEN)
      assert.equal("done\n", outcome.out, outcome.err)
      assert.matches("^mkrun: waiting %d s: the server asks for that with "
        .. "Retry%-After %(503%)\n$", outcome.err)
    end)

  it("is not told twice by --trace", function()
    local server <close> = served.start { token = TOKEN }
    refusing(server, 16, 503, 3)
    local outcome = run(server, SIXTEEN, "--trace")
    assert.equal("done\n", outcome.out, outcome.err)
    assert.not_matches("waiting", outcome.err, 1, true)
    assert.matches("503, attempt 2 in 3.", outcome.err, 1, true)
  end)

  it("is not begun when it is too long, and the message says how long",
    function()
      for _, status in ipairs { 429, 503 } do
        local server <close> = served.start { token = TOKEN }
        refusing(server, 1, status, 7200)
        local outcome = run(server, 'require "mkio".connect({}):get()')
        assert.equal(1, outcome.code)
        assert.equal(1, #server:requests())
        assert.matches("the server asks to wait 7200 s (Retry-After), which "
          .. "is longer than mkrun waits", outcome.err, 1, true)
      end
    end)
end)

describe("A run on the sandbox's clock", function()
  it("tells of no wait", function()
    local outcome = release.run { "--sandbox", "--max-rate", "6", "-e",
      [[for _ = 1, 5 do require "mkio".connect({}):get() end print "done"]] }
    assert.same({ code = 0, out = "done\n", err = "" }, outcome)
  end)
end)

describe("A wait for another run's token", function()
  it("is one line", function()
    local outcome = release.eval([[
      local task, token_file = require "mkrun.task",
        require "mkio.resource.token_file"
      local path = os.tmpname()
      local lock = token_file.lock(path)
      local other = task.spawn(function()
        local own <close>, has_waited = token_file.lock(path)
        print(has_waited)
      end)
      task.sleep(3)
      lock:close()
      other:wait()
      os.remove(path)]])
    assert.equal("true\n", outcome.out, outcome.err)
    assert.matches("^mkrun: waiting at most %d+ s: another run replaces the "
      .. "token in [^\n]*\n$", outcome.err)
  end)
end)
