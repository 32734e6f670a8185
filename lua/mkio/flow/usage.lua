--- Adds up the usage of a month.  The script `usage` calls this module.
---
--- The API's answer has a record for each project, payment method and meter.
--- `add_up` adds up the records that a report prints as one line.  Costs are
--- decimal texts and are added without rounding.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local decimal = require "mkrun.decimal"
local json = require "mkrun.json"

local errors = require "mkrun.rest.error"
local value = require "mkrun.value"

local M = {}

--- The columns of a report, by the value of the option `--by`.
local kinds = {
  project = { "project" },
  ["payment-method"] = { "paymentMethod", "paymentMethodId" },
}

--- Returns the first days of a month and of the next month.  Returns nil if the
--- text is not a month.
---@param text string  a month, such as "2026-01"
---@return string? first  the first day, such as "2026-01-01"
---@return string? next   the first day of the next month
function M.month(text)
  local year, month = text:match "^(%d%d%d%d)%-(%d%d)$"
  year, month = tonumber(year), tonumber(month)
  if not month or month < 1 or month > 12 then return nil end
  return ("%04d-%02d-01"):format(year, month),
    ("%04d-%02d-01"):format(year + month // 12, month % 12 + 1)
end

--- Returns the current month by the server's clock.  Before the first answer
--- the clock of this machine is used.
local function this_month() return clock.iso8601():sub(1, 7) end

--- Reads the records of a month.  Records of other months are left out, because
--- an earlier version of the API also reported the end date.
local function read(org, month)
  local first, next_month = M.month(month)
  local answer = org:usage {
    startDate = first, endDate = next_month, granularity = "month",
  }
  local records = {}
  for _, record in ipairs(value.dig(answer, "value") or {}) do
    local date = value.dig(record, "date")
    if type(date) ~= "string" or date:sub(1, #month) == month then
      records[#records + 1] = record
    end
  end
  return records
end

--- Reads the usage of a month.
---@param org mkio.Organization
---@param month? string  such as "2026-01" (default: the current month by the
---  server's clock)
---@return table[] records
---@return string month
function M.read(org, month)
  if month then return read(org, month), month end
  local guess = this_month()
  local ok, records = pcall(read, org, guess)
  month = this_month() -- the answer may have corrected the clock
  if month ~= guess then return read(org, month), month end
  if not ok then error(records, 0) end
  return records, month
end

--- Returns an amount as a decimal text.
local function text_of(amount)
  amount = value.present(amount)
  if type(amount) == "number" then amount = json.encode(amount) end
  return amount or "0"
end

--- Returns a line with the columns of a record, and a key that is the same for
--- records with equal columns.
local function identity(record, columns)
  local id = value.present(record.paymentMethod)
  local all = {
    project = value.present(record.project),
    paymentMethod = value.present(record.paymentMethodName) or id,
    paymentMethodId = id,
    meter = value.present(record.meterName), unit = value.present(record.unit),
    currency = value.present(record.currency),
  }
  local line, key = {}, {}
  for i, column in ipairs(columns) do
    line[column], key[i] = all[column], tostring(all[column])
  end
  return line, table.concat(key, "\0")
end

local function sum(amounts)
  local total, message = decimal.sum(amounts)
  return total or errors.raise("usage", "in the report, " .. message)
end

--- Adds up the records whose values are equal in all the given columns.
---@param records table[]
---@param columns string[]
---@return table[] lines   the columns with quantity and cost, sorted
function M.add_up(records, columns)
  local lines, by_key = {}, {}
  for _, record in ipairs(records) do
    local line, key = identity(record, columns)
    if not by_key[key] then
      line.key, line.costs, line.quantities = key, {}, {}
      by_key[key], lines[#lines + 1] = line, line
    end
    line = by_key[key]
    table.insert(line.costs, text_of(record.cost))
    table.insert(line.quantities, text_of(record.quantity))
  end
  table.sort(lines, function(a, b) return a.key < b.key end)
  for _, line in ipairs(lines) do
    line.cost = sum(line.costs)
    line.quantity = tonumber(sum(line.quantities))
  end
  return lines
end

--- Returns the columns of a report, or nil if `by` is unknown.
---@param by string         "project" or "payment-method"
---@param meters? boolean   true: the report has a line for each meter
---@return string[]? identity  the columns whose values identify a line
---@return string[]? shown     the columns to print
function M.columns(by, meters)
  if not kinds[by] then return nil end
  local own, shown = { table.unpack(kinds[by]) }, { table.unpack(kinds[by]) }
  for _, name in ipairs(meters and { "meter", "unit" } or {}) do
    own[#own + 1] = name
  end
  for _, name in ipairs(meters and { "meter", "quantity", "unit" } or {}) do
    shown[#shown + 1] = name
  end
  own[#own + 1] = "currency"
  shown[#shown + 1], shown[#shown + 2] = "cost", "currency"
  return own, shown
end

return M
