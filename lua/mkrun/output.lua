--- Writes rows to stdout: a table for people, JSON or CSV for programs.  Flows
--- with an option `--output` and `mkrun.report` call this module.
---
---     EMAIL                    TEAMS                  ADMIN
---     iris@northlight.example  night-desk, Everyone   yes
---
--- A row is a Lua table: column name -> value.  The formats differ:
---
--- *   Text: the column `lastUsed` has the title LAST USED.  An absent value is
---     written as `-`.
--- *   JSON: each row is an object with all columns.  An absent value is null.
--- *   JSON Lines (`jsonl`): each object is one line.
--- *   Markdown: a table in which every text is harmless (`mkrun.markdown`).
---     What a run writes fits into one comment on a pull request.
--- *   CSV (RFC 4180): the first line contains the column names.  The elements
---     of a list are joined by `;`.  A text that a spreadsheet program would
---     run as a formula gets an apostrophe in front.
-- SPDX-License-Identifier: MIT

local harmless = require "mkrun.printable"
local json = require "mkrun.json"
local markdown = require "mkrun.markdown"
local plan_format = require "mkrun.plan.format"
local script = require "mkrun.script"
local unseen = require "mkrun.unseen"
local value_of = require "mkrun.value"

local M = {}

---@alias mkrun.Format "text"|"json"|"jsonl"|"csv"|"markdown"|"html"

local function absent(value) return value == nil or value == json.null end

--- Returns a value as text.  The elements of a list are joined by `joint`.
local function text_of(value, joint)
  if absent(value) then return "" end
  if type(value) == "table" then
    local words = {}
    for i, element in ipairs(value) do words[i] = text_of(element, joint) end
    return table.concat(words, joint)
  end
  return type(value) == "number" and json.encode(value) or tostring(value)
end

-- --- Text ------------------------------------------------------------------

local function cell(value)
  if type(value) == "boolean" then return value and "yes" or "no" end
  local text = harmless.line(text_of(value, ", "))
  return text == "" and "-" or text
end

local function width_of(text) return utf8.len(text) or #text end

--- Returns the title of a column: "LAST USED" for "lastUsed".
local function title(column)
  return column:gsub("(%l)(%u)", "%1 %2"):upper()
end

--- Returns true for a number, and for a text such as "12.50".  Amounts of money
--- are text, because floating point numbers would be inexact.
local function is_amount(value)
  return type(value) == "number"
    or type(value) == "string" and value:find "^%-?%d+%.%d+$" ~= nil
end

--- Returns true if a column contains numbers only.
local function is_numeric(rows, column)
  local seen = false
  for _, row in ipairs(rows) do
    local value = row[column]
    if not absent(value) then
      if not is_amount(value) then return false end
      seen = true
    end
  end
  return seen
end

local function pad(text, width, right)
  local blanks = (" "):rep(width - width_of(text))
  return right and blanks .. text or text .. blanks
end

