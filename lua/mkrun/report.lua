--- Prints what a flow did: a line for each step, and a summary at the end.
--- Flows that write call it.
---
---     = organization    Northlight Broadcasting
---     + project         evening-news
---     ~ team            night-desk: add scopes/evening-newsScope
---     Summary: 1 created, 1 changed, 1 unchanged.
---
--- The report goes to stdout because it is the flow's result.  With another
--- `--output` than text each step is a row.  Rows of CSV and JSON Lines are
--- written one by one; those of JSON at the end, and those of Markdown below
--- the summary.  A dry run prints no report: it prints a plan.
-- SPDX-License-Identifier: MIT

local colon = require "mkrun.host.colon"
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
---@field package rows table[]  rows to write at the end
---@field package places table<integer, mkrun.ReportPlace>  places whose steps
---  are not all written, from `first` to `last`
---@field package first integer
---@field package last integer
---@field package begun? boolean  true if the line of CSV names is written
---@field package is_late? boolean  true if all rows are written at the end
local Report = colon.class "mkrun.Report"

--- A part of the report whose steps come before those of later places, although
--- they may be known later.
---@class mkrun.ReportPlace
---@field package report mkrun.Report
---@field package steps table[]    arguments of `step`, while an earlier place
---  is open
---@field package is_open boolean
---@field package is_past? boolean   later places are written
local Place = colon.class "mkrun.ReportPlace"

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

--- Formats whose rows are written one by one.
local streamed = { csv = true, jsonl = true }

local function write_row(self, row)
  if not streamed[self.format] or self.is_late then
    table.insert(self.rows, row)
  elseif not config.dry_run then
    output.write(self.format, columns, { row }, self.begun)
    self.begun = true
  end
end

local function check_outcome(outcome)
  if signs[outcome] then return end
  error(("bad argument #1 to 'step' (no outcome '%s')")
    :format(tostring(outcome)), 3)
end

local function write_step(self, outcome, kind, name, details)
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

--- Prints a step in one line.  A control character becomes "?".
---@param outcome mkrun.Outcome
---@param kind string        "team"
---@param name string        "night-desk"
---@param details? string[]  "add scopes/evening-newsScope"
function Report:step(outcome, kind, name, details)
  check_outcome(outcome)
  if not self.places[self.first] then
    return write_step(self, outcome, kind, name, details)
  end
  local place = self:place()
  place:step(outcome, kind, name, details)
  place:close()
end

--- Writes the steps of the first places, up to the first one that is open,
--- whose steps so far are written, too.
local function write_places(self)
  local place = self.places[self.first]
  while place do
    local steps = place.steps
    place.steps = {}
    for _, step in ipairs(steps) do
      write_step(self, table.unpack(step, 1, 4))
    end
    if place.is_open then return end
    place.is_past = true
    self.places[self.first], self.first = nil, self.first + 1
    place = self.places[self.first]
  end
end

--- Takes a place in the report.  Its steps are written when all earlier places
--- are closed, whenever they are known:
---
---     for i, wish in ipairs(wishes) do places[i] = out:place() end
---     -- later, in any order:
---     places[i]:step("created", "team", "night-desk")
---     places[i]:close()
---@return mkrun.ReportPlace
function Report:place()
  local place = setmetatable({ report = self, steps = {}, is_open = true },
    Place)
  self.last = self.last + 1
  self.places[self.last] = place
  return place
end

--- As `Report:step`, at this place.  A step that comes after `close` is not
--- lost, but may be written later.
---@param outcome mkrun.Outcome
---@param kind string
---@param name string
---@param details? string[]
function Place:step(outcome, kind, name, details)
  check_outcome(outcome)
  local report = self.report
  if self.is_past then return report:step(outcome, kind, name, details) end
  self.steps[#self.steps + 1] = { outcome, kind, name, details }
  if report.places[report.first] == self then write_places(report) end
end

--- Says that no step comes here any more.  A second call does nothing.
function Place:close()
  self.is_open = false
  local report = self.report
  if report.places[report.first] == self then write_places(report) end
end

--- Writes what is known, because the run ends.
local function close_places(self)
  for i = self.first, self.last do self.places[i].is_open = false end
  write_places(self)
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

--- Writes what is not written yet: the rows, in Markdown below the summary.
local function write_rest(self)
  local rows = self.rows
  local is_markdown = self.format == "markdown"
  if is_markdown then output.paragraph("**" .. self:summary() .. "**") end
  if rows[1] or not is_markdown then
    output.write(self.format, columns, rows, self.begun)
  end
end

--- Writes the summary.  In another format than text it writes the remaining
--- rows instead, in Markdown below the summary.
function Report:finish()
  close_places(self)
  self.finished = true
  if self.format == "text" then return write(self:summary()) end
  if not config.dry_run then write_rest(self) end
end

--- Ends the report without a summary.  A flow calls it before it writes a
--- result of its own.
function Report:leave()
  close_places(self)
  self.finished = true
end

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
  if self.finished then return end
  close_places(self)
  if self.format == "text" then return end
  local script = config.script or {}
  for _, text in ipairs(texts) do
    self:step("failed", "run", script.name or "", { text })
  end
  self:finish()
end

--- Runs at the end of the scope of `local out <close>`, and at `os.exit`.  It
--- writes the steps that wait for an earlier place.  If an error ends the run,
--- it prints the summary of the steps done so far.  In another format than
--- text it also writes the error as a row.
function Report:__close(problem)
  if self.finished then return end
  close_places(self)
  if problem == nil then return end
  if self.format ~= "text" then return tell_end(self, { text_of(problem) }) end
  if not has_steps(self) then return end
  self.finished = true
  write(("%s, then stopped; %s to go on."):format(self:summary():sub(1, -2),
    config.apply and "plan again" or "run it again"))
end

local M = {}

--- Begins a report.
---@param format? mkrun.Format  default: text, as is "html", which has no rows
---@param is_late? boolean  true if the rows must wait for an error or `finish`:
---  for a flow that has a result of its own in other formats than text
---@return mkrun.Report
function M.new(format, is_late)
  local counts = {}
  for outcome in pairs(signs) do counts[outcome] = 0 end
  local self = setmetatable({ counts = counts, is_late = is_late, rows = {},
    format = format ~= "html" and format or "text", places = {}, first = 1,
    last = 0 }, Report)
  refusals.listen(function(texts) tell_end(self, texts) end)
  return self
end

return M
