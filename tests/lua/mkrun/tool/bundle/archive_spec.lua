local archive = require "mkrun.tool.bundle.archive"
local sys = require "mkrun.sys"

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
  end)

  it("gives back nothing without a flow and a version", function()
    for _, entries in ipairs { {}, { ENTRIES[1] }, { ENTRIES[4] },
      { ENTRIES[3], ENTRIES[1], ENTRIES[4] } } do
      assert.is_nil(archive.unpack(archive.pack(entries)))
    end
  end)

  it("gives back nothing if a text is longer than the archive", function()
    local bytes = archive.pack { ENTRIES[1], ENTRIES[4] }
    local content = bytes:sub(48)
    for _, at in ipairs { 2, 14, 23 } do
      local long = content:sub(1, at - 1) .. "\xff\xff\xff\x7f"
        .. content:sub(at + 4)
      local sum = sys.sha256(long):gsub("%x%x", function(byte)
        return string.char(tonumber(byte, 16))
      end)
      assert.is_nil(archive.unpack(bytes:sub(1, 15) .. sum .. long))
    end
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
