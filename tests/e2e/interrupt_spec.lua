--- SIGINT and its kin: a clean message and 128 + N, wherever the script is.

local gate = require "tests.support.gate"
local nginx = require "tests.support.nginx"
local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local task = require "mkrun.task"
local temp = require "tests.support.temp"
local unconfined = require "tests.support.unconfined"

--- Runs code, sends SIGINT when it is ready, waits for the end.  Code that says
--- "ready" itself is so from then on, other code from the beginning.
local function interrupt(code)
  local ready = code:find '"ready"' and "" or "print 'ready' "
  local running <close> = release.spawn { "-e",
    "io.stdout:setvbuf 'no' " .. ready .. code }
  process.wait_until("the script", function()
    return running:output():find "ready"
  end)
  running:signal "INT"
  local outcome = running:wait()
  outcome.out = outcome.out:gsub("^ready\n", "")
  return outcome
end

local function ends_clean(code)
  local outcome = interrupt(code)
  assert.equal("mkrun: interrupted\n", outcome.err)
  assert.equal(130, outcome.code)
  return outcome.out
end

describe("SIGINT ends", function()
  for what, code in pairs {
    ["a tight loop"] = "while true do end",
    ["a loop that keeps errors"] =
      "while true do pcall(function() while true do end end) end",
    ["a loop of xpcall"] = "while true do xpcall(error, print, nil) end",
    ["a loop in a coroutine"] =
      "coroutine.wrap(function() while true do end end)()",
    ["a loop in a coroutine whose errors are kept"] = [[
      while true do
        coroutine.resume(coroutine.create(function() while true do end end))
      end]],
    ["a loop in a task"] = [[
      require "mkrun.task".map({ 1, 2 }, function() while true do end end)]],
    ["task.sleep"] = "require 'mkrun.task'.sleep(3600)",
    ["task.sleep in tasks"] = [[
      local task = require "mkrun.task"
      task.map({ 1, 2 }, function() pcall(task.sleep, 3600) end)]],
    ["what a coroutine closes"] = [[
      local c = coroutine.create(function()
        local x <close> = setmetatable({}, { __close = function()
          print "ready"
          while true do end
        end })
        coroutine.yield()
      end)
      coroutine.resume(c)
      pcall(coroutine.close, c)
      while true do end]],
    ["what a cancelled task closes"] = [[
      local task = require "mkrun.task"
      local t = task.spawn(function()
        local x <close> = setmetatable({}, { __close = function()
          print "ready"
          while true do end
        end })
        task.sleep(3600)
      end)
      task.sleep(0)
      pcall(t.cancel, t)
      while true do end]],
    ["a wait for a lock"] = [[
      local sys = require "mkrun.sys"
      local path = os.tmpname()
      local x <close> = setmetatable({}, { __close = function()
        os.remove(path)
      end })
      local held <close> = assert(sys.lock(path))
      sys.lock(path, 3600)
      while true do end]],
    ["a script that waits for a child"] = "io.popen('sleep 1'):read 'a' "
      .. "while true do end",
  } do
    it(what, function() ends_clean(code) end)
  end

  for signal, said in pairs { TERM = "terminated", HUP = "terminal gone" } do
    it("a script as SIG" .. signal .. " does", function()
      local outcome = release.eval(([[
        local x <close> = setmetatable({}, { __close = function()
          print "closed"
        end })
        os.execute "kill -%s $PPID"
        while true do end]]):format(signal))
      assert.same({ signal == "TERM" and 143 or 129, "closed\n",
        "mkrun: " .. said .. "\n" },
        { outcome.code, outcome.out, outcome.err })
    end)
  end

  it("the script together with a child of os.execute", function()
    local outcome =
      release.eval "pcall(os.execute, 'kill -INT $$') print 'never'"
    assert.same({ 130, "", "mkrun: interrupted\n" },
      { outcome.code, outcome.out, outcome.err })
  end)

  it("a request", function()
    local server <close> = nginx.start()
    local held <close> = gate.open(server)
    ends_clean(([[
      local http = require "mkrun.http"
      http.get(%q, { timeout = 3600 })]]):format(server.url.plain .. "/gate"))
    assert.is_not_nil(held)
  end)

  for what, code in pairs {
    ["a tight loop"] = "while true do end",
    ["a command"] = "io.popen('exec sleep 600'):read 'a'",
    ["a task that sleeps"] = "task.spawn(task.sleep, 3600):wait()",
  } do
    it("and what cleans up after " .. what .. " may wait, and fail", function()
      assert.equal("false\tnil\nnil\nfalse\tnil\nfalse\tnil\n"
        .. "false\tnil\ncleaned\n", ends_clean([[
        local task = require "mkrun.task"
        local x <close> = setmetatable({}, { __close = function()
          task.sleep(0.01)
          print(pcall(error))
          print(xpcall(error, print))
          print(coroutine.resume(coroutine.create(error)))
          local failing = task.spawn(error)
          print(pcall(failing.wait, failing))
          print "cleaned"
        end })
        print "ready"
      ]] .. code))
    end)
  end

  it("and what is open is closed", function()
    local folder = temp.folder()
    local out = ends_clean(([[
      local slot <close> = require "mkrun.sys".reserve(%q)
      local x <close> = setmetatable({}, { __close = function()
        for i = 1, 1e5 do x = i end
        print "closed"
      end })
      print "ready"
      pcall(function() while true do end end)
      print "never"]]):format(folder .. "/token"))
    assert.equal("closed\n", out)
    assert.is_nil(temp.read(folder .. "/token"))
  end)

  it("a second time what does not end", function()
    local running <close> = release.spawn { "-e", [[
      io.stdout:setvbuf "no"
      local x <close> = setmetatable({}, { __close = function()
        print "closing"
        while true do end
      end })
      print "ready"
      while true do end]] }
    local function says(word)
      process.wait_until(word, function()
        return running:output():find(word)
      end)
    end
    says "ready"
    running:signal "INT"
    says "closing"
    assert(running:alive())
    process.wait_until("the end", function()
      running:signal "INT"
      return not running:alive()
    end)
    assert.equal(130, running:wait().code)
  end)
end)

