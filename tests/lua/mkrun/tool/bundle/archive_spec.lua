local archive = require "mkrun.tool.bundle.archive"

local ENTRIES <const> = {
  { kind = "f", name = "./flow", path = "flow", bytes = "print 'x'\0" },
  { kind = "m", name = "a.b", path = "a/b.lua", bytes = "" },
  { kind = "d", name = "Blätter/x y", path = "Blätter/x y",
    bytes = ("\255\0"):rep(70000) },
  { kind = "v", name = "0.2.0", path = "", bytes = "" },
}

describe("mkrun.tool.bundle.archive", function()
  it("gives back what it packed", function()
    assert.same(ENTRIES, archive.unpack(archive.pack(ENTRIES)))
    assert.same({}, archive.unpack(archive.pack {}))
  end)

  it("notices each change and each cut", function()
    local bytes = archive.pack { ENTRIES[1], ENTRIES[4] }
    for at = 1, #bytes do
      assert.is_nil(archive.unpack(bytes:sub(1, at - 1)))
      local changed = string.char(bytes:byte(at) ~ 1)
      assert.is_nil(archive.unpack(bytes:sub(1, at - 1) .. changed
        .. bytes:sub(at + 1)))
    end
    assert.is_nil(archive.unpack(bytes .. "\0"))
  end)
end)
