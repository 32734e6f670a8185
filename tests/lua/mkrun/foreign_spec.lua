local foreign = require "mkrun.foreign"

local function page(body, kind)
  return foreign.page { status = 200, body = body,
    headers = { ["content-type"] = kind } }
end

local function redirect(location, status)
  return foreign.redirect { status = status or 302,
    headers = { location = location } }
end

describe("foreign.page", function()
  it("knows a page by its type or its first character", function()
    for _, case in ipairs { { "hello", "text/html; charset=utf-8" },
      { "", "application/xhtml+xml" }, { "<p>x", nil }, { " \n<p>x", "x/y" },
      { "\xEF\xBB\xBF<p>x", "application/json" } } do
      assert.equal("an HTML page", page(table.unpack(case)))
    end
    for _, body in ipairs { "", "{}", "[]", "null", "x<", "\"<\"" } do
      assert.is_nil(page(body, "application/json"))
      assert.is_nil(page(body))
    end
    assert.is_nil(foreign.page { status = 204 })
    assert.equal("an XML document", page "<?xml version='1.0'?><Error/>")
  end)

  it("names its title, cleaned", function()
    for title, shown in pairs {
      ["Sign in"] = "Sign in", ["  a\n\t b "] = "a b",
      ["A &amp; B &lt;C&gt; &#39;D&#39;"] = "A & B <C> 'D'",
      ["\27[31mred\7"] = "?[31mred?", ["\u{202E}x"] = "?x",
      ["<b>bold</b"] = "bold", ["&unknown;"] = "&unknown;",
    } do
      assert.equal(("an HTML page titled '%s'"):format(shown),
        page(("<html><TITLE lang=x>%s</TITLE>"):format(title)))
    end
    assert.equal("an HTML page", page "<title> </title>")
    assert.equal("an HTML page", page "<title>never ends")
    local long = page(("<title>%s</title>"):format(("å"):rep(5000)))
    assert.equal("an HTML page titled '" .. ("å"):rep(59) .. "...'", long)
  end)
end)

describe("foreign.redirect", function()
  it("says where it leads, without what may be secret", function()
    for location, shown in pairs {
      ["https://login.corp.example/sso?state=s&token=t"] =
        "https://login.corp.example/sso",
      ["https://user:word@h.example:8443/a#frag"] = "https://h.example:8443/a",
      ["//user:word@h.example/a?x"] = "//h.example/a",
      ["/login?next=/api"] = "/login", ["https://h\27[m/"] = "https://h?[m/",
      ["https://h/a@b"] = "https://h/a@b",
    } do
      assert.equal(("redirect to %s, which is not followed"):format(shown),
        redirect(location))
    end
    assert.is_true(#redirect("/" .. ("x"):rep(9999)) < 200)
  end)

  it("is nothing else", function()
    assert.is_nil(redirect(nil))
    assert.is_nil(redirect("/x", 201))
    assert.is_nil(redirect("/x", 404))
  end)
end)
