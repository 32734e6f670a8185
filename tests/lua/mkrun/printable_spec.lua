local harmless = require "mkrun.printable"

local NASTY <const> = "née\27[2J\u{9b}1A\127\r\n\tx\0"

describe("mkrun.printable", function()
  it("makes one line without control characters", function()
    assert.equal("née?[2J?1A????x?", harmless.line(NASTY))
  end)

  it("lets no text run from right to left, nor begin a line", function()
    for _, code in ipairs { 0x61C, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A,
      0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069 } do
      local text = "a" .. utf8.char(code) .. "b"
      assert.equal("a?b", harmless.line(text))
      assert.equal("a?b", harmless.lines(text))
    end
    for _, plain in ipairs { "\u{2010}", "\u{2027}", "\u{202F}", "\u{2065}",
      "\u{206A}", "\u{61B}", "\u{61D}", "\u{A0}", "née", "\u{1F600}" } do
      assert.equal(plain, harmless.line(plain))
    end
  end)

  it("takes a byte of C1 for one, unless it is part of a letter", function()
    assert.equal("a?2Jb", harmless.line "a\x9B2Jb")
    assert.equal("\xE9?\xFF?", harmless.line "\xE9\x80\xFF\x9F")
    assert.equal("\u{5B}\u{2DB}?", harmless.line "\u{5B}\u{2DB}\x85")
  end)

  it("redacts a secret with such a character in it", function()
    local kept = require "mkrun.secret".new("canary\0one\ttwo")
    assert.equal("a (secret: secret)", (harmless.line "a canary\0one\ttwo"))
    assert.equal("a (secret: secret)", (harmless.lines "a canary\0one\ttwo"))
    assert.is_not_nil(kept)
  end)

  it("keeps line breaks and tabs where lines are meant", function()
    assert.equal("née?[2J?1A??\n\tx?", harmless.lines(NASTY))
  end)
end)
