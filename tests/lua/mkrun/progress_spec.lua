local progress = require "mkrun.progress"

local WIPE = "\r\27[K"

--- A progress that writes into a list, and its clock.
local function watched(total, kind)
  local written, time = {}, { now = 0 }
  local bar = progress.new("inviting", total, {
    kind = kind, now = function() return time.now end,
    write = function(text) written[#written + 1] = text end,
  })
  return bar, written, time
end

--- Step to `done` after so many seconds; returns the last line.
local function line_at(total, kind, done, seconds)
  local bar, written, time = watched(total, kind)
  for _ = 2, done do bar:step "a@b" end
  time.now = seconds
  bar:step "c@d"
  return written[#written]:sub(#WIPE + 1)
end

describe("mkrun.progress", function()
  it("rewrites one line, and wipes it at the end", function()
    local bar, written, time = watched(2)
    bar:step "a@b"
    time.now = 1
    bar:step "c@d"
    bar:close()
    bar:close()
    assert.same({ WIPE .. "inviting 1/2, a@b", WIPE .. "inviting 2/2, c@d",
      WIPE }, written)
  end)

  it("rewrites it ten times a second at most", function()
    local bar, written, time = watched(1000)
    for i = 1, 1000 do
      time.now = i / 1000
      bar:step "a@b"
    end
    assert.equal(10, #written)
  end)

  it("tells the rate and the time left", function()
    assert.equal("inviting 100/400, 20/s, 15 s left, c@d",
      line_at(400, nil, 100, 5))
    assert.equal("inviting 3/600, 0.5/s, 19 min 54 s left, c@d",
      line_at(600, nil, 3, 6))
    assert.equal("inviting 20/9000, 2.0/s, 1 h 14 min left, c@d",
      line_at(9000, nil, 20, 10))
  end)

  it("knows that the API's rates take their time", function()
    assert.equal("inviting 1000/10000, 333/s, 9 min 2 s left, c@d",
      line_at(10000, "writes", 1000, 3))
    assert.equal("inviting 1000/10000, 333/s, 3 min 59 s left, c@d",
      line_at(10000, "reads", 1000, 3))
    assert.equal("inviting 500/1000, 100/s, 5 s left, c@d",
      line_at(1000, "writes", 500, 5))
  end)

  it("does not wrap, and does not let a name move the cursor", function()
    local bar, written = watched(1)
    bar:step("\27[2J" .. ("é"):rep(100))
    local line = written[1]:sub(#WIPE + 1)
    assert.equal(72, utf8.len(line))
    assert.not_matches("\27", line, 1, true)
  end)

  it("writes nothing where nobody watches", function()
    local bar <close> = progress.new("inviting", 1)
    bar:step "a@b"
    assert.is_nil(bar.drawn)
    assert.equal(1, bar.done)
  end)
end)
