local clock = require "mkrun.clock"
local layer = require "mkrun.layer.clock"

local NOW <const> = 1770112800 -- 2026-02-03T10:00:00Z
local DATE <const> = "Tue, 03 Feb 2026 10:00:00 GMT"
local BASE <const> = "https://app.mk.io"
local DAY <const> = 24 * 60 * 60

describe("mkrun.layer.clock", function()
  local machine, notes
  before_each(function()
    machine, notes = NOW, {}
    clock.use(function() return machine end)
  end)
  after_each(function() clock.use() end)

  --- Ask for something that takes so many seconds; what the clock says then.
  local function ask(headers, url, seconds)
    local transport = layer.new { base_url = BASE, note = function(text)
      notes[#notes + 1] = text
    end } (function()
      machine = machine + (seconds or 0)
      return { status = 200, headers = headers, body = "" }
    end)
    assert.equal(200, transport({ url = url or BASE .. "/api" }).status)
    return clock.now() - NOW
  end

  it("takes the server's time for the time", function()
    for _, days in ipairs { 15, -15 } do
      machine = NOW + days * DAY
      assert.is_true(math.abs(ask { date = DATE }) <= 1)
      machine = machine + 60
      assert.is_true(math.abs(clock.now() - NOW - 60) <= 1)
    end
    assert.equal(2, #notes)
  end)

  it("leaves a clock alone that may be right", function()
    assert.equal(0, ask { date = DATE })
    machine = NOW - 20
    assert.equal(0, ask({ date = DATE }, nil, 20))
    machine = NOW - 20
    assert.equal(20, ask({ date = DATE }, nil, 40))
    assert.same({}, notes)
  end)

  it("says once that clocks differ, and only by more than two minutes",
    function()
      local transport = layer.new { base_url = BASE, note = function(text)
        notes[#notes + 1] = text
      end } (function()
        return { status = 200, headers = { date = DATE }, body = "" }
      end)
      for _, ahead in ipairs { 119, -119, 130, 500, -500 } do
        machine = NOW + ahead
        transport { url = BASE .. "/api" }
      end
      assert.same({ "the clock of this machine is 2 minutes ahead of the "
        .. "server's: mkrun compares expiry dates with the server's" }, notes)
    end)

  it("goes by this machine's clock where no date can be read", function()
    machine = NOW + 15 * DAY
    for _, date in ipairs { "", "yesterday", "0", DATE .. ", " .. DATE } do
      assert.equal(15 * DAY, ask { date = date })
    end
    assert.equal(15 * DAY, ask {})
    assert.equal(15 * DAY, ask(nil))
    assert.is_nil(clock.ahead())
  end)

  it("believes neither a cache nor another server", function()
    machine = NOW + 15 * DAY
    assert.equal(15 * DAY, ask { date = DATE, age = "100" })
    for _, url in ipairs { "https://other.example/", BASE .. ".evil/",
      BASE .. "0/", "http://app.mk.io/" } do
      assert.equal(15 * DAY, ask({ date = DATE }, url))
    end
    assert.same({}, notes)
  end)
end)