describe("a signal during a command", function()
  --- Runs code that starts a command and waits; how it ends after a signal.
  local function ended_by(signal, code)
    local running <close> = release.spawn { "-e",
      "io.stdout:setvbuf 'no' print 'ready' " .. code }
    process.wait_until("the script", function()
      return running:output():find "ready"
    end)
    task.sleep(0.2)
    running:signal(signal)
    return running:wait()
  end

  for what, code in pairs {
    ["os.execute"] = "os.execute 'echo $$; exec sleep 600'",
    ["io.popen, read"] = "io.popen('exec sleep 600'):read 'a'",
    ["io.popen, closed"] = "io.popen('exec sleep 600'):close()",
    ["io.popen, written"] = [[
      local p <close> = io.popen("exec sleep 600", "w")
      p:setvbuf "no"
      p:write(("x"):rep(1e6))]],
  } do
    it("ends the run at once: " .. what, function()
      local outcome = ended_by("TERM", code)
      assert.same({ 143, "mkrun: terminated\n" },
        { outcome.code, outcome.err })
    end)
  end

  it("ends the run when a coroutine is nothing but the command", function()
    local outcome = ended_by("TERM", [[
      coroutine.wrap(os.execute) "exec sleep 600"
      while true do end]])
    assert.same({ 143, "ready\n", "mkrun: terminated\n" },
      { outcome.code, outcome.out, outcome.err })
  end)

  it("does not end the commands that clean up", function()
    local outcome = ended_by("TERM", [[
      local x <close> = setmetatable({}, { __close = function()
        print(os.execute "sleep 0.1; echo executed")
        print(io.popen("sleep 0.1; echo read"):read "l")
      end })
      os.execute "exec sleep 600"]])
    assert.same({ 143, "ready\nexecuted\ntrue\texit\t0\nread\n" },
      { outcome.code, outcome.out })
  end)

  local PIPE <const> = [[
    local x <close> = setmetatable({}, { __close = function()
      print "closed"
    end })
    require "mkrun.secret".new(("x"):rep(1e5)):pipe %q]]

  it("lets one that was given a secret finish", function()
    local outcome = ended_by("TERM", PIPE:format "sleep 0.6; wc -c")
    assert.same({ 143, "ready\nclosed\n", "100000\nmkrun: terminated\n" },
      { outcome.code, outcome.out, outcome.err })
  end)

  it("lets it go on until the second one", function()
    local running <close> = release.spawn { "-e",
      "io.stdout:setvbuf 'no' print 'ready' "
        .. PIPE:format "exec sleep 600" }
    process.wait_until("the script", function()
      return running:output():find "ready"
    end)
    task.sleep(0.2)
    running:signal "TERM"
    task.sleep(0.5)
    assert(running:alive())
    running:signal "TERM"
    assert.equal(143, running:wait(5).code)
  end)
end)

