--- Text that somebody else chose, on its way to a terminal: it does not move
--- the cursor, nor begin a line of its own.  Control characters, those of
--- Latin-1 included, become "?".
-- SPDX-License-Identifier: MIT

local M = {}

local function cleaned(text, controls)
  return (text:gsub(controls, "?"):gsub("\xC2[\x80-\x9F]", "?"))
end

---@param text string
---@return string  in one line
function M.line(text) return cleaned(text, "%c") end

---@param text string
---@return string  line breaks and tabs stay
function M.lines(text) return cleaned(text, "[^%C\t\n]") end

return M
