--- The memory of a long run: what was needed once is enough later on.

local ca = require "tests.support.ca"
local nginx = require "tests.support.nginx"
local process = require "tests.support.process"
local release = require "tests.support.release"

local ROUNDS <const>, LOT <const> = 14, 2

--- Runs `work` in lots of rounds; the least KB that the process grew by in a
--- lot, and what it had after each.  What leaks grows in every lot, a peak that
--- a busy machine brings about comes in some.
---@return integer kilobytes
---@return string sizes
local function growth(work)
  local outcome = release.eval(([[
    local function resident()
      for line in io.lines "/proc/self/status" do
        local size = line:match "^VmRSS:%%s+(%%d+) kB"
        if size then return tonumber(size) end
      end
    end
    local list, sizes = {}, {}
    for i = 1, 10000 do list[i] = i end
    local function round() %s end
    for n = 1, %d do
      round()
      collectgarbage()
      if n %% %d == 0 then sizes[#sizes + 1] = resident() end
    end
    local least = math.huge
    for i = 2, #sizes do least = math.min(least, sizes[i] - sizes[i - 1]) end
    print(math.max(least, 0), table.concat(sizes, " "))]])
      :format(work, ROUNDS, LOT),
    { flags = { "--cacert", ca.path "ca.pem" } })
  assert.equal("", outcome.err)
  local least, sizes = outcome.out:match "^(%d+)\t(.*)\n$"
  return tonumber(least), sizes
end

describe("the memory of a run", function()
  it("does not grow with the number of tasks and requests", function()
    local server <close> = nginx.start()
    for _, name in ipairs { "plain", "h2_tls13_ecdsa" } do
      local kilobytes, sizes = growth(([[
        local http, task = require "mkrun.http", require "mkrun.task"
        task.map(list, function(i)
          if i %% 4 > 0 then return task.sleep(0) end
          assert(assert(http.get %q).status == 200)
        end, { limit = 200 })]]):format(server.url[name] .. "/json"))
      assert(kilobytes < 100, name .. ": " .. sizes .. " KB")
    end
  end)

  it("does not grow with the number of tables", function()
    local kilobytes, sizes = growth [[
      for i = 1, 300 do
        local t = {}
        for k = 1, 100 + i do t[k] = k end
      end]]
    assert(kilobytes < 50, sizes .. " KB")
  end)
end)

describe("a run without descriptors", function()
  it("says so, and does not call it memory", function()
    for free = 0, 1 do
      local outcome = process.run { "sh", "-c", ([[
        ulimit -n 14; exec %s -e '
          local open = {}
          while true do
            local file = io.open "/dev/null"
            if not file then break end
            open[#open + 1] = file
          end
          for i = 1, %d do open[i]:close() end
          require "mkrun.http".get "http://127.0.0.1:1/"']])
        :format(release.path, free) }
      assert.equal(1, outcome.code)
      assert.matches("too many open files\n$", outcome.err)
    end
  end)

  it("says so wherever a file is opened", function()
    local outcome = process.run { "sh", "-c", ([[
      ulimit -n 9; exec %s -e '
        local path, open, message = "/dev/null", {}
        repeat
          local file, why = io.open(path)
          open[#open + 1], message = file, why
        until not file
        print(message)
        print((select(2, io.popen "true")))
        print((select(2, require "mkrun.secret".read(path))))
        print(select(2, pcall(dofile, path)))']]):format(release.path) }
    assert.equal("", outcome.err)
    local count = 0
    for line in outcome.out:gmatch "[^\n]+" do
      assert.matches("too many open files$", line)
      count = count + 1
    end
    assert.equal(4, count)
  end)
end)
