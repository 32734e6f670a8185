--- Writes what `drift` found, in each format.  `scripts/drift.lua` calls it.
-- SPDX-License-Identifier: MIT

local output = require "mkrun.output"
local page = require "mkrun.page"

local M = {}

--- The columns of the result, in order.
M.COLUMNS = { "change", "kind", "name", "details", "by", "at" }

--- The formats of the result.
M.FORMATS = { "text", "json", "jsonl", "csv", "markdown", "html" }

--- The place of the details.
local DETAILS <const> = 4

--- Formats for people.
local IS_READ <const> = { text = true, markdown = true }

--- Returns "2 missing, 1 different, 0 extra".
---@param rows mkio.Drift[]
---@return string
function M.summary(rows)
  local counts = { missing = 0, differs = 0, extra = 0 }
  for _, row in ipairs(rows) do
    counts[row.change] = counts[row.change] + 1
  end
  return ("%d missing, %d different, %d extra"):format(counts.missing,
    counts.differs, counts.extra)
end

--- Returns the columns for a format.  For people, those of `by` and `at` are
--- left out if no row has one.  In text, the details are last, since they may
--- be wider than a terminal.
local function columns_of(format, rows)
  local has_maker = not IS_READ[format]
  for _, row in ipairs(rows) do
    has_maker = has_maker or row.by ~= nil or row.at ~= nil
  end
  local columns =
    table.move(M.COLUMNS, 1, has_maker and #M.COLUMNS or DETAILS, 1, {})
  if format == "text" then
    table.insert(columns, table.remove(columns, DETAILS))
  end
  return columns
end

local TONES <const> = { missing = "add", differs = "change", extra = "warn" }

local TITLES <const> = { change = "Change", kind = "Kind", name = "Name",
  details = "Details", by = "Made by", at = "Made at" }

--- Returns the rows as a page.
---@param rows mkio.Drift[]
---@param about string[]  what a reader has to know: whose drift, from what
---@return string
function M.page(rows, about)
  local columns, shown = {}, {}
  for i, key in ipairs(columns_of("markdown", rows)) do
    columns[i] = { key = key, title = TITLES[key], fold = key == "details",
      filter = key == "change" or key == "kind" }
  end
  for i, row in ipairs(rows) do
    shown[i] = setmetatable({ tone = TONES[row.change] }, { __index = row })
  end
  return page.render { title = "Drift", subtitle = about, sections = { {
    title = "What is not as in SPEC", note = M.summary(rows) .. ".",
    columns = columns, rows = shown, empty = "No drift." } } }
end

--- Writes the rows to stdout.
---@param format mkrun.Format
---@param rows mkio.Drift[]
---@param about? string[]  for a page: see `page`
function M.write(format, rows, about)
  if format == "html" then return io.write(M.page(rows, about or {})) end
  local summary = "Drift: " .. M.summary(rows) .. "."
  if format == "markdown" then output.paragraph(summary) end
  if rows[1] or not IS_READ[format] then
    output.write(format, columns_of(format, rows), rows)
  end
  if format == "text" then print(rows[1] and "\n" .. summary or "No drift.") end
end

return M
