local markdown = require "mkrun.markdown"

--- Texts that do something in Markdown, on GitHub or on GitLab.
local LIVE <const> = {
  "a|b", "`a`", "``a` b", "a\\", "a\\|b", "\\`", "a\nb", "# a", "- a",
  "<script>alert(1)</script>", "</code><img src=x onerror=y>", "<!-- a",
  "@all", "@octo/team", "a@b.example", "|a@b.example", "#12", "GH-12", "!12",
  "org/repo#12", "deadbeef", "4f2ad01be5", "[a](http://x.example)",
  "![a](http://x.example/a.png)", "https://x.example", "`https://x.example",
  "www.x.example", "*a*", "_a_", "~~a~~", "&lt;", "$a$", "$`a`$", ":smile:",
  "\u{202E}a", "a\u{2066}b", "a\27[2Jb", "a\u{2028}b", "\r\n| x |", " ", "",
}

--- Raises unless `text` is one code span, or one element `<code>` in which all
--- but letters, digits, blanks and UTF-8 is a character reference.
local function check_span(text, original)
  local span = text:match "^`([^`]+)`$"
  if span then return assert.is_nil(span:find "[|\\$%c]", original) end
  local inner = assert(text:match "^<code>(.*)</code>$", original)
  inner = inner:gsub("&#%d+;", "")
  assert.is_nil(inner:find "[%p%c]", original)
end

describe("mkrun.markdown", function()
  it("makes a stranger's text a span of text", function()
    for _, text in ipairs(LIVE) do
      check_span(markdown.text(text), text)
      check_span(markdown.code(text), text)
      check_span(markdown.html(text), text)
    end
  end)

  it("leaves words as they are", function()
    assert.equal("created", markdown.text "created")
    assert.equal("webhook rule", markdown.text "webhook rule")
    assert.equal("`night-desk`", markdown.text "night-desk")
    assert.equal("`née`", markdown.text "née")
  end)

  it("keeps what the text says", function()
    assert.equal("<code>a&#124;b</code>", markdown.code "a|b")
    assert.equal("<code>&#64;&#8203;a&#96;</code>", markdown.code "@a`")
    assert.equal("`@all <b> #1`", markdown.code "@all <b> #1")
    assert.equal("`a?b`", markdown.code "a\nb")
  end)

  it("shows what nobody can see by its number", function()
    assert.equal("`[U+001B][2J[U+202E]`", markdown.code "\27[2J\u{202E}")
    assert.equal("`Every[U+200B]one`", markdown.text "Every\u{200B}one")
    assert.equal("<code>a&#91;U&#43;E0041&#93;</code>",
      markdown.html "a\u{E0041}")
    assert.equal("+ a: [U+FEFF]", markdown.line "+ a: \u{FEFF}")
  end)

  it("writes a table", function()
    assert.equal("| A | B |\n| --- | ---: |\n| x | 1 |\n",
      markdown.table({ "A", "B" }, { { "x", "1" } }, { [2] = true }))
  end)

  it("cuts a table to its room, and says how many rows are left out",
    function()
      local rows = {}
      for i = 1, 1000 do rows[i] = { ("x"):rep(i % 50), "y" } end
      local whole = markdown.table({ "A", "B" }, rows)
      for room = 200, #whole + 10, 997 do
        local text = markdown.table({ "A", "B" }, rows, nil, room)
        assert.is_true(#text <= room or #text == #whole)
        local _, lines = text:gsub("\n| x*%s?| y |", "")
        local left = text:match "\n_(%d+) of 1000 rows left out"
        assert.equal(1000, lines + (tonumber(left) or 0))
      end
      assert.equal(whole, markdown.table({ "A", "B" }, rows, nil, #whole))
    end)
end)
