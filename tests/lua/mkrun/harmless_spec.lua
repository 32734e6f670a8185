local harmless = require "mkrun.harmless"

local NASTY <const> = "née\27[2J\u{9b}1A\127\r\n\tx\0"

describe("mkrun.harmless", function()
  it("makes one line without control characters", function()
    assert.equal("née?[2J?1A????x?", harmless.line(NASTY))
  end)

  it("keeps line breaks and tabs where lines are meant", function()
    assert.equal("née?[2J?1A??\n\tx?", harmless.lines(NASTY))
  end)
end)
