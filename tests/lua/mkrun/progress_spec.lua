local progress = require "mkrun.progress"

--- A progress that writes into a list.
local function watched(total)
  local written = {}
  local bar = progress.new("inviting", total,
    function(text) written[#written + 1] = text end)
  return bar, written
end

describe("mkrun.progress", function()
  it("rewrites one line, and wipes it at the end", function()
    local bar, written = watched(2)
    bar:step "a@b"
    bar:step "c@d"
    bar:close()
    bar:close()
    assert.same({ "\r\27[Kinviting 1/2 a@b", "\r\27[Kinviting 2/2 c@d",
      "\r\27[K" }, written)
  end)

  it("does not wrap, and does not let a name move the cursor", function()
    local bar, written = watched(1)
    bar:step("\27[2J" .. ("é"):rep(100))
    local line = written[1]:sub(#"\r\27[K" + 1)
    assert.equal(72, utf8.len(line))
    assert.not_matches("\27", line, 1, true)
  end)

  it("writes nothing where nobody watches", function()
    local bar <close> = progress.new("inviting", 1)
    bar:step "a@b"
    assert.is_false(bar.shown)
    assert.equal(1, bar.done)
  end)
end)
