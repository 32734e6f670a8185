--- Writes Markdown (GitHub's, GitLab's) in which the texts of strangers are
--- text and nothing else: a name cannot end a table's cell, become a link, an
--- image or HTML, notify a person (`@all`), or refer to an issue (`#12`).
--- `mkrun.output`, `mkrun.report` and `mkrun.plan.markdown` call this module.
---
--- A text with more than letters becomes a code span, in which servers look for
--- none of these.  Some characters end a code span or a cell, so a text with
--- one of them becomes an element `<code>` of character references.
-- SPDX-License-Identifier: MIT

local harmless = require "mkrun.printable"
local secret = require "mkrun.secret"
local unseen = require "mkrun.unseen"

local M = {}

--- The most characters of a comment on GitHub.  Counted here in bytes, which
--- are never fewer.
M.ROOM = 65536

--- Characters that end a code span or a cell, or that some renderers look for
--- even before code spans.
local SPECIAL <const> = "[`|\\$]"

--- An e-mail address would become a link even in `<code>`, unless the character
--- after "@" is none of an address.
local NO_ADDRESS <const> = "&#64;&#8203;"

local function reference(character)
  if character == "@" then return NO_ADDRESS end
  return ("&#%d;"):format(character:byte())
end

--- Returns a text on one line, with a number for each character that nobody can
--- see, for a place where Markdown is not read, such as a block of code.
--- Secrets are replaced here, because the host would not know them after their
--- characters are encoded.
---@param text string
---@return string
function M.line(text)
  return harmless.line(unseen.shown(secret.redact(text)))
end

--- Returns a text as an HTML element, for a place where Markdown is not read,
--- such as `<summary>`, and for any other place.
---@param text string
---@return string
function M.html(text)
  return "<code>" .. M.line(text):gsub("%p", reference) .. "</code>"
end

--- Returns a text as a code span.
---@param text string
---@return string
function M.code(text)
  local line = M.line(text)
  if line:find(SPECIAL) or line == "" then return M.html(line) end
  return "`" .. line .. "`"
end

--- Seven hexadecimal digits may be the name of a commit.
local COMMIT <const> = ("%x"):rep(7)

local function is_plain(text)
  return text:find "^%a[%a ]*$" and not text:find(COMMIT)
end

--- Returns a text as it is if it consists of words, or else as a code span.
---@param text string
---@return string
function M.text(text)
  return is_plain(text) and text or M.code(text)
end

local function row_of(cells)
  return "| " .. table.concat(cells, " | ") .. " |\n"
end

local function rule_of(titles, right)
  local marks = {}
  for i in ipairs(titles) do marks[i] = right[i] and "---:" or "---" end
  return row_of(marks)
end

--- The room for the line that says what is left out.
local NOTE_ROOM <const> = 100

--- Returns as many parts as fit into `room` bytes, and a line that says how
--- many are left out.
---@param parts string[]
---@param room integer   bytes
---@param what string    what a part is, in plural: "rows"
---@return string
function M.cut(parts, room, what)
  local total = 0
  for _, part in ipairs(parts) do total = total + #part end
  if total <= room then return table.concat(parts) end
  local size, kept = NOTE_ROOM, {}
  for _, part in ipairs(parts) do
    if size + #part <= room then
      size, kept[#kept + 1] = size + #part, part
    end
  end
  return table.concat(kept)
    .. ("\n_%d of %d %s left out, to fit into a comment._\n")
      :format(#parts - #kept, #parts, what)
end

--- Returns a table.
---@param titles string[]    of the columns: Markdown
---@param rows string[][]    the cells of each row: Markdown
---@param right? table<integer, boolean>   columns of numbers
---@param room? integer      bytes (default: those of a comment)
---@return string
function M.table(titles, rows, right, room)
  local head = row_of(titles) .. rule_of(titles, right or {})
  local lines = {}
  for i, cells in ipairs(rows) do lines[i] = row_of(cells) end
  return head .. M.cut(lines, (room or M.ROOM) - #head, "rows")
end

return M