local function text_lines(columns, rows)
  local lines = { {} }
  for i, column in ipairs(columns) do lines[1][i] = title(column) end
  for _, row in ipairs(rows) do
    local line = {}
    for i, column in ipairs(columns) do line[i] = cell(row[column]) end
    lines[#lines + 1] = line
  end
  return lines
end

local function text(columns, rows)
  if #rows == 0 then return "" end
  local lines = text_lines(columns, rows)
  for i, column in ipairs(columns) do
    local width, right = 0, is_numeric(rows, column)
    for _, line in ipairs(lines) do
      width = math.max(width, width_of(line[i]))
    end
    for _, line in ipairs(lines) do line[i] = pad(line[i], width, right) end
  end
  for i, line in ipairs(lines) do
    lines[i] = table.concat(line, "  "):gsub(" +$", "") .. "\n"
  end
  return table.concat(lines)
end

-- --- JSON and CSV ----------------------------------------------------------

local function object_of(columns, row)
  local object = json.object()
  for _, column in ipairs(columns) do
    local value = row[column]
    if value == nil then value = json.null end
    object[column] = value
  end
  return object
end

local function encoded(value, options)
  return unseen.json(value, options) .. "\n"
end

local function json_text(columns, rows)
  local list = json.array()
  for i, row in ipairs(rows) do list[i] = object_of(columns, row) end
  return encoded(list, { indent = 2, sort = true })
end

local SORTED <const> = { sort = true }

local function json_lines(columns, rows)
  local lines = {}
  for i, row in ipairs(rows) do
    lines[i] = encoded(object_of(columns, row), SORTED)
  end
  return table.concat(lines)
end

--- If a text begins with one of these patterns, a spreadsheet program runs the
--- text as a formula.  Texts from the API may come from a stranger.
local SIGNS <const> = { "^[=+%-@\t\r]", "^\xEF\xBC[\x8B\x8D\x9D]",
  "^\xEF\xBC\xA0" }

local function begins_formula(field)
  if tonumber(field) then return false end
  for _, sign in ipairs(SIGNS) do
    if field:find(sign) then return true end
  end
  return false
end

--- Puts an apostrophe before each beginning of a formula in a field.  In some
--- countries a spreadsheet program begins a new cell after `;` or a tab, even
--- inside quotes.  So a formula can also begin after these characters.
local function no_formula(field)
  local inner = field:gsub("([;\t])([^;\t]+)", function(separator, part)
    return begins_formula(part) and separator .. "'" .. part or nil
  end)
  return begins_formula(field) and "'" .. inner or inner
end

local function csv_field(value)
  local field = no_formula(text_of(value, ";"))
  if not field:find '[",\r\n]' and not field:find "^%s" then return field end
  return '"' .. field:gsub('"', '""') .. '"'
end

local function csv_line(values)
  return table.concat(values, ",") .. "\r\n"
end

local function csv(columns, rows, goes_on)
  local lines, names = {}, {}
  for i, column in ipairs(columns) do names[i] = csv_field(column) end
  if not goes_on then lines[1] = csv_line(names) end
  for _, row in ipairs(rows) do
    local fields = {}
    for i, column in ipairs(columns) do fields[i] = csv_field(row[column]) end
    lines[#lines + 1] = csv_line(fields)
  end
  return table.concat(lines)
end

-- --- Markdown --------------------------------------------------------------

local function markdown_cell(value)
  if absent(value) or value == "" then return "-" end
  if type(value) == "boolean" then return value and "yes" or "no" end
  if is_amount(value) then return text_of(value) end
  if type(value) ~= "table" then return markdown.text(tostring(value)) end
  local cells = {}
  for i, element in ipairs(value) do cells[i] = markdown_cell(element) end
  return #cells > 0 and table.concat(cells, ", ") or "-"
end

--- Returns the title of a column: "Last used" for "lastUsed".
local function markdown_title(column)
  local words = title(column):gsub("_", " "):lower()
  return (words:gsub("^%l", string.upper))
end

local function markdown_text(columns, rows, goes_on, room)
  if #rows == 0 then return goes_on and "" or "None.\n" end
  local titles, lines, right = {}, {}, {}
  for i, column in ipairs(columns) do
    titles[i], right[i] = markdown_title(column), is_numeric(rows, column)
  end
  for i, row in ipairs(rows) do
    lines[i] = {}
    for at, column in ipairs(columns) do
      lines[i][at] = markdown_cell(row[column])
    end
  end
  return markdown.table(titles, lines, right, room)
end

-- --- Public functions ------------------------------------------------------

local writers = { text = text, json = json_text, jsonl = json_lines, csv = csv,
  markdown = markdown_text }

--- The formats of a flow that does not name its own.
local FORMATS <const> = { "text", "json", "jsonl", "csv", "markdown" }

--- Returns the format that the option `--output` names.  An unknown format ends
--- the run with the usage line, so flows call `format` before the first
--- request.
---@param name? string  value of the option (default: "text")
---@param allowed? string[]  the formats of the flow (default: "text", "json",
---  "jsonl", "csv", "markdown"); one that `render` does not know, such as
---  "html", is written by the flow itself
---@return mkrun.Format
function M.format(name, allowed)
  name, allowed = name or "text", allowed or FORMATS
  for _, format in ipairs(allowed) do
    if format == name then
      plan_format.note(name)
      return name
    end
  end
  return script.usage(("option '--output': %s expected, got '%s'"):format(
    value_of.quoted(allowed, nil, "or"), name))
end

--- Raises if a row has none of the columns, because that row would be empty.
local function check_rows(columns, rows)
  for i, row in ipairs(rows) do
    local found = next(row) == nil
    for _, column in ipairs(columns) do found = found or row[column] ~= nil end
    if not found then
      error(("bad argument #3 to 'render' (row %d has no column '%s'; a row is "
        .. "{%s = value, ...})"):format(i, columns[1], columns[1]), 3)
    end
  end
end

--- Returns rows in a format.  A text table without rows is "".  Raises if the
--- format is unknown.
---@param format mkrun.Format
---@param columns string[]  names of the columns, in order
---@param rows table<string, any>[]
---@param goes_on? boolean  true: leaves out the line of column names in CSV
---@param room? integer      bytes that a table in Markdown may have (default:
---  those of a comment)
---@return string
function M.render(format, columns, rows, goes_on, room)
  local writer = writers[format]
  if not writer then
    error(("bad argument #1 to 'render' (no format '%s')")
      :format(tostring(format)), 2)
  end
  check_rows(columns, rows)
  return writer(columns, rows, goes_on, room)
end

--- Writes a text to stdout.  Ignores write errors, because the host checks
--- stdout when the run ends.
local function put(result)
  io.stdout:write(result)
  io.stdout:flush()
end

--- Bytes of a comment that are free.  The heads of tables that no longer fit
--- are written all the same.
local room = markdown.ROOM - 1024

--- Writes rows to stdout.  Takes the parameters of `render`.  All tables in
--- Markdown together fit into one comment.
---@param format mkrun.Format
---@param columns string[]
---@param rows table<string, any>[]
---@param goes_on? boolean
function M.write(format, columns, rows, goes_on)
  local result = M.render(format, columns, rows, goes_on, room)
  room = room - #result
  put(result)
end

--- Writes a paragraph before a table in Markdown: a title, or a summary.
---@param line string   Markdown, without a line end
function M.paragraph(line)
  room = room - #line - 2
  put(line .. "\n\n")
end

--- Writes a value to stdout as JSON, for a result that is not a list of rows.
---@param value any  a value that JSON can express
---@param format? mkrun.Format  "jsonl": in one line
function M.document(value, format)
  local indent = format ~= "jsonl" and 2 or nil
  put(encoded(value, { indent = indent, sort = true }))
end

return M
