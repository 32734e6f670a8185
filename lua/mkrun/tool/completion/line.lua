--- Splits the text of a command line into words, as bash does.  Nothing is
--- expanded: a variable and a command stay as they are written.
--- `mkrun.tool.completion.answer` calls this module.
-- SPDX-License-Identifier: MIT

local M = {}

---@class mkrun.tool.Line
---@field words string[]   the words without their quotes, the command first;
---  the last is the one to complete
---@field start integer    so many bytes of the last word stand before the part
---  that readline replaces
---@field quote? string     the quote that is open at the end
---@field redirects boolean  true if the last word is the file of a redirection

--- Patterns for what a part of a word may be, and how it is read.  The first
--- pattern that matches counts.
local PARTS <const> = {
  { "^\\(.?)" }, { "^'([^']*)'" }, { "^'([^']*)$", opens = "'" },
  { '^"([^"\\]*)"' }, { "^[%s]+", ends = true },
  { "^%d*[<>]+[&|]?", ends = true, redirects = true },
  { "^[^\\'\"%s<>]" },
}

--- Reads what stands in double quotes from `at`.  Returns the text, the
--- position behind it, and true if the quotes are closed.
local function in_quotes(line, at)
  local out = {}
  while at <= #line do
    local c = line:sub(at, at)
    if c == '"' then return table.concat(out), at + 1, true end
    local escaped = line:match('^\\([$`"\\\n])', at)
    out[#out + 1] = escaped or c
    at = at + (escaped and 2 or 1)
  end
  return table.concat(out), at, false
end

--- Returns what stands at a position: a text, the position behind it, and the
--- row of PARTS.
local function part_at(line, at)
  if line:sub(at, at) == '"' then
    local text, next_at, closed = in_quotes(line, at + 1)
    return text, next_at, { opens = not closed and '"' or nil }
  end
  for _, part in ipairs(PARTS) do
    local from, to, text = line:find(part[1], at)
    if from then return text or line:sub(from, to), to + 1, part end
  end
end

--- Splits a line.
---@param line string    the line up to the cursor
---@param breaks string  COMP_WORDBREAKS: readline begins a word behind each of
---  these characters
---@return mkrun.tool.Line
function M.split(line, breaks)
  local at, word, start = 1, nil, 0
  local words, is_target, quote = {}, false, nil
  while at <= #line do
    local text, behind, part = part_at(line, at)
    if part.ends then
      if word and not is_target then words[#words + 1] = word end
      if word or part.redirects then is_target = part.redirects or false end
      word, start = nil, 0
    else
      if part.opens then start, quote = #(word or ""), part.opens end
      word = (word or "") .. text
      local is_bare = behind == at + 1
      if is_bare and breaks:find(text, 1, true) then start = #word end
    end
    at = behind
  end
  words[#words + 1] = word or ""
  return { words = words, start = start, quote = quote,
    redirects = is_target }
end

return M
