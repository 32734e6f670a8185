--- Compares e-mail addresses as people type them, and finds the characters in
--- them that nobody sees.
---
--- Two addresses are the same if they differ only in case, and in how accents
--- are written: as one character, or as a letter and a mark.  This holds for
--- Latin, Greek and Cyrillic letters (see `mkrun.composed`).  Other letters are
--- compared byte by byte.
-- SPDX-License-Identifier: MIT

local composed = require "mkrun.composed"

local M = {}

--- The characters that no address may contain: they are invisible, or look like
--- a blank or a hyphen.  Each entry is a code point, or the first and the last
--- of a range.
local HIDDEN <const> = {
  { 0x80, 0xA0 }, { 0xAD }, { 0x34F }, { 0x61C }, { 0x115F, 0x1160 },
  { 0x1680 }, { 0x17B4, 0x17B5 }, { 0x180B, 0x180F }, { 0x2000, 0x200F },
  { 0x2011 }, { 0x2028, 0x202F }, { 0x205F, 0x206F }, { 0x2800 }, { 0x3000 },
  { 0x3164 }, { 0xFE00, 0xFE0F }, { 0xFEFF }, { 0xFFA0 }, { 0xFFF0, 0xFFFB },
  { 0xE0000, 0xE0FFF },
}

--- Names of the hidden characters that people paste most often.
local NAMES <const> = {
  [0xA0] = "a non-breaking blank", [0xAD] = "a soft hyphen",
  [0x200B] = "a blank of no width", [0x200C] = "a non-joiner",
  [0x200D] = "a joiner", [0x200E] = "a left-to-right mark",
  [0x200F] = "a right-to-left mark", [0x2011] = "a non-breaking hyphen",
  [0x202F] = "a narrow non-breaking blank", [0x2060] = "a word joiner",
  [0xFEFF] = "a byte order mark",
}

local function is_hidden(code)
  for _, range in ipairs(HIDDEN) do
    if code < range[1] then return false end
    if code <= (range[2] or range[1]) then return true end
  end
  return false
end

--- Returns the text with each hidden character as "<U+200B>".
local function shown(text)
  local parts = {}
  for _, code in utf8.codes(text) do
    parts[#parts + 1] = is_hidden(code) and ("<U+%04X>"):format(code)
      or utf8.char(code)
  end
  return table.concat(parts)
end

--- Returns a message if a text has a character that nobody sees, or is not
--- UTF-8; else nil.
---@param text string
---@return string? fault  "invisible characters ..."
function M.fault(text)
  if not utf8.len(text) then return "the address is not UTF-8" end
  local place = 0
  for _, code in utf8.codes(text) do
    place = place + 1
    if is_hidden(code) then
      return ("character %d of the address is U+%04X%s, which cannot be seen: "
        .. "'%s'"):format(place, code,
        NAMES[code] and (" (%s)"):format(NAMES[code]) or "", shown(text))
    end
  end
end

--- Returns the text without the characters that nobody sees.
---@param text string
---@return string
function M.visible(text)
  if not utf8.len(text) then return text end
  local parts = {}
  for _, code in utf8.codes(text) do
    if not is_hidden(code) then parts[#parts + 1] = utf8.char(code) end
  end
  return table.concat(parts)
end

-- The key of an address ------------------------------------------------------

--- A text of more bytes is no address, and is not taken apart.
local MOST <const> = 4096

local parts_of -- code point -> letter, mark
local class_of -- mark -> class

local function read_list()
  parts_of, class_of = {}, {}
  for _, entry in ipairs(composed) do
    local mark, class, letters = table.unpack(entry)
    local letter
    class_of[mark] = class
    for _, code in utf8.codes(letters) do
      if letter then parts_of[code] = { letter, mark } end
      letter = not letter and code or nil
    end
  end
end

--- Ranges of capital letters that have no mark: first, last, distance to the
--- small letter.  Without a distance, capital and small letters alternate.
local CAPITALS <const> = {
  { 0x41, 0x5A, 32 }, { 0xC0, 0xD6, 32 }, { 0xD8, 0xDE, 32 },
  { 0x100, 0x137 }, { 0x139, 0x148 }, { 0x14A, 0x177 }, { 0x179, 0x17E },
  { 0x1DE, 0x1EF }, { 0x1F8, 0x21F }, { 0x222, 0x233 },
  { 0x391, 0x3A1, 32 }, { 0x3A3, 0x3AB, 32 }, { 0x400, 0x40F, 80 },
  { 0x410, 0x42F, 32 }, { 0x460, 0x481 }, { 0x48A, 0x4BF }, { 0x4C1, 0x4CE },
  { 0x4D0, 0x52F }, { 0x1E00, 0x1E95 }, { 0x1EA0, 0x1EFF },
}

local FINAL_SIGMA <const>, SIGMA <const> = 0x3C2, 0x3C3

local function small(code)
  if code == FINAL_SIGMA then return SIGMA end
  for _, range in ipairs(CAPITALS) do
    if code < range[1] then return code end
    if code <= range[2] then
      if range[3] then return code + range[3] end
      return (code - range[1]) % 2 == 0 and code + 1 or code
    end
  end
  return code
end

--- Appends a character, taken apart, to a list of code points.
local function append(codes, code)
  local parts = parts_of[code]
  if not parts then
    codes[#codes + 1] = small(code)
    return
  end
  append(codes, parts[1])
  codes[#codes + 1] = parts[2]
end

--- Sorts marks in a row by their class.  Marks of one class keep their order.
local function sort_marks(codes)
  for i = 2, #codes do
    local class, at = class_of[codes[i]], i
    while class and at > 1 and (class_of[codes[at - 1]] or 0) > class do
      codes[at - 1], codes[at] = codes[at], codes[at - 1]
      at = at - 1
    end
  end
end

--- Returns a key that is the same for addresses that are the same.  It is not
--- for people.
---@param text string
---@return string
function M.key(text)
  local is_plain = #text > MOST or not text:find "[\x80-\xFF]"
  if is_plain or not utf8.len(text) then return text:lower() end
  if not parts_of then read_list() end
  local codes = {}
  for _, code in utf8.codes(text) do append(codes, code) end
  sort_marks(codes)
  return utf8.char(table.unpack(codes))
end

return M
