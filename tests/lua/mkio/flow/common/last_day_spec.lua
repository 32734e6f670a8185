local clock = require "mkrun.clock"
local last_day = require "mkio.flow.common.last_day"
local sys = require "mkrun.sys"

--- Sets the time.
local function at(text)
  clock.use(function() return sys.parse_time(text) end)
end

describe("mkio.flow.common.last_day", function()
  after_each(function() clock.use() end)

  it("ends a day at midnight in UTC", function()
    at "2026-12-31T23:59:59Z"
    assert.is_false(last_day.is_past "2026-12-31")
    assert.is_true(last_day.is_past "2026-12-30")
    at "2027-01-01T00:00:00Z"
    assert.is_true(last_day.is_past "2026-12-31")
  end)

  it("is never past without a day", function()
    at "2999-01-01T00:00:00Z"
    assert.is_false(last_day.is_past(nil))
  end)

  it("goes by the server's clock", function()
    at "2026-12-31T12:00:00Z"
    clock.learn("Fri, 01 Jan 2027 00:00:05 GMT", clock.machine(),
      clock.machine())
    assert.is_true(last_day.is_past "2026-12-31")
  end)

  it("says how far away a day is", function()
    at "2026-12-31T12:00:00Z"
    assert.equal("today", last_day.distance "2026-12-31")
    assert.equal("in 1 day", last_day.distance "2027-01-01")
    assert.equal("in 31 days", last_day.distance "2027-01-31")
  end)

  it("counts the days that are left after today", function()
    at "2026-12-31T12:00:00Z"
    assert.equal(0, last_day.days_left "2026-12-31")
    assert.equal(1, last_day.days_left "2027-01-01")
    assert.equal(-1, last_day.days_left "2026-12-30")
  end)
end)
