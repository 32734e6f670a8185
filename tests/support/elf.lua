--- Reads the headers of a program: a 64-bit ELF file, little-endian.  Not every
--- machine has readelf.

local M = {}

---@class tests.Segment
---@field type integer     one of `elf.SEGMENT`
---@field flags integer    sum of `elf.READ`, `elf.WRITE`, `elf.EXECUTE`
---@field offset integer   where it begins in the file, in bytes
---@field address integer  where it begins in memory, beyond the load address
---@field size integer     in memory, in bytes

---@class tests.Section
---@field name string
---@field flags integer  among them `elf.KEPT_WRITABLE` and `elf.CODE`
---@field address integer
---@field offset integer   where it begins in the file, in bytes
---@field size integer

---@class tests.Elf
---@field type integer  2 for a fixed address, 3 for any
---@field machine string?  "x86_64", "aarch64"
---@field segments tests.Segment[]
---@field sections tests.Section[]
---@field dynamic table<integer, integer>  value by tag, of the last such entry

M.ANY_ADDRESS = 3
M.EXECUTE, M.WRITE, M.READ = 1, 2, 4

--- Flags of a section: in memory and writable; with code.
M.KEPT_WRITABLE, M.CODE = 3, 4

local MACHINES <const> = { [62] = "x86_64", [183] = "aarch64" }

M.SEGMENT = { load = 1, dynamic = 2, interpreter = 3, stack = 0x6474e551,
  read_only_later = 0x6474e552 }

M.TAG = { needed = 1, text_relocations = 22, flags = 30,
  flags_1 = 0x6ffffffb }

--- Calls `read` with the position of each entry of a table of headers.
local function each(offset, size, count, read)
  local list = {}
  for i = 1, count do list[i] = read(offset + (i - 1) * size + 1) end
  return list
end

local function segments(text, offset, size, count)
  return each(offset, size, count, function(at)
    local kind, flags, from, address, _, _, length =
      ("<I4I4i8i8i8i8i8"):unpack(text, at)
    return { type = kind, flags = flags, offset = from, address = address,
      size = length }
  end)
end

--- `names` is the number of the section that has the names of all.
local function sections(text, offset, size, count, names)
  local list = each(offset, size, count, function(at)
    local name, _, flags, address, from, length =
      ("<I4I4i8i8i8i8"):unpack(text, at)
    return { name = name, flags = flags, address = address, offset = from,
      size = length }
  end)
  local first = list[names + 1].offset + 1
  for _, section in ipairs(list) do
    section.name = ("z"):unpack(text, first + section.name)
  end
  return list
end

local function dynamic(text, list)
  local values = {}
  for _, segment in ipairs(list) do
    local at = segment.type == M.SEGMENT.dynamic and segment.offset + 1
    while at do
      local tag, value, after = ("<i8i8"):unpack(text, at)
      values[tag] = value
      at = tag ~= 0 and after
    end
  end
  return values
end

--- Parses the bytes of a program.
---@param text string
---@return tests.Elf
function M.parse(text)
  assert(text:sub(1, 6) == "\127ELF\2\1", "64-bit little-endian ELF expected")
  local kind, machine = ("<I2I2"):unpack(text, 17)
  local segments_at, sections_at = ("<i8i8"):unpack(text, 33)
  local segment_size, segment_count, section_size, section_count, names =
    ("<I2I2I2I2I2"):unpack(text, 55)
  local list = segments(text, segments_at, segment_size, segment_count)
  return { type = kind, machine = MACHINES[machine], segments = list,
    dynamic = dynamic(text, list), sections = sections(text, sections_at,
      section_size, section_count, names) }
end

--- Returns the only segment of a type, or nil without one.
---@param elf tests.Elf
---@param kind integer  one of `elf.SEGMENT`
---@return tests.Segment?
function M.segment(elf, kind)
  local found
  for _, segment in ipairs(elf.segments) do
    if segment.type == kind then
      assert(not found, "two segments of one type")
      found = segment
    end
  end
  return found
end

return M
