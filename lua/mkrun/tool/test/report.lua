--- Prints the outcomes of tests: as text in busted's manner, TAP, JUnit XML or
--- JSON.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local trial = require "mkrun.trial"

local M = {}

---@class mkrun.test.Report
---@field events table[]
---@field counts table<string, integer>
local Report = {}
Report.__index = Report

M.formats = { "text", "tap", "junit", "json" }

local SIGNS <const> = { success = "+", failure = "-", error = "*",
  pending = "." }

function Report:start() self.from = trial.clock() end

--- Adds an outcome: of a test, or an error outside of the tests.
---@param event table
function Report:add(event)
  if event.status == "listed" then
    return print(("%s:%d: %s"):format(event.file, event.line or 0, event.name))
  end
  self.events[#self.events + 1] = event
  self.counts[event.status] = self.counts[event.status] + 1
  if self.each then self.each(self, event) end
end

function Report:finish()
  self.seconds = trial.clock() - self.from
  if not self.is_list then self.write(self) end
end

local function where(event)
  if not event.file then return "" end
  return event.line and ("%s @ %d"):format(event.file, event.line)
    or event.file
end

-- Text ------------------------------------------------------------------------

local function text_each(_, event)
  io.write(SIGNS[event.status])
  io.flush()
end

local function counted(count, one, many)
  return ("%d %s"):format(count, count == 1 and one or many)
end

local function summary(report)
  local counts = report.counts
  return ("%s / %s / %s / %d pending : %.3f seconds"):format(
    counted(counts.success, "success", "successes"),
    counted(counts.failure, "failure", "failures"),
    counted(counts.error, "error", "errors"), counts.pending, report.seconds)
end

local TITLES <const> = { { "pending", "Pending" }, { "failure", "Failure" },
  { "error", "Error" } }

local function text(report)
  print("\n" .. summary(report))
  for _, title in ipairs(TITLES) do
    for _, event in ipairs(report.events) do
      if event.status == title[1] then
        print(("\n%s -> %s\n%s"):format(title[2], where(event), event.name))
        if event.message then print(event.message) end
        if event.trace and event.trace ~= "" and report.is_verbose then
          print("stack:\n" .. event.trace)
        end
      end
    end
  end
end

-- TAP 14 ----------------------------------------------------------------------

local function tap_name(name)
  return (name:gsub("\n", " "):gsub("[\\#]", "\\%0"))
end

local function tap_each(report, event)
  local bad = event.status == "failure" or event.status == "error"
  io.write(("%sok %d - %s%s\n"):format(bad and "not " or "", #report.events,
    tap_name(event.name), event.status == "pending" and " # SKIP" or ""))
  if bad then
    io.write(("  # %s\n  # %s\n"):format(where(event),
      (event.message or ""):gsub("\n", "\n  # ")))
  end
  io.flush()
end

local function tap(report) print("1.." .. #report.events) end

-- JUnit -----------------------------------------------------------------------

local ENTITIES <const> = { ["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;",
  ['"'] = "&quot;", ["\n"] = "&#10;", ["\t"] = "&#9;", ["\r"] = "&#13;" }

local function xml(value, keep_lines)
  local escaped = tostring(value):gsub("[%c<>&\"]", function(c)
    if keep_lines and (c == "\n" or c == "\t") then return c end
    return ENTITIES[c] or "?"
  end)
  return (escaped:gsub("\xEF\xBF[\xBE\xBF]", "?"))
end

local function case(event)
  local name = ("    <testcase classname=\"%s\" name=\"%s\" time=\"%.3f\"")
    :format(xml((event.file or ""):gsub("%.lua$", ""):gsub("/", ".")),
      xml(event.name), event.seconds or 0)
  if event.status == "success" then return name .. "/>\n" end
  if event.status == "pending" then
    return ("%s>\n      <skipped/>\n    </testcase>\n"):format(name)
  end
  local message = event.message or ""
  return ("%s>\n      <%s message=\"%s\">%s</%s>\n    </testcase>\n"):format(
    name, event.status, xml(message:match "^[^\n]*"),
    xml(where(event) .. "\n" .. message, true), event.status)
end

local function junit(report)
  local counts = report.counts
  local numbers = ('tests="%d" failures="%d" errors="%d" skipped="%d" '
    .. 'time="%.3f"'):format(#report.events, counts.failure, counts.error,
    counts.pending, report.seconds)
  io.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ',
    (numbers:gsub(' skipped="%d+"', "")), ">\n",
    '  <testsuite name="mkrun test" ', numbers, ">\n")
  for _, event in ipairs(report.events) do io.write(case(event)) end
  io.write "  </testsuite>\n</testsuites>\n"
end

-- JSON ------------------------------------------------------------------------

local function as_json(report)
  for _, event in ipairs(report.events) do event.is_test = nil end
  io.write(json.encode({ tests = json.array(report.events),
    summary = report.counts, seconds = report.seconds },
    { indent = 2, sort = true }), "\n")
end

local FORMATS <const> = {
  text = { each = text_each, write = text },
  tap = { start = "TAP version 14\n", each = tap_each, write = tap },
  junit = { write = junit }, json = { write = as_json },
}

--- Makes a report.
---@param format string     one of `formats`
---@param options table     `verbose` adds the stack to errors
---@return mkrun.test.Report
function M.new(format, options)
  local own = FORMATS[format]
  if own.start and not options.list then io.write(own.start) end
  return setmetatable({ events = {}, write = own.write, each = own.each,
    is_list = options.list, is_verbose = options.verbose,
    counts = { success = 0, failure = 0, error = 0, pending = 0 } }, Report)
end

return M
