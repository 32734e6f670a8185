local before = require "mkrun.journal.before"
local json = require "mkrun.json"
local secret = require "mkrun.secret"
local task = require "mkrun.task"

local BASE <const> = "https://api.test"

--- A `mkrun.Before` over a server that answers each read with its number, and a
--- clock that stands still.
local function world()
  local self = { count = 0, time = 0, token = secret.new "own" }
  local subject = { changes = function() end }
  local befores = before.new(BASE, subject, function() return self.time end)
  local function transport()
    self.count = self.count + 1
    return { status = 200, body = json.encode { number = self.count } }
  end
  local function request(method, path, token)
    return { method = method, url = BASE .. path, token = token or self.token }
  end
  function self.read(path, token)
    local read = request("GET", path, token)
    befores:saw(read, transport(read))
  end
  function self.write(path, token, method)
    local document = befores:of(transport,
      request(method or "PATCH", path, token))
    return document and document.number
  end
  return self
end

describe("mkrun.journal.before", function()
  it("takes what was read right before", function()
    local w = world()
    w.read "/a"
    w.read "/b"
    assert.equal(1, w.write "/a")
    assert.equal(2, w.count)
  end)

  it("takes nothing that was read before another write", function()
    local w = world()
    w.read "/teams/a"
    w.write("/users/1", nil, "DELETE")
    assert.equal(3, w.write "/teams/a")
    w.read "/teams/a"
    w.write("/anything", nil, "POST")
    assert.equal(5, w.write "/teams/a")
  end)

  it("takes the newest answer, and none that is old", function()
    local w = world()
    w.read "/a"
    w.read "/a"
    assert.equal(2, w.write "/a")
    w.read "/a"
    w.time = 60
    assert.equal(4, w.write "/a")
  end)

  it("takes no answer to another token", function()
    local w, other = world(), secret.new "other"
    w.read("/organization", other)
    assert.equal(2, w.write "/organization")
  end)

  it("takes no answer from before the write of another task",
    function()
      local w = world()
      task.all {
        function()
          w.read "/a"
          task.sleep(0)
          task.sleep(0)
          assert.equal(3, w.write "/a")
        end,
        function() assert.equal(2, w.write "/a") end,
      }
      task.map({ "/x", "/y", "/z" }, function(path)
        w.read(path)
        local number = w.count
        task.sleep(0)
        assert.equal(number, w.write(path))
      end)
    end)
end)
