--- Makes a stranger's text safe to print on a terminal.  The text then cannot
--- move the cursor, begin a new line, or change the reading direction.  Control
--- characters, line separators and the characters that set the reading
--- direction become "?".  Every module that prints a text from the API calls
--- this module.
-- SPDX-License-Identifier: MIT

local secret = require "mkrun.secret"

local M = {}

--- The characters above ASCII that become "?": U+0080 to U+009F (C1 control
--- characters), U+061C, U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069.
local WIDE <const> = {
  "\xC2[\x80-\x9F]", "\xD8\x9C", "\xE2\x80[\x8E\x8F\xA8-\xAE]",
  "\xE2\x81[\xA6-\xA9]",
}

--- Replaces by "?" each byte below A0 that is not part of a UTF-8 character.
--- Some terminals read such bytes as control characters.
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

--- A secret is redacted first: with a character replaced it is not found.
local function cleaned(text, controls)
  text = without_loose(secret.redact(text)):gsub(controls, "?")
  for _, pattern in ipairs(WIDE) do text = text:gsub(pattern, "?") end
  return text
end

--- Makes a text safe to print on one line.  Line breaks and tabs become "?"
--- too.
---@param text string
---@return string
function M.line(text) return cleaned(text, "%c") end

--- Makes a text of several lines safe to print.  Line breaks and tabs are kept.
---@param text string
---@return string
function M.lines(text) return cleaned(text, "[^%C\t\n]") end

return M
