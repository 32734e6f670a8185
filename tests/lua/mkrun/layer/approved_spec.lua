local approved = require "mkrun.layer.approved"
local limit = require "mkrun.layer.rate_limit"
local rates = require "mkrun.layer.rate_tickets"
local sys = require "mkrun.sys"

local BASE <const> = "https://app.mk.io"

--- A run of `total` reads on a clock of its own that begins at `time`; the
--- times at which they were sent.
local function read(time, total, spent, options)
  local sent, clock = {}, sys.monotonic
  -- luacheck: push ignore 122
  sys.monotonic = function() return time end
  local send = limit.new { base_url = BASE, spent = spent,
    max_rate = options and options.max_rate,
    sleep = function(seconds) time = time + seconds end,
  } (function()
    sent[#sent + 1] = time
    return { status = 200 }
  end)
  for _ = 1, total do send { url = BASE .. "/api/v1/organization" } end
  local text = approved.encode { writes = {}, made = {} }
  sys.monotonic = clock
  -- luacheck: pop
  return sent, approved.spent(text)
end

describe("The reads before a question", function()
  it("are of the same minute as those after the answer", function()
    local before, spent = read(1000, 1500)
    assert.equal(1000, before[1500])
    local after = read(1010, 1500, spent)
    assert.equal(1010, after[500])
    assert.is_true(after[501] >= 1060)
    -- who takes long for the answer waits for nothing
    assert.equal(1200, read(1200, 2000, spent)[2000])
  end)

  it("count with --max-rate too", function()
    local before, spent = read(1000, 2, nil, { max_rate = 6 })
    assert.is_true(before[2] >= 1010)
    assert.is_true(read(before[2] + 1, 1, spent, { max_rate = 6 })[1]
      >= before[2] + 10)
  end)

  it("say nothing where another clock counts", function()
    limit.new { base_url = BASE, now = function() return 1 end }
    assert.same({}, approved.spent(approved.encode { writes = {}, made = {} }))
    assert.is_nil(approved.spent "")
  end)
end)

describe("The deletions that were shown", function()
  local MADE <const> = "11111111-1111-4111-8111-111111111111"
  local OTHER <const> = "22222222-2222-4222-8222-222222222222"

  local function passes(made, shown, url)
    local send = approved.new(approved.encode { made = made,
      writes = { { url = BASE .. shown } } }) (function() return "sent" end)
    return (pcall(send, { method = "DELETE", url = BASE .. url }))
  end

  it("may have any id of the server's in place of a made-up one", function()
    local uuid, any = { [MADE] = true }, { [MADE] = "any" }
    assert.is_true(passes(uuid, "/a/" .. MADE, "/a/" .. OTHER))
    assert.is_false(passes(uuid, "/a/" .. MADE, "/a/7"))
    assert.is_true(passes(any, "/a/" .. MADE, "/a/7"))
    assert.is_true(passes(any, "/a-b/" .. MADE .. "/c", "/a-b/x.y/c"))
    assert.is_false(passes(any, "/a/" .. MADE, "/a/7/b"))
    assert.is_false(passes(any, "/a/" .. MADE, "/b/7"))
    assert.is_false(passes({}, "/a/" .. MADE, "/a/" .. OTHER))
  end)
end)

describe("A rate that another process has used", function()
  it("goes on with the slots that are free first", function()
    local now = 100
    local function clock() return now end
    local rate = rates.new { count = 3, window = 60, spent = { 110, 120 } }
    assert.same({ 110, 120 }, rate:spent())
    local waits = {}
    for i = 1, 3 do waits[i] = rate:take(clock):wait() end
    assert.same({ 0, 10, 20 }, waits)
    assert.same({ 130, 140, 150 }, rates.new { count = 3, window = 60,
      spent = { 110, 120, 130, 140, 150 } }:spent())
  end)
end)
