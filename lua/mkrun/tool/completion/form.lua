--- Reads the question of a shell and writes the answer in the form that the
--- shell's script reads.  `mkrun.tool.completion.answer` calls this module.
---
---     --complete bash BREAKS LINE     the line up to the cursor
---     --complete zsh WORD...          the words behind the command
---     --complete fish WORD...
-- SPDX-License-Identifier: MIT

local harmless = require "mkrun.printable"
local lines = require "mkrun.tool.completion.line"

---@class mkrun.tool.Form
---@field words string[]     words behind the command; the last is completed
---@field typed string       what is written of the value or word
---@field prefix string      what stands before it in the same word
---@field files? "any"|"folder"|"lua"  files are meant, too
---@field line? mkrun.tool.Line  of bash
---@field seen table<string, true>  the words that were added
local Form = {}
Form.__index = Form
Form.__name = "mkrun.tool.Form"

local M = {}

--- Adds a word that may stand here, if it begins as what is written.  A name
--- with a secret, or with what controls the terminal, is left out: the shell
--- shows it as it is.
---@param value string
---@param about string
function Form:add(value, about)
  local begins = value:sub(1, #self.typed) == self.typed
  if not begins or self.seen[value] or harmless.line(value) ~= value then
    return
  end
  self.seen[value] = true
  self[#self + 1] = { value, harmless.line(about) }
end

--- Quotes a text for bash: what the user wrote opens no quote, or this one.
--- Returns nil for what double quotes do not protect even with a backslash.
--- readline itself quotes only the names of files.
local function quoted(text, quote)
  if quote == "'" then return (text:gsub("'", "'\\''")) end
  if quote == '"' then
    return not text:find "!" and text:gsub('[$`"\\]', "\\%0") or nil
  end
  return (text:gsub("[^%w_./,=+@%%:\x80-\xFF-]", "\\%0"))
end

--- For bash, each on a line behind a colon, so that none is empty: what files
--- are meant; the path that is written; what stands before a path in the part
--- that readline replaces; what of the path stands before that part; then the
--- words as readline takes them.
local function print_bash(self)
  local start, prefix = self.line.start, self.prefix
  local lead = prefix:sub(start + 1)
  local cut = self.typed:sub(1, math.max(start - #prefix, 0))
  local has_part = self.line.quote and lead .. cut ~= ""
  local out = { has_part and "-" or self.files or "-", self.typed, lead, cut }
  for _, pair in ipairs(self) do
    out[#out + 1] = quoted((prefix .. pair[1]):sub(start + 1), self.line.quote)
  end
  if (prefix .. self.typed):find "\n" then return end -- no line could say it
  for _, text in ipairs(out) do print(":" .. text) end
end

--- For zsh, each on a line: what files are meant; the prefix; then the words as
--- _describe takes them.
local function print_zsh(self)
  print(self.files or "-")
  print(self.prefix)
  for _, pair in ipairs(self) do
    print(pair[1]:gsub("[\\:]", "\\%0") .. ":" .. pair[2])
  end
end

--- For fish, each on a line: what files are meant; the prefix; then the words
--- with the prefix, each with its description behind a tab.
local function print_fish(self)
  print(self.files or "-")
  print(self.prefix)
  for _, pair in ipairs(self) do
    print(self.prefix .. pair[1] .. "\t" .. pair[2])
  end
end

local PRINTERS <const> =
  { bash = print_bash, zsh = print_zsh, fish = print_fish }

--- Prints the answer.
function Form:print() PRINTERS[self.shell](self) end

--- Reads the question.
---@param words string[]  "--complete", the shell, and what follows
---@return mkrun.tool.Form
function M.open(words)
  local shell = words[2]
  local self = { shell = shell, typed = "", seen = {},
    words = table.move(words, 3, #words, 1, {}) }
  if shell == "bash" then
    self.line = lines.split(words[4], words[3])
    self.words = table.move(self.line.words, 2, #self.line.words, 1, {})
  end
  return setmetatable(self, Form)
end

return M