describe("the end of a command is seen where SIGCHLD is", function()
  for what, flag in pairs {
    ignored = "--ignore-signal=CHLD", blocked = "--block-signal=CHLD",
  } do
    it(what, function()
      local outcome = process.run { "env", flag, release.path, "-e", [[
        print(os.execute "sleep 0.1; exit 3")
        print(io.popen("sleep 0.1; exit 4"):close())
        print(require "mkrun.secret".new "hunter2":pipe "cat >&2; exit 5")
        os.execute "trap - CHLD; kill -CHLD $$; echo alive"]] }
      assert.same({ 0, "nil\texit\t3\nnil\texit\t4\n"
        .. "nil\tcat >&2; exit 5: exit status 5\texit\nalive\n" },
        { outcome.code, outcome.out })
    end)
  end
end)

describe("the first process of a container", function()
  local WAY <const> = { "env", "--default-signal", "unshare", "--pid",
    "--fork", "--kill-child" }

  it("ends by the second signal", function()
    if not shell.works(shell.join(WAY) .. " true") then
      pending "needs a PID namespace"
    end
    local words = { table.unpack(WAY) }
    table.move({ release.path, "-e", [[
      io.stdout:setvbuf "no"
      local x <close> = setmetatable({}, { __close = function()
        print "closing"
        while true do end
      end })
      print "ready"
      while true do end]] }, 1, 3, #words + 1, words)
    local running <close> = process.spawn(words)
    local function signal()
      shell.works("kill -TERM $(cat /proc/" .. running.pid .. "/task/"
        .. running.pid .. "/children)")
    end
    for _, word in ipairs { "ready", "closing" } do
      process.wait_until(word, function()
        return running:output():find(word)
      end)
      signal()
      task.sleep(0.3)
    end
    process.wait_until("the end", function() return not running:alive() end)
    assert.equal(143, running:wait().code)
  end)
end)

describe("a signal between the two halves of an invite that is replaced",
  function()
    it("is told of, as the invite is gone", function()
      local folder = temp.folder()
      local function run(...)
        return release.run({ "--sandbox=s", ... }, { cwd = folder })
      end
      assert.equal(0, run("-e", [[
        local org = require "mkio".connect()
        org.teams:ensure("desk", { description = "day" })
        org.teams:ensure("night", { description = "night" })
        org.invites:ensure("guest@partner.example", { comment = "hello",
          teams = { "desk", "night" } })]]).code)
      local outcome = run("-e", [[
        require "mkio.resource.invites".create = function()
          os.execute("kill -TERM " .. require "mkrun.sys".getpid())
          while true do end
        end]], unconfined.copy(folder, "team"), "desk", "--remove",
        "guest@partner.example")
      assert.equal(143, outcome.code)
      assert.matches("mkrun: the invite to 'guest@partner.example' with 'desk' "
        .. "and 'night' may be withdrawn and not sent again", outcome.err, 1,
        true)
    end)
  end)
