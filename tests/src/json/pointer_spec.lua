local patch = require "mkrun.patch"

describe("mkrun.patch.parse", function()
  it("splits a pointer into its segments", function()
    for pointer, segments in pairs {
      [""] = {}, ["/"] = { "" }, ["//"] = { "", "" }, ["/a/b"] = { "a", "b" },
      ["/a/"] = { "a", "" }, ["/0/-/01"] = { "0", "-", "01" },
      ["/a~1b/m~0n"] = { "a/b", "m~n" }, ["/~01/~10"] = { "~1", "/0" },
      ["/~0~1"] = { "~/" }, ["/a b/%20"] = { "a b", "%20" },
      ["/\u{e9}/\0"] = { "\u{e9}", "\0" },
    } do
      local parsed = assert(patch.parse(pointer))
      assert.equal(#segments, #parsed)
      for i, segment in ipairs(segments) do
        assert.equal(segment, parsed[i])
      end
      assert.equal(pointer, patch.pointer(parsed))
    end
  end)

  it("refuses text that is no pointer", function()
    for _, text in ipairs { "a", "#", "#/a", " /a", "0", "~0" } do
      local segments, message, code = patch.parse(text)
      assert.is_nil(segments)
      assert.equal(text .. ": pointer without a '/' at its start", message)
      assert.equal("path", code)
    end
    for _, text in ipairs { "/~", "/~2", "/a~", "/~/a", "/a/~01~", "/~~0" } do
      local segments, message = patch.parse(text)
      assert.is_nil(segments)
      assert.equal(text ..
        ": pointer with a '~' that is neither '~0' nor '~1'", message)
    end
  end)

  it("raises on what is no string", function()
    assert.error_matches(function() patch.parse(1) end,
      "bad argument #1 to 'parse' (string expected, got number)",
      1, true)
  end)
end)

describe("mkrun.patch.pointer", function()
  it("joins names and indexes", function()
    assert.equal("", patch.pointer {})
    assert.equal("/", patch.pointer { "" })
    assert.equal("/a~1b/0/m~0n", patch.pointer { "a/b", 0, "m~n" })
  end)

  it("joins many long segments", function()
    local segments = {}
    for i = 1, 2000 do segments[i] = ("~/x"):rep(i % 50) end
    assert.same(segments, { table.unpack(patch.parse(patch.pointer(segments)))
    })
  end)

  it("raises on what is no segment", function()
    assert.error_matches(function() patch.pointer { "a", -1 } end,
      "segment 2: string or index expected, got number", 1, true)
    assert.error_matches(function() patch.pointer { true } end,
      "segment 1: string or index expected, got boolean", 1, true)
    assert.error_matches(function() patch.pointer { 1.5 } end,
      "segment 1: string or index expected, got number", 1, true)
    assert.error_matches(function() patch.pointer "a" end,
      "table expected, got string", 1, true)
    assert.error_matches(function() patch.pointer { a = 1 } end,
      "array with a key that is no index", 1, true)
  end)

  it("leaves its argument alone", function()
    local segments = { 0, "a" }
    patch.pointer(segments)
    assert.equal("integer", math.type(segments[1]))
  end)
end)

describe("mkrun.patch.escape", function()
  it("writes one segment", function()
    assert.equal("", patch.escape "")
    assert.equal("plain", patch.escape "plain")
    assert.equal("~0~1~01", patch.escape "~/~1")
  end)

  it("raises on what is no string", function()
    assert.error_matches(function() patch.escape(1) end,
      "string expected, got number", 1, true)
  end)
end)
