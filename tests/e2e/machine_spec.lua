--- For which machine the release binary is, and what of it TLS makes use of.

local elf = require "tests.support.elf"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

--- Instructions that TLS is slow without, as bytes of x86-64 and as numbers of
--- aarch64 without the numbers of registers.
local INSTRUCTIONS <const> = {
  x86_64 = { AESENC = "\x66\x0f\x38\xdc", PCLMULQDQ = "\x66\x0f\x3a\x44" },
  aarch64 = { AESE = 0x4e284800, PMULL = 0x0ee0e000, SHA256H = 0x5e004000,
    SHA512H = 0xce608000 },
}

--- aarch64: which bits say neither of the two nor of three registers.
local OF_TWO <const>, OF_THREE <const> = 0xfffffc00, 0xffe0fc00

local function code(text, program)
  for _, section in ipairs(program.sections) do
    if section.name == ".text" then
      return text:sub(section.offset + 1, section.offset + section.size)
    end
  end
  error "no .text"
end

--- Returns the instructions of aarch64 code as a set, without their registers.
local function kinds(bytes)
  local set = {}
  for at = 1, #bytes - 3, 4 do
    local word = ("<I4"):unpack(bytes, at)
    set[word & OF_TWO], set[word & OF_THREE] = true, true
  end
  return set
end

describe("The machine of the release binary", function()
  local text = temp.read(release.file)
  local program = elf.parse(text)

  it("is the one that it is made for", function()
    local emulated = release.emulator
      and release.emulator:match "qemu%-([%w_]+)"
    assert.equal(emulated or shell.output "uname -m", program.machine)
  end)

  it("encrypts and hashes for TLS by its own instructions", function()
    local bytes = code(text, program)
    local set = program.machine == "aarch64" and kinds(bytes)
    for name, pattern in pairs(INSTRUCTIONS[program.machine]) do
      assert(set and set[pattern] or not set and bytes:find(pattern, 1, true),
        "no " .. name)
    end
  end)
end)
