--- Text that somebody else chose, on its way to a terminal: it does not move
--- the cursor, nor begin a line of its own, nor run from right to left.
--- Control characters, those of Latin-1 included, also where they are one byte,
--- become "?"; so do those that turn the direction, and line separators.
-- SPDX-License-Identifier: MIT

local M = {}

--- Those above ASCII: C1; U+061C; U+200E, F; U+2028 to 2E; U+2066 to 69.
local WIDE <const> = {
  "\xC2[\x80-\x9F]", "\xD8\x9C", "\xE2\x80[\x8E\x8F\xA8-\xAE]",
  "\xE2\x81[\xA6-\xA9]",
}

--- Bytes of C1 that are part of no character.
local function without_loose(text)
  local at = 1
  while true do
    local whole, bad = utf8.len(text, at)
    if whole then return text end
    local byte = text:byte(bad)
    local mark = byte < 0xA0 and "?" or string.char(byte)
    text = text:sub(1, bad - 1) .. mark .. text:sub(bad + 1)
    at = bad + 1
    if at > #text then return text end
  end
end

local function cleaned(text, controls)
  text = without_loose(text):gsub(controls, "?")
  for _, pattern in ipairs(WIDE) do text = text:gsub(pattern, "?") end
  return text
end

---@param text string
---@return string  in one line
function M.line(text) return cleaned(text, "%c") end

---@param text string
---@return string  line breaks and tabs stay
function M.lines(text) return cleaned(text, "[^%C\t\n]") end

return M
