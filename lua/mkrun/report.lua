--- Prints what a flow did: a line for each step, and a summary at the end.
--- Flows that write call it.
---
---     = organization    Northlight Broadcasting
---     + project         evening-news
---     ~ team            night-desk: add scopes/evening-newsScope
---     Summary: 1 created, 1 changed, 1 unchanged.
---
--- The report goes to stdout because it is the flow's result.  With `--output
--- json` or `csv` each step is a row, and there is no summary.  JSON rows are
--- written at the end.  A dry run prints no report: it prints a plan.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local harmless = require "mkrun.printable"
local json = require "mkrun.json"
local output = require "mkrun.output"
local refusals = require "mkrun.host.refusals"

---@alias mkrun.Outcome "unchanged"|"created"|"changed"|"revoked"|"removed"
---| "failed"

---@class mkrun.Report
---@field counts table<mkrun.Outcome, integer>
---@field format mkrun.Format
---@field rows table[]  rows to write at the end
---@field begun? boolean  true if the line of CSV column names is written
---@field is_late? boolean  true if all rows are written at the end
local Report = {}
Report.__index = Report
Report.__name = "mkrun.Report"

local signs = {
  unchanged = "=", created = "+", changed = "~", revoked = "-", removed = "-",
  failed = "!",
}
local colors = {
  created = "32", changed = "33", revoked = "31", removed = "31",
  failed = "31",
}

--- The summary leaves these outcomes out if their count is 0.
local rare = { "revoked", "removed", "failed" }

local columns = { "outcome", "kind", "name", "details" }

local function sign_of(outcome)
  local color = config.color and colors[outcome]
  local sign = signs[outcome]
  return color and ("\27[%sm%s\27[0m"):format(color, sign) or sign
end

local function write(line)
  if config.dry_run then return end
  io.stdout:write(line, "\n")
  io.stdout:flush()
end

local function write_row(self, row)
  if self.format == "json" or self.is_late then
    table.insert(self.rows, row)
  elseif not config.dry_run then
    output.write(self.format, columns, { row }, self.begun)
    self.begun = true
  end
end

--- Prints a step in one line.  A control character becomes "?".
---@param outcome mkrun.Outcome
---@param kind string        "team"
---@param name string        "night-desk"
---@param details? string[]  "add scopes/evening-newsScope"
function Report:step(outcome, kind, name, details)
  if not signs[outcome] then
    error(("bad argument #1 to 'step' (no outcome '%s')")
      :format(tostring(outcome)), 2)
  end
  self.counts[outcome] = self.counts[outcome] + 1
  if self.format ~= "text" then
    return write_row(self, { outcome = outcome, kind = kind, name = name,
      details = json.array { table.unpack(details or {}) } })
  end
  local more = details and #details > 0
    and ": " .. table.concat(details, "; ") or ""
  local text = ("%-15s %s%s"):format(kind, name, more)
  write(sign_of(outcome) .. " " .. harmless.line(text))
end

--- Returns "Summary: 3 created, 1 changed, 9 unchanged."
---@return string
function Report:summary()
  local counts = self.counts
  local text = ("Summary: %d created, %d changed, %d unchanged")
    :format(counts.created, counts.changed, counts.unchanged)
  for _, outcome in ipairs(rare) do
    if counts[outcome] > 0 then
      text = ("%s, %d %s"):format(text, counts[outcome], outcome)
    end
  end
  return text .. "."
end

--- Writes the summary.  In JSON and CSV it writes the remaining rows instead.
function Report:finish()
  self.finished = true
  if self.format == "text" then return write(self:summary()) end
  if not config.dry_run then
    output.write(self.format, columns, self.rows, self.begun)
  end
end

--- Ends the report without a summary.  A flow calls it before it writes a
--- result of its own.
function Report:leave() self.finished = true end

local function has_steps(self)
  for _, count in pairs(self.counts) do
    if count > 0 then return true end
  end
  return false
end

local function text_of(problem)
  local meta = getmetatable(problem)
  local is_text = type(problem) == "string"
    or type(meta) == "table" and meta.__tostring
  -- with --trace the host adds a traceback to the message
  return is_text and (tostring(problem):gsub("\nstack traceback:.*", ""))
    or "interrupted"
end

--- Writes one row for each message that ended the run.
local function tell_end(self, texts)
  if self.finished or self.format == "text" then return end
  local script = config.script or {}
  for _, text in ipairs(texts) do
    self:step("failed", "run", script.name or "", { text })
  end
  self:finish()
end

--- Runs at the end of the scope of `local out <close>`.  If an error ends the
--- run, it prints the summary of the steps done so far.  In JSON and CSV it
--- also writes the error as a row.
function Report:__close(problem)
  if problem == nil or self.finished then return end
  if self.format ~= "text" then return tell_end(self, { text_of(problem) }) end
  if not has_steps(self) then return end
  self.finished = true
  write(("%s, then stopped; %s to go on."):format(self:summary():sub(1, -2),
    config.apply and "plan again" or "run it again"))
end

local M = {}

--- Begins a report.
---@param format? mkrun.Format  default: text
---@param is_late? boolean  true if the rows must wait for an error or `finish`:
---  for a flow that has a result of its own in JSON or CSV
---@return mkrun.Report
function M.new(format, is_late)
  local counts = {}
  for outcome in pairs(signs) do counts[outcome] = 0 end
  local self = setmetatable({ counts = counts, format = format or "text",
    is_late = is_late, rows = {} }, Report)
  refusals.listen(function(texts) tell_end(self, texts) end)
  return self
end

return M
