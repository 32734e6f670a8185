local unseen = require "mkrun.unseen"

describe("mkrun.unseen", function()
  it("tells names apart that look the same", function()
    assert.equal("desk[U+200B]", unseen.shown "desk\u{200B}")
    assert.equal("[U+202E]ksed", unseen.shown "\u{202E}ksed")
    assert.equal("a[U+E0041][U+0000]", unseen.shown "a\u{E0041}\0")
  end)

  it("leaves what people see, and line breaks, as they are", function()
    for _, text in ipairs { "", "plain", "a\tb\nc", "é", "漢字", "🎬" } do
      assert.equal(text, unseen.shown(text))
    end
  end)

  it("replaces bytes that are no UTF-8", function()
    assert.equal("a\u{FFFD}b", unseen.shown "a\xFFb")
  end)
end)
