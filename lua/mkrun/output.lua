--- Rows on stdout: a table for people, JSON or CSV for machines.
---
---     EMAIL                    TEAMS                  ADMIN
---     iris@northlight.example  night-desk, Everyone   yes
---
--- A row is a table by column name.  In text the column `lastUsed` is headed
--- LAST USED and an absent value is `-`; in JSON each row is an object with
--- all columns (absent: null); CSV is RFC 4180, its first line the names of
--- the columns, lists joined by `;`, a text that a spreadsheet would compute
--- after an apostrophe.
-- SPDX-License-Identifier: MIT

local harmless = require "mkrun.printable"
local json = require "mkrun.json"
local script = require "mkrun.script"

local M = {}

---@alias mkrun.Format "text"|"json"|"csv"

local function absent(value) return value == nil or value == json.null end

--- A value as one text; `joint` stands between the elements of a list.
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

--- "lastUsed" -> "LAST USED"
local function title(column)
  return column:gsub("(%l)(%u)", "%1 %2"):upper()
end

--- A number, or an amount that is text so that it stays exact.
local function is_amount(value)
  return type(value) == "number"
    or type(value) == "string" and value:find "^%-?%d+%.%d+$" ~= nil
end

--- Is there nothing but numbers in this column?
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

local function json_text(columns, rows)
  local list = json.array()
  for i, row in ipairs(rows) do
    local object = json.object()
    for _, column in ipairs(columns) do
      local value = row[column]
      if value == nil then value = json.null end
      object[column] = value
    end
    list[i] = object
  end
  return assert(json.encode(list, { indent = 2, sort = true })) .. "\n"
end

--- Spreadsheets take a text that begins so for a formula, and what it does
--- would be other people's choice.
local SIGNS <const> = { "^[=+%-@\t\r]", "^\xEF\xBC[\x8B\x8D\x9D]",
  "^\xEF\xBC\xA0" }

local function begins_formula(field)
  if tonumber(field) then return false end
  for _, sign in ipairs(SIGNS) do
    if field:find(sign) then return true end
  end
  return false
end

--- Those of some countries begin a new cell after `;` or a tab, quotes or not,
--- and take the signs of full width for the others.
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

-- --- What scripts call -----------------------------------------------------

local writers = { text = text, json = json_text, csv = csv }

--- The format that `--output` names, "text" without one; any other word ends
--- the run as wrong usage.  Ask before the first request.
---@param name? string
---@return mkrun.Format
function M.format(name)
  name = name or "text"
  if not writers[name] then
    script.usage(("option '--output': 'text', 'json' or 'csv' expected, "
      .. "got '%s'"):format(name))
  end
  return name
end

--- Rows as text in a format; without rows a text table is "", the others
--- still say what they are.
---@param format mkrun.Format
---@param columns string[]             their names, in the order to show
---@param rows table<string, any>[]
---@param goes_on? boolean  of CSV: the names of the columns are written
---@return string
function M.render(format, columns, rows, goes_on)
  local writer = writers[format]
  if not writer then
    error(("bad argument #1 to 'render' (no format '%s')")
      :format(tostring(format)), 2)
  end
  return writer(columns, rows, goes_on)
end

--- Whether all of it was written is asked once, at the end of the run.
local function put(result)
  io.stdout:write(result)
  io.stdout:flush()
end

--- Write rows to stdout.
---@param format mkrun.Format
---@param columns string[]
---@param rows table<string, any>[]
---@param goes_on? boolean  as of `render`
function M.write(format, columns, rows, goes_on)
  put(M.render(format, columns, rows, goes_on))
end

--- Write one value to stdout as JSON, for a result that is no list of rows.
---@param value any
function M.document(value)
  put(assert(json.encode(value, { indent = 2, sort = true })) .. "\n")
end

return M
