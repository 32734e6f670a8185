--- Parses a script's header: the comment at the beginning of the file.  Makes
--- the help text and the usage line from the header.  `mkrun.script` and `mkrun
--- help` call this module.  `mkrun.host.arguments` parses the arguments of a
--- run.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

---@class mkrun.Argument
---@field name string       name of the argument: "FILE", "--dry-run"
---@field value? string     name of an option's value: "SECONDS"
---@field text string       explanation of the argument, for the help
---@field option boolean    true if the name is "--NAME" or "-N"
---@field required boolean  true if the usage line contains the name outside of
---                         brackets
---@field many boolean      true if "..." follows the name in the usage line

---@class mkrun.Header
---@field summary string    first paragraph of the header, as one line
---@field description string  the header's other paragraphs
---@field usage string[]    texts of the `@usage` tags
---@field args mkrun.Argument[]
---@field env { name: string, text: string }[]  texts of the `@env` tags
---@field needs string[]    words of the `@needs` lines: "read:SPEC"
---@field says_needs boolean  true if there is a `@needs` line
---@field providers string[]  files of the `@provider` lines: "rabbitmq.lua"
---@field output string[]   lines of the example output
---@field exit? string      text of the `@exit` tag
---@field tags string[]     words of the `@tags` lines: "read", "destructive"

local M = {}

--- Joins the lines of a tag into one line.
local function joined(lines)
  local parts = {}
  for i, line in ipairs(lines) do parts[i] = line:match "^%s*(.*)$" end
  return table.concat(parts, " ")
end

--- Splits the text of a tag into name and explanation: "FILE   the input" into
--- "FILE" and "the input".
local function split(text)
  local name, rest = text:match "^(.-)%s%s+(.*)$"
  if name and name ~= "" then return name, rest end
  name, rest = text:match "^(%-%-%S+%s[%u][%u%d_-]*)%s+(.*)$"
  if not name then name, rest = text:match "^(%S+)%s+(.*)$" end
  return name or text, rest or ""
end

--- Finds a word in a usage line.  The first result is true if the word is
--- outside of brackets.  The second result is true if "..." follows the word.
local function find_in(usage, word)
  local from, to = (" " .. usage .. " "):find(
    "[^%w_-]" .. word:gsub("%p", "%%%0") .. "%f[^%w_-]")
  if not from then return false, false end
  local before = usage:sub(1, from - 1)
  local _, opened = before:gsub("[%[(]", "")
  local _, closed = before:gsub("[%])]", "")
  local many = usage:find("^%]?%.%.%.", to) or usage:find("^%.%.%.", to)
  return opened <= closed, many ~= nil
end

local function new_argument(text)
  local spec, explanation = split(text)
  local name, value = spec:match "^(%-[%w-]%S*)[%s=](%S+)$"
  return {
    name = name or spec, value = value, spec = spec, text = explanation,
    option = spec:find "^%-[%w-]" ~= nil,
  }
end

local tags = {}

