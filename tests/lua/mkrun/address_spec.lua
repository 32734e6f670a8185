local address = require "mkrun.address"

local function same(a, b) return address.key(a) == address.key(b) end

--- Marks that are typed after their letter.
local GRAVE <const>, ACUTE <const>, RING <const> = "\u{300}", "\u{301}",
  "\u{30A}"

describe("address.key", function()
  it("is the same whatever the case", function()
    for a, b in pairs { ["Kari@X.Example"] = "kARI@x.eXAMPLE",
      ["ØYVIND@x"] = "øyvind@x", ["ÅSE@x"] = "åse@x", ["ŁÓDŹ@x"] = "łódź@x",
      ["ČAPEK@x"] = "čapek@x", ["ΝΊΚΟΣ@x"] = "νίκος@x",
      ["ЙОСИФ@x"] = "йосиф@x", ["ЁЖ@x"] = "ёж@x", ["ŽŸ@x"] = "žÿ@x",
      ["ẤǍ@x"] = "ấǎ@x" } do
      assert.equal(address.key(a), address.key(b))
    end
  end)

  it("is the same whether an accent is a character or a mark", function()
    for a, b in pairs { ["jos\u{E9}@x"] = "jose" .. ACUTE .. "@x",
      ["\u{C5}se@x"] = "A" .. RING .. "se@x",
      ["\u{C5}SE@x"] = "a" .. RING .. "se@x",
      ["\u{439}@x"] = "\u{438}\u{306}@x", ["\u{3AC}@x"] = "\u{3B1}\u{301}@x",
    } do
      assert.is_true(same(a, b), a)
    end
  end)

  it("is the same in whatever order marks of two classes stand", function()
    local typed = { "\u{1EC7}@x", "\u{EA}\u{323}@x", "\u{1EB9}\u{302}@x",
      "e\u{302}\u{323}@x", "e\u{323}\u{302}@x", "E\u{323}\u{302}@x" }
    for _, text in ipairs(typed) do assert.is_true(same(typed[1], text)) end
    assert.is_false(same("a" .. ACUTE .. GRAVE, "a" .. GRAVE .. ACUTE))
  end)

  it("differs for other addresses", function()
    for a, b in pairs { ["jose@x"] = "jos\u{E9}@x", ["ase@x"] = "\u{E5}se@x",
      ["a@x"] = "b@x", ["\u{E8}@x"] = "\u{E9}@x",
      ["\u{438}@x"] = "\u{439}@x", ["a@x\xFF"] = "a@x\xFE" } do
      assert.is_false(same(a, b), a)
    end
  end)

  it("is there for any text", function()
    for _, text in ipairs { "", "\xFF\xC3", "\u{301}", "\0", ("é"):rep(1e6),
      ("\u{301}\u{323}"):rep(1000) } do
      assert.is_string(address.key(text))
    end
    assert.is_false(same("", "\u{301}"))
  end)
end)

describe("address.fault", function()
  it("finds each character that nobody sees, and says where", function()
    for code, name in pairs { [0xA0] = " (a non-breaking blank)",
      [0xAD] = " (a soft hyphen)", [0x200B] = " (a blank of no width)",
      [0x2011] = " (a non-breaking hyphen)", [0xFEFF] = " (a byte order mark)",
      [0x202E] = "", [0x3000] = "", [0xE0041] = "", [0x85] = "", [0xFE0F] = "",
    } do
      local text = "ø" .. utf8.char(code) .. "a@x.example"
      assert.equal(("character 2 of the address is U+%04X%s, which cannot be "
        .. "seen: 'ø<U+%04X>a@x.example'"):format(code, name, code),
        address.fault(text))
    end
  end)

  it("finds them at each place", function()
    for _, text in ipairs { "\u{A0}a@x", "a\u{A0}@x", "a@\u{A0}x", "a@x\u{A0}",
      "\u{A0}" } do
      local at = utf8.len(text:match "^(.-)\u{A0}") + 1
      assert.matches(("^character %d of "):format(at), address.fault(text))
    end
  end)

  it("refuses what is not UTF-8", function()
    assert.equal("the address is not UTF-8", address.fault "a\xE9@x")
  end)

  it("leaves letters, marks and emoji alone", function()
    for _, text in ipairs { "kari@x.example", "øyvind@x", "jose" .. ACUTE,
      "名前@例え.jp", "\u{1F600}@x", "a-b_c+d@x", "" } do
      assert.is_nil(address.fault(text))
    end
  end)
end)
