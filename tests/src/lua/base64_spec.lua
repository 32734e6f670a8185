local base64 = require "mkrun.base64"

local KNOWN <const> = { -- RFC 4648, section 10, and all letters
  [""] = "", f = "Zg==", fo = "Zm8=", foo = "Zm9v", foob = "Zm9vYg==",
  fooba = "Zm9vYmE=", foobar = "Zm9vYmFy", ["\xfb\xff\xbf\0"] = "+/+/AA==",
}

describe("mkrun.base64", function()
  for bytes, text in pairs(KNOWN) do
    it(("has %q for %q"):format(text, bytes), function()
      assert.equal(text, base64.encode(bytes))
      assert.equal(bytes, base64.decode(text))
      assert.equal((text:gsub("[+/=]", { ["+"] = "-", ["/"] = "_",
        ["="] = "" })), base64.encode_url(bytes))
    end)
  end

  it("gives back bytes of every value and count", function()
    local all = {}
    for i = 0, 255 do all[i + 1] = string.char(i) end
    local bytes = table.concat(all)
    for i = 0, #bytes do
      local part = bytes:sub(1, i)
      assert.equal(part, base64.decode(base64.encode(part)))
    end
  end)

  for _, text in ipairs { "Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Zm9v\n",
    "Zm-_", "Zm 9", "=Zm9" } do
    it(("has no bytes for %q"):format(text), function()
      assert.is_nil(base64.decode(text))
    end)
  end
end)
