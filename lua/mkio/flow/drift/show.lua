--- Writes what `drift` found, in each format.  `scripts/drift.lua` calls it.
-- SPDX-License-Identifier: MIT

local output = require "mkrun.output"

local M = {}

--- The columns of the result, in order.
M.COLUMNS = { "change", "kind", "name", "details", "by", "at" }

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
--- left out if no row has one.
local function columns_of(format, rows)
  local has_maker = not IS_READ[format]
  for _, row in ipairs(rows) do
    has_maker = has_maker or row.by ~= nil or row.at ~= nil
  end
  return table.move(M.COLUMNS, 1, has_maker and #M.COLUMNS or 4, 1, {})
end

--- Writes the rows to stdout.
---@param format mkrun.Format
---@param rows mkio.Drift[]
function M.write(format, rows)
  local summary = "Drift: " .. M.summary(rows) .. "."
  if format == "markdown" then output.paragraph(summary) end
  if rows[1] or not IS_READ[format] then
    output.write(format, columns_of(format, rows), rows)
  end
  if format == "text" then print(rows[1] and "\n" .. summary or "No drift.") end
end

return M
