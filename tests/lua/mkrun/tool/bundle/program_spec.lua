local program = require "mkrun.tool.bundle.program"
local release = require "tests.support.release"
local sys = require "mkrun.sys"

local own = assert(sys.read(release.file))

local function fault(bytes)
  local base, message = program.read(bytes)
  assert.is_nil(base)
  return message
end

describe("mkrun.tool.bundle.program", function()
  it("recognizes mkrun", function()
    local base = assert(program.read(own))
    assert.matches("^%d+%.%d+%.%d+", base.version)
    assert.is_nil(base.archive)
    assert.equal(own, base.bytes)
  end)

  it("finds the archive that it added", function()
    local bundle = program.read(program.join(program.read(own), "archive"))
    assert.equal("archive", bundle.archive)
    assert.equal(own, bundle.bytes:sub(1, bundle.slot)
      .. own:sub(bundle.slot + 1, bundle.slot + 56)
      .. bundle.bytes:sub(bundle.slot + 57, #own))
  end)

  it("replaces the archive of a bundle", function()
    local base = program.read(own)
    local first = program.read(program.join(base, ("long "):rep(9999)))
    assert.equal(program.join(base, "other"), program.join(first, "other"))
  end)

  it("puts the archive behind all else in memory", function()
    local base = program.read(own)
    for _, more in ipairs { 0, 1, 15, 4096, 65536 } do
      local bytes = program.join({ bytes = own .. ("x"):rep(more),
        slot = base.slot, end_ = base.end_, align = 65536 }, "archive")
      local _, _, offset, address = ("<I4I4I8I8"):unpack(bytes, base.slot + 1)
      assert.truthy(address >= base.end_)
      assert.equal(offset % 65536, address % 65536)
    end
  end)

  for what, bytes in pairs {
    ["nothing"] = "", ["a text"] = ("text"):rep(99),
    ["32 bits"] = "\127ELF\1" .. own:sub(6),
    ["another machine"] = own:sub(1, 18) .. "\3\0" .. own:sub(21),
  } do
    it("refuses " .. what, function()
      assert.equal("is no program for Linux on x86-64 or arm64", fault(bytes))
    end)
  end

  it("refuses programs that are no mkrun, and damaged ones", function()
    local words = "is no mkrun, or one that cannot carry a bundle "
      .. "(before 0.2.0)"
    assert.equal(words, fault((own:gsub("mkrun%z%z%z1 ", "other\0\0\0001 "))))
    for _, size in ipairs { 65, 100, 400 } do
      assert.equal(words, fault(own:sub(1, size)))
    end
    assert.equal(words, fault(own:sub(1, 32) .. ("\255"):rep(8)
      .. own:sub(41)))
  end)
end)
