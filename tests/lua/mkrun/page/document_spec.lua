local base64 = require "mkrun.base64"
local document = require "mkrun.page.document"
local html = require "mkrun.page.html"
local json = require "mkrun.json"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local END <const> = "</script>"
local NASTY <const> = { END, "<!--", "<script", "]]>", "&amp;", "\u{2028}",
  "\u{2029}", "\0", "'\"`|@all" }

local function page(data)
  return document.render { title = "<T>", body = html.tag("p", {}, "x"),
    data = data }
end

local function block_of(text)
  return text:match '<script type="application/json" id="data">(.-)</script>'
end

--- Returns "'sha256-...'" of the bytes between two texts.
local function digest(text, from, to)
  local _, first = text:find(from, 1, true)
  local inner = text:sub(first + 1, text:find(to, first, true) - 1)
  local bytes = sys.sha256(inner):gsub("%x%x", function(byte)
    return string.char(tonumber(byte, 16))
  end)
  return "&#39;sha256-" .. base64.encode(bytes) .. "&#39;"
end

describe("a page", function()
  it("has the data of its JSON, whatever is in them", function()
    local data = { list = json.array(NASTY), [END] = END, n = json.null }
    assert.same(data, json.decode(block_of(page(data))))
  end)

  it("has nothing in its data that could end the block", function()
    local block = block_of(page(json.array(NASTY)))
    for _, text in ipairs { "<", ">", "&", "\u{2028}", "\u{2029}", "\0" } do
      assert.is_nil(block:find(text, 1, true))
    end
  end)

  it("hides secrets, whatever their characters become", function()
    local word = "five<&'\"\u{202E}\u{2028}six"
    local hidden <close> = secret.new(word, "x")
    local text = document.render { title = word, data = { word },
      body = html.tag("p", { title = word }, word) }
    assert.same({ "(secret: x)" }, json.decode(block_of(text)))
    assert.is_nil(text:find("five", 1, true))
    local _, count = text:gsub("%(secret: x%)", "")
    assert.equal(4, count)
    assert.is_userdata(hidden)
  end)

  it("allows its own style and script and nothing else", function()
    local text = page { 1 }
    local policy = text:match 'content="(default%-src [^"]*)"'
    assert.equal("default-src &#39;none&#39;; style-src "
      .. digest(text, "<style>", "</style>") .. "; script-src "
      .. digest(text, "\n<script>", "</script>") .. "; base-uri &#39;none&#39;;"
      .. " form-action &#39;none&#39;", policy)
    assert.is_true(text:find("Content-Security-Policy", 1, true)
      < text:find("<style>", 1, true))
  end)

  it("names no other place", function()
    local text = page { 1 }
    assert.is_nil(text:find "https?://")
    assert.is_nil(text:find "[%s\"']src=")
    assert.is_nil(text:find "href=")
    assert.is_nil(text:find("url(", 1, true))
    assert.is_nil(text:find("@import", 1, true))
    assert.is_nil(text:find "<[^>]* on%a+=")
  end)

  it("escapes its title, and has no data block without data", function()
    local text = page()
    assert.matches("<title>&lt;T&gt;</title>", text, 1, true)
    assert.is_nil(block_of(text))
  end)

  it("refuses a file that is not embedded", function()
    assert.error_matches(function()
      document.render { title = "", body = html.raw "", scripts = { "x.js" } }
    end, "no file 'x.js' is embedded")
  end)
end)

describe("the scripts of pages", function()
  local names = {}
  for _, name in ipairs(sys.builtins()) do
    if name:find "%.js$" then names[#names + 1] = name end
  end

  it("make elements from text, never from HTML", function()
    assert.is_true(#names > 5)
    for _, name in ipairs(names) do
      local text = sys.builtin(name)
      for _, word in ipairs { "innerHTML", "outerHTML", "insertAdjacentHTML",
        "document.write", "eval(", "Function(", "setHTML", "DOMParser",
        "createContextualFragment", "srcdoc", "fetch(", "XMLHttpRequest",
        "import(", "WebSocket", "sendBeacon", "localStorage", "</" } do
        assert.is_nil(text:find(word, 1, true), name .. ": " .. word)
      end
    end
  end)

  it("are embedded without comments and indentation", function()
    for _, name in ipairs(names) do
      local text = sys.builtin(name)
      assert.is_nil(("\n" .. text):find "\n%s*//")
      assert.is_nil(("\n" .. text):find "\n[ \t]")
    end
    assert.is_nil(sys.builtin "mkrun/page/page.css":find("/*", 1, true))
  end)
end)
