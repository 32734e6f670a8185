--- What a flow did, one line for each step, and a count at the end.
---
---     = organization    Northlight Broadcasting
---     + project         evening-news
---     ~ team            night-desk: add scopes/evening-newsScope
---     Summary: 1 created, 1 changed, 1 unchanged.
---
--- Goes to stdout: it is the flow's result.  For machines (`--output json` or
--- `csv`) the steps are rows, those of JSON written at the end, and there is no
--- summary.  A dry run has a plan to show, and nothing that was done.
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
---@field rows table[]  of JSON
---@field begun? boolean  the head of the CSV is written
---@field is_late? boolean  rows are written at the end only
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

--- What the summary does not mention when there was none.
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

--- Tell of one step, in one line: a control character becomes "?".
---@param outcome mkrun.Outcome
---@param kind string        "team"
---@param name string        "night-desk"
---@param details? string[]  what was done to it
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

--- "Summary: 3 created, 1 changed, 9 unchanged."
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

--- Write the summary line; for machines what is not yet written of the steps.
function Report:finish()
  self.finished = true
  if self.format == "text" then return write(self:summary()) end
  if not config.dry_run then
    output.write(self.format, columns, self.rows, self.begun)
  end
end

--- The flow has a result of its own to write, and no error comes any more.
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
  -- with --trace the host has added one
  return is_text and (tostring(problem):gsub("\nstack traceback:.*", ""))
    or "interrupted"
end

--- What ended the run, as rows.
local function tell_end(self, texts)
  if self.finished or self.format == "text" then return end
  local script = config.script or {}
  for _, text in ipairs(texts) do
    self:step("failed", "run", script.name or "", { text })
  end
  self:finish()
end

--- `local out <close>`: a run that an error ends says how far it came.  For
--- machines the error is a row as well.
function Report:__close(problem)
  if problem == nil or self.finished then return end
  if self.format ~= "text" then return tell_end(self, { text_of(problem) }) end
  if not has_steps(self) then return end
  self.finished = true
  write(("%s, then stopped; %s to go on."):format(self:summary():sub(1, -2),
    config.apply and "plan again" or "run it again"))
end

local M = {}

---@param format? mkrun.Format  default: text
---@param is_late? boolean  rows are written by an error or `finish` only: for a
---  flow that has a result of its own for machines
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
