#!/usr/bin/env mkrun
--- Report what a month cost, by project or by payment method.
--
-- Costs are added without rounding.  Each currency has a total of its own.  The
-- report of the current month ends today.
--
-- @usage  mkrun usage [--month MONTH] [--by WHAT] [--meters] [--output FORMAT]
-- @arg    --month MONTH    the month, such as 2026-01 (default: this month)
-- @arg    --by WHAT        project (default) or payment-method
-- @arg    --meters         print a line for each meter, with its quantity
-- @arg    --output FORMAT  text (default), json, jsonl, csv or markdown;
--           only text has totals
-- @env    MKIO_TOKEN     token of an administrator of the organization
-- @env    MKIO_BASE_URL  URL of the API (default https://app.mk.io)
-- @output
-- PROJECT       COST      CURRENCY
-- evening-news  812.4000  EUR
-- late-news      11.0250  EUR
-- Total 2026-01: 823.4250 EUR
-- @exit   0 done, 1 the API refused, 2 wrong usage
-- @needs  api:read, api:reports.usage
-- @tags   read, idempotent
-- SPDX-License-Identifier: MIT

local mkio = require "mkio"
local output = require "mkrun.output"
local report = require "mkrun.report"
local script = require "mkrun.script"
local usage = require "mkio.flow.usage"

local options = script.arguments(...)
local format = output.format(options.output)
if options.month and not usage.month(options.month) then
  script.usage(("option '--month': a month such as 2026-01 expected, got '%s'")
    :format(options.month))
end
-- The machine's clock may be up to a day behind the server's clock.
if (options.month or "") > os.date("!%Y-%m", os.time() + 24 * 60 * 60) then
  script.usage(("option '--month': %s has not begun"):format(options.month))
end
local columns, shown = usage.columns(options.by or "project", options.meters)
if not columns then
  script.usage(("option '--by': 'project' or 'payment-method' expected, "
    .. "got '%s'"):format(options.by))
end

if format ~= "text" then table.insert(shown, 1, "month") end
local out <close> = report.new(format)
local records, month = usage.read(mkio.connect(), options.month)
local lines = usage.add_up(records, columns)
for _, line in ipairs(lines) do
  line.month = month
  if format == "text" then
    line.quantity = ("%.3f"):format(line.quantity)
  end
end
out:leave()
output.write(format, shown, lines)
if format ~= "text" then return end
for _, total in ipairs(usage.add_up(records, { "currency" })) do
  print(("Total %s: %s %s"):format(month, total.cost, total.currency))
end
if #records == 0 then script.say("mkrun: no usage in " .. month) end