function tags.usage(header, lines)
  header.usage[#header.usage + 1] = joined(lines)
end

function tags.arg(header, lines)
  header.args[#header.args + 1] = new_argument(joined(lines))
end

function tags.env(header, lines)
  local name, text = split(joined(lines))
  header.env[#header.env + 1] = { name = name, text = text }
end

function tags.needs(header, lines)
  header.says_needs = true
  for word in joined(lines):gmatch "[^%s,]+" do
    header.needs[#header.needs + 1] = word
  end
end

function tags.provider(header, lines)
  for file in joined(lines):gmatch "%S+" do
    header.providers[#header.providers + 1] = file
  end
end

function tags.output(header, lines)
  for _, line in ipairs(lines) do
    if line ~= "" then header.output[#header.output + 1] = line end
  end
end

function tags.exit(header, lines) header.exit = joined(lines) end

--- Stores the first paragraph as the summary, and all others as the
--- description.
local function read_text(header, lines)
  local i, summary = 1, {}
  while lines[i] and lines[i] ~= "" do
    summary[#summary + 1] = lines[i]
    i = i + 1
  end
  header.summary = table.concat(summary, " ")
  header.description = table.concat(lines, "\n", i)
    :gsub("^%s*\n", ""):gsub("%s+$", "")
end

local function place_arguments(header)
  for _, argument in ipairs(header.args) do
    argument.required = not argument.option and #header.usage == 0
    for _, usage in ipairs(header.usage) do
      local required, many = find_in(usage, argument.spec)
      argument.required = required and #header.usage == 1
      argument.many = argument.many or many
    end
    argument.many = argument.many or false
  end
end

--- Adds an option `--yes` to a script with the tag `destructive`.  mkrun asks
--- before such a script deletes something, and `--yes` skips the question.
local function add_yes(header)
  local destroys = false
  for _, tag in ipairs(header.tags) do
    destroys = destroys or tag == "destructive"
  end
  for _, argument in ipairs(header.args) do
    if argument.name == "--yes" then return end
  end
  if destroys then tags.arg(header, { "--yes  do not ask" }) end
end

--- Parses the header of a script.  A missing part of the header becomes an
--- empty list or an empty text.
---@param source string  the text of the script
---@return mkrun.Header
function M.parse(source)
  local parts = sys.head(source)
  local header = { usage = {}, args = {}, env = {}, needs = {}, output = {},
    providers = {}, says_needs = false, tags = sys.tags(source) }
  read_text(header, parts[1])
  for i = 2, #parts do
    local tag = tags[parts[i].name]
    if tag then tag(header, parts[i]) end
  end
  add_yes(header)
  place_arguments(header)
  return header
end

--- Returns the words of a usage line.  A part in brackets counts as one word.
local function usage_words(usage)
  local words, depth = {}, 0
  for word in usage:gmatch "%S+" do
    if depth > 0 then
      words[#words] = words[#words] .. " " .. word
    else
      words[#words + 1] = word
    end
    local _, opened = word:gsub("[%[(]", "")
    local _, closed = word:gsub("[%])]", "")
    depth = depth + opened - closed
  end
  return words
end

local WIDTH <const> = 80
local INDENT <const> = ("usage: "):len()

--- Breaks a usage line into lines of at most WIDTH columns.
local function wrap(usage)
  local lines = { "" }
  for _, word in ipairs(usage_words(usage)) do
    local last = lines[#lines]
    if last == "" then
      lines[1] = word
    elseif INDENT + #last + 1 + #word <= WIDTH then
      lines[#lines] = last .. " " .. word
    else
      lines[#lines + 1] = "  " .. word
    end
  end
  return table.concat(lines, "\n" .. (" "):rep(INDENT))
end

--- Returns the usage lines: "usage: mkrun onboard.lua [--dry-run] SPEC".
---@param header mkrun.Header
---@return string
function M.usage(header)
  local lines = {}
  for i, usage in ipairs(header.usage) do lines[i] = wrap(usage) end
  return "usage: " .. table.concat(lines, "\n" .. (" "):rep(INDENT))
end

--- Breaks a text at blanks into lines of at most `width` columns.
local function broken(text, width)
  local lines = { "" }
  for word in text:gmatch "%S+" do
    local last = lines[#lines]
    if last ~= "" and #last + 1 + #word > width then
      lines[#lines + 1] = word
    else
      lines[#lines] = last == "" and word or last .. " " .. word
    end
  end
  return lines
end

--- Adds a title and a table of two columns to the help text.  A long text in
--- the second column continues on the next line.
local function add_columns(out, title, rows)
  if #rows == 0 then return end
  local width = 0
  for _, row in ipairs(rows) do width = math.max(width, #row[1]) end
  out[#out + 1] = "\n" .. title .. ":"
  for _, row in ipairs(rows) do
    local left = ("  %s%s  "):format(row[1], (" "):rep(width - #row[1]))
    for _, text in ipairs(broken(row[2], math.max(WIDTH - #left, 20))) do
      out[#out + 1] = (left .. text):gsub("%s+$", "")
      left = (" "):rep(#left)
    end
  end
end

local function rows_of(list, field)
  local rows = {}
  for i, entry in ipairs(list) do rows[i] = { entry[field], entry.text } end
  return rows
end

--- Adds what the script may do.  The description comes before it, so that a
--- description which claims less cannot have the last word.
local function add_needs(out, header, is_strict)
  local words = require "mkrun.host.need_words"
  out[#out + 1] = "\n" .. words.title(is_strict)
  for _, line in ipairs(words.lines(header, is_strict)) do
    local left = "  "
    for _, text in ipairs(broken(line, WIDTH - 4)) do
      out[#out + 1] = left .. text
      left = "    "
    end
  end
end

--- Returns the text of `mkrun SCRIPT --help`, without a line end.
---@param header mkrun.Header
---@param is_strict? boolean  true if the words of `@needs` grant nothing by
---  themselves
---@return string
function M.help(header, is_strict)
  local out = { header.summary }
  if #header.usage > 0 then out[#out + 1] = "\n" .. M.usage(header) end
  if header.description ~= "" then
    out[#out + 1] = "\n" .. header.description
  end
  add_columns(out, "Arguments", rows_of(header.args, "spec"))
  add_columns(out, "Environment", rows_of(header.env, "name"))
  if #header.output > 0 then
    out[#out + 1] = "\nOutput:\n  " .. table.concat(header.output, "\n  ")
  end
  if header.exit then out[#out + 1] = "\nExit codes: " .. header.exit end
  add_needs(out, header, is_strict)
  return table.concat(out, "\n")
end

return M
