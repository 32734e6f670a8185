--- The memory of a long run: what was needed once is enough later on.

local ca = require "tests.support.ca"
local nginx = require "tests.support.nginx"
local release = require "tests.support.release"

--- Runs `work` in rounds of three lots; KB that the process grew by in the
--- second lot and again in the third: what leaks grows in both, a peak that a
--- busy machine brings about comes once.
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
    for n = 1, 12 do
      round()
      collectgarbage()
      if n %% 4 == 0 then sizes[#sizes + 1] = resident() end
    end
    print(math.min(sizes[3] - sizes[2], sizes[2] - sizes[1]))]]):format(work),
    { flags = { "--cacert", ca.path "ca.pem" } })
  assert.equal("", outcome.err)
  return tonumber(outcome.out)
end

describe("the memory of a run", function()
  it("does not grow with the number of tasks and requests", function()
    local server <close> = nginx.start()
    for _, name in ipairs { "plain", "h2_tls13_ecdsa" } do
      local kilobytes = growth(([[
        local http, task = require "mkrun.http", require "mkrun.task"
        task.map(list, function(i)
          if i %% 4 > 0 then return task.sleep(0) end
          assert(assert(http.get %q).status == 200)
        end, { limit = 200 })]]):format(server.url[name] .. "/json"))
      assert(kilobytes < 200, name .. ": " .. kilobytes .. " KB more")
    end
  end)

  it("does not grow with the number of tables", function()
    assert(growth [[
      for i = 1, 300 do
        local t = {}
        for k = 1, 100 + i do t[k] = k end
      end]] < 100)
  end)
end)
