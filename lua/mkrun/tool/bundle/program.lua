--- Adds an archive to a mkrun, and finds the archive of a bundle.  Both are
--- programs in the ELF format.
---
--- The linker has made a program header for the note of src/base/bundle.c.  A
--- bundle uses that header to make the kernel load the archive behind all else.
-- SPDX-License-Identifier: MIT

local M = {}

local HEADER <const> = "<I4I4I8I8I8I8I8I8"
local LOAD <const>, NOTE <const>, READABLE <const> = 1, 4, 4

--- The field p_paddr of the archive's program header: see src/base/bundle.c.
local MARK <const> = ("<I8"):unpack "mkBundle"

local MACHINES <const> = { [62] = "amd64", [183] = "arm64" }

---@class mkrun.Program
---@field architecture "amd64"|"arm64"
---@field bytes string     the program without an archive
---@field slot integer     position, from 0, of the header for the archive
---@field version? string  version of mkrun; nil: the archive knows it
---@field archive? string
---@field end_ integer     first address behind the program in memory
---@field align integer    size of a page, or more

--- Returns a list of the program headers.
local function headers_of(bytes)
  local list, from = {}, (("<I8"):unpack(bytes, 33))
  local size, count = ("<I2I2"):unpack(bytes, 55)
  for i = 0, count - 1 do
    local h = { at = from + i * size }
    h.type, h.flags, h.offset, h.address, h.mark, h.size, h.space, h.align =
      HEADER:unpack(bytes, h.at + 1)
    list[#list + 1] = h
  end
  return list
end

--- Returns the version of mkrun in a segment of notes, or nil.
local function version_in(notes)
  local at = 1
  while at + 12 <= #notes do
    local name_size, size = ("<I4I4"):unpack(notes, at)
    local name = notes:sub(at + 12, at + 11 + name_size)
    at = at + 12 + name_size + -name_size % 4
    local text = notes:sub(at, at + size - 1):match "^1 ([^%z]+)"
    if name == "mkrun\0" and text then return text end
    at = at + size + -size % 4
  end
end

--- Takes what a program header says into the program.
local function take(self, bytes, h)
  if h.type == LOAD and h.mark == MARK then
    self.slot, self.bytes = h.at, bytes:sub(1, h.offset)
    self.archive = bytes:sub(h.offset + 1, h.offset + h.size)
  elseif h.type == LOAD then
    self.end_ = math.max(self.end_, h.address + h.space)
    self.align = math.max(self.align, h.align)
  elseif h.type == NOTE then
    local version = version_in(bytes:sub(h.offset + 1, h.offset + h.size))
    if version then self.slot, self.version = h.at, version end
  end
end

--- Returns true for a tar archive, such as an image of `mkrun bundle`.
local function is_archive(bytes) return bytes:sub(258, 262) == "ustar" end

--- Reads a program.
---@param bytes string
---@return mkrun.Program?
---@return string? message   "is no mkrun ..."
function M.read(bytes)
  local machine = #bytes > 64 and bytes:sub(1, 6) == "\127ELF\2\1"
    and ("<I2"):unpack(bytes, 19)
  local self = { architecture = MACHINES[machine], bytes = bytes, end_ = 0,
    align = 4096 }
  if not self.architecture then
    return nil, is_archive(bytes)
      and "is a container image or another tar archive, and no program"
      or "is no program for Linux on x86-64 or arm64"
  end
  local good, list = pcall(headers_of, bytes)
  for _, h in ipairs(good and list or {}) do take(self, bytes, h) end
  if not self.slot then
    return nil, "is no mkrun, or one that cannot carry a bundle (before 0.2.0)"
  end
  return self
end

--- Returns the program with an archive instead of its own.
---@param self mkrun.Program
---@param archive string
---@return string
function M.join(self, archive)
  local bytes = self.bytes .. ("\0"):rep(-#self.bytes % 16)
  local offset = #bytes
  local address = self.end_ + -self.end_ % self.align + offset % self.align
  local header = HEADER:pack(LOAD, READABLE, offset, address, MARK, #archive,
    #archive, self.align)
  return table.concat { bytes:sub(1, self.slot), header,
    bytes:sub(self.slot + #header + 1), archive }
end

return M
