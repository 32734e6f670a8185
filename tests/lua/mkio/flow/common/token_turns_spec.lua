local clock = require "mkrun.clock"
local config = require "mkrun.config"
local json = require "mkrun.json"
local long_wait = require "mkrun.host.long_wait"
local sys = require "mkrun.sys"

local resumed = require "mkio.flow.common.resumed"
local turns = require "mkio.flow.common.token_turns"

local NOW <const> = 1800000000

local function token(id, age)
  return { metadata = { id = id }, spec = { description = "d",
    organizationId = "o", issued = sys.iso8601(NOW - age),
    lastUsed = json.null } }
end

local OLD <const> = token("old", 3600)

describe("mkio.flow.common.token_turns", function()
  local time, told
  before_each(function()
    time, told = 0, {}
    clock.use(function() return NOW + time end)
    long_wait.use { now = function() return time end,
      sleep = function(seconds) time = time + seconds end,
      write = function(text) told[#told + 1] = text end }
  end)
  after_each(function()
    clock.use()
    long_wait.use()
  end)

  it("knows no time of a token where the API gives none", function()
    assert.equal(NOW - 3600, turns.issued(OLD))
    for _, issued in ipairs { "", "soon", 7, true, {}, json.null } do
      assert.equal(0, turns.issued { spec = { issued = issued } })
    end
    assert.equal(0, turns.issued {})
  end)

  --- Waits for a turn; returns how often it looked.
  local function looks(look)
    local count = 0
    turns.await(function()
      count = count + 1
      return look(count)
    end)
    return count
  end

  describe(".await begins at once", function()
    it("where one token is live, or the youngest is old, or stored",
      function()
        for _, case in ipairs { { { OLD } }, { { token("a", 0) } },
          { { token("a", 61), OLD } }, { { token("a", 0), OLD }, true } } do
          assert.equal(1, looks(function() return table.unpack(case) end))
        end
        assert.equal(0, time)
      end)

    it("in a dry run and in a sandbox of its own", function()
      for _, name in ipairs { "dry_run", "sandbox" } do
        local _ <close> = setmetatable({ config[name] },
          { __close = function(was) config[name] = was[1] end })
        config[name] = true
        assert.equal(1, looks(function() return { token("a", 0), OLD } end))
      end
    end)

    it("where the interrupted run has made the youngest", function()
      local real = resumed.has_made
      local _ <close> = setmetatable({},
        { __close = function() resumed.has_made = real end })
      resumed.has_made = function(id) return id == "a" end
      assert.equal(1, looks(function() return { token("a", 0), OLD } end))
      assert.is_true(looks(function()
        return { token("a", 0), token("b", 5), OLD }
      end) > 1)
    end)
  end)

  it(".await looks again until one is left, and says so once", function()
    assert.equal(6, looks(function(count)
      return count == 6 and { token("a", 0) } or { token("a", 0), OLD }
    end))
    assert.same({ "waiting at most 57 s: another run may be about to store a "
      .. "new token 'd'" }, told)
  end)

  it(".await ends when the youngest is a minute old, whatever its date",
    function()
      for _, age in ipairs { 10, -1000 } do
        time = 0
        looks(function() return { token("a", age), OLD } end)
        assert.is_true(time >= 60 - math.max(age, 0) and time < 70)
      end
    end)

  it(".await does not wait for ever", function()
    local ok, problem = pcall(looks, function()
      return { token("t" .. time, -time), OLD }
    end)
    assert.is_false(ok)
    assert.equal("rival", problem.code)
    assert.matches("'d': other runs have been replacing it for 300 s",
      tostring(problem), 1, true)
  end)

  describe(".confirm", function()
    local lists
    before_each(function() lists = 0 end)

    local function confirm(age, ...)
      local live = { ... }
      return pcall(turns.confirm, { find_all = function(_, description, home)
        assert.same({ "d", "o" }, { description, home })
        lists = lists + 1
        return live
      end }, token("a", age), "look there")
    end

    it("asks for nothing if the run was fast", function()
      assert.is_true(confirm(20))
      assert.equal(0, lists)
    end)

    it("is content if no other run has begun since", function()
      assert.is_true(confirm(50, token("a", 50), token("b", 45), OLD))
      assert.equal(1, lists)
    end)

    it("fails if another run has made a token, or revoked this one",
      function()
        for words, live in pairs { ["made b"] = { token("a", 90),
          token("b", 5) }, ["revoked a"] = { OLD } } do
          local ok, problem = confirm(90, table.unpack(live))
          assert.is_false(ok)
          assert.equal("rival", problem.code)
          assert.matches("token 'd': another run has " .. words
            .. " meanwhile, because this one took 90 s", tostring(problem), 1,
            true)
          assert.equal("look there", problem.hint)
        end
      end)
  end)
end)
