local html = require "mkrun.page.html"

describe("mkrun.page.html", function()
  it("escapes every character that means something in HTML", function()
    assert.equal("&lt;/script&gt;&amp;&quot;&#39;`|@all",
      html.escape "</script>&\"'`|@all")
    assert.equal("12", html.escape(12))
  end)

  it("shows what nobody sees by its number", function()
    for text, shown in pairs {
      ["a\0b"] = "a[U+0000]b", ["\u{202E}gpj"] = "[U+202E]gpj",
      ["\u{200B}"] = "[U+200B]", ["\u{2028}\u{2029}"] = "[U+2028][U+2029]",
      ["\u{AD}"] = "[U+00AD]", ["\u{85}"] = "[U+0085]", ["\27"] = "[U+001B]",
      ["\u{FEFF}"] = "[U+FEFF]", ["\u{E0041}"] = "[U+E0041]",
      ["\u{61C}\u{180E}"] = "[U+061C][U+180E]",
      ["\u{34F}\u{3164}\u{2800}"] = "[U+034F][U+3164][U+2800]",
      ["\127"] = "[U+007F]",
    } do
      assert.equal(shown, html.shown(text))
    end
  end)

  it("leaves what people see as it is", function()
    for _, text in ipairs { "", "plain", "a\tb\nc", "é ü ñ", "漢字", "🎬",
      "\u{A0}", "\u{200}", "\u{2010}–\u{2014}", "\u{3000}" } do
      assert.equal(text, html.shown(text))
    end
  end)

  it("replaces bytes that are no UTF-8", function()
    assert.equal("a\u{FFFD}b\u{FFFD}\u{FFFD}", html.shown "a\xFFb\xC3\xE2")
    assert.equal("\u{FFFD}<", html.shown "\xE2<")
  end)

  it("makes elements whose texts are data", function()
    assert.equal('<td class="&quot;&gt;" hidden>&lt;b&gt;<i>&amp;</i>7</td>',
      html.text(html.tag("td", { class = '">', hidden = true, title = false },
        "<b>", html.tag("i", {}, "&"), 7)))
    assert.equal('<input type="search">',
      html.text(html.tag("input", { type = "search" })))
  end)

  it("takes HTML from its own functions only", function()
    assert.equal("&lt;b&gt;", html.text "<b>")
    assert.equal("<b>", html.text(html.raw "<b>"))
    assert.error(function() html.text({ text = "<b>" }) end)
  end)
end)
