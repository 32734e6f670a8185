--- Parses comma separated values in the formats of RFC 4180 and of spreadsheet
--- programs.  The flow `invite` reads lists of guests with this module.
---
---     email,teams
---     kari@northlight.example,"night-desk;auditors"
---
--- A field in quotes may contain separators, line breaks and doubled quotes.
--- Lines end with CR LF, LF or CR.  Empty lines and a byte order mark are
--- skipped.  Spreadsheet programs in many countries separate fields by `;` or a
--- tab, so this module finds the separator in the first line.  Text that is not
--- UTF-8 is refused.
-- SPDX-License-Identifier: MIT

local M = {}

---@class mkrun.CsvRow   a list of the fields
---@field line integer   number of the row's first line, from 1

---@class mkrun.CsvRecord
---@field line integer   number of the row's first line, from 1
---@field fields table<string, string>  name of the column -> field

local Reader = {}
Reader.__index = Reader

local function raise(line, what)
  error({ message = ("line %d: %s"):format(line, what) }, 0)
end

local function count_lines(text)
  local _, count = text:gsub("\r\n", "\n"):gsub("[\r\n]", "")
  return count
end

--- Returns the separator: a comma if the first line contains a comma outside of
--- quotes, otherwise the first `;` or tab of the line.
local function separator_of(text)
  local first = text:gsub('"[^"]*"', ""):match "^[\r\n]*([^\r\n]*)"
  return first:match "[,;\t]" and (first:find(",", 1, true) and ","
    or first:match "[;\t]") or ","
end

--- Reads the quoted field at the current position.
function Reader:quoted()
  local parts, from = {}, self.at + 1
  while true do
    local stop = self.text:find('"', from, true)
    if not stop then raise(self.line, "quote is not closed") end
    parts[#parts + 1] = self.text:sub(from, stop - 1)
    if self.text:sub(stop + 1, stop + 1) ~= '"' then
      self.at = stop + 1
      break
    end
    from = stop + 2
  end
  local field = table.concat(parts, '"')
  self.line = self.line + count_lines(field)
  return field
end

function Reader:plain()
  local stop = self.text:find(self.ends, self.at) or #self.text + 1
  local field = self.text:sub(self.at, stop - 1)
  if field:find('"', 1, true) then
    raise(self.line, "quote in the middle of a field")
  end
  self.at = stop
  return field
end

function Reader:field()
  if self.text:sub(self.at, self.at) == '"' then return self:quoted() end
  return self:plain()
end

--- Skips a separator or a line end.  Returns true after a separator, because
--- the row then has another field.
function Reader:goes_on()
  local sign = self.text:sub(self.at, self.at)
  if sign == self.separator then
    self.at = self.at + 1
    return true
  elseif sign ~= "" and not sign:find "[\r\n]" then
    raise(self.line, "text after a closing quote")
  end
  local _, stop = self.text:find("^\r?\n?", self.at)
  self.at = stop + 1
  return false
end

--- Reads a row.
---@return mkrun.CsvRow row
---@return boolean empty  true if the line is empty
function Reader:row()
  local row, from = { line = self.line }, self.at
  repeat row[#row + 1] = self:field() until not self:goes_on()
  self.line = self.line + 1
  return row, #row == 1 and row[1] == "" and self.text:sub(from, from) ~= '"'
end

local function check_utf8(text)
  local length, at = utf8.len(text)
  if not length then
    raise(1 + count_lines(text:sub(1, at - 1)),
      "not UTF-8: save it as CSV in UTF-8")
  end
end

local function read(text, separator)
  text = text:gsub("^\xEF\xBB\xBF", "")
  check_utf8(text)
  separator = separator or separator_of(text)
  local reader = setmetatable({
    text = text, at = 1, line = 1, separator = separator,
    ends = "[\r\n" .. separator .. "]",
  }, Reader)
  local rows = {}
  while reader.at <= #text do
    local row, empty = reader:row()
    if not empty then rows[#rows + 1] = row end
  end
  return rows
end

--- Calls `fn`.  If `fn` fails by this file's function `raise`, returns `nil,
--- message, code`.  Raises any other error again.
local function guarded(fn, ...)
  local ok, result = pcall(fn, ...)
  if ok then return result end
  if type(result) ~= "table" then error(result, 0) end
  return nil, result.message, "csv"
end

local function check_text(name, text)
  if type(text) ~= "string" then
    error(("bad argument #1 to '%s' (string expected, got %s)")
      :format(name, type(text)), 3)
  end
end

--- Parses a text into rows.
---@param text string  text in CSV and UTF-8
---@param options? {separator: string?}  default: the first line's separator
---@return mkrun.CsvRow[]? rows
---@return string? message  "line 7: quote is not closed"
---@return "csv"? code
function M.rows(text, options)
  check_text("rows", text)
  return guarded(read, text, options and options.separator)
end

local function names_of(row)
  local names, seen = {}, {}
  for i, field in ipairs(row) do
    local name = field:match "^%s*(.-)%s*$":lower()
    if seen[name] then
      raise(row.line, ("column '%s' is there twice"):format(name))
    end
    names[i], seen[name] = name, true
  end
  return names
end

local function record_of(row, names)
  if #row ~= #names then
    raise(row.line, ("%d fields expected, got %d"):format(#names, #row))
  end
  local fields = {}
  for i, name in ipairs(names) do fields[name] = row[i] end
  return { line = row.line, fields = fields }
end

local function read_records(text, separator)
  local rows = read(text, separator)
  if not rows[1] then raise(1, "names of the columns expected") end
  local names, records = names_of(rows[1]), {}
  for i = 2, #rows do records[i - 1] = record_of(rows[i], names) end
  return { records, names }
end

--- Parses a text whose first row contains the names of the columns.
---@param text string  text in CSV and UTF-8
---@param options? {separator: string?}  default: the first line's separator
---@return mkrun.CsvRecord[]? records  the rows after the first row
---@return string[]|string names  names of the columns in lower case; on failure
---  a message
---@return "csv"? code
function M.records(text, options)
  check_text("records", text)
  local result, message, code =
    guarded(read_records, text, options and options.separator)
  if not result then return nil, message, code end
  return result[1], result[2]
end

return M
