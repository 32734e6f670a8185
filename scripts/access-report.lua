#!/usr/bin/env mkrun
--- Report who can do what, and through which team.
--
-- Four tables: who has which role under which scope by which team; the live
-- tokens of those people; what each scope covers; what each role may.  As
-- JSON they are one document, as CSV one table whose first column is the kind
-- of the row.  Users without a team and teams without a member are there too.
--
-- A full-access or login token can do whatever its user can; a restricted one
-- only what its permissions say, and these are in the JSON and CSV.
--
--   mkrun access-report --can teams.patch
--   mkrun access-report --user kari@northlight.example --output json
--
-- @usage  mkrun access-report [--user WHO] [--team NAME] [--can WHAT]
--           [--output FORMAT]
-- @arg    --user WHO       only this user, by e-mail address or id
-- @arg    --team NAME      only what this team gives
-- @arg    --can WHAT       only who can do this: an operation ("teams.patch",
--           "PATCH /api/v1/...") or a capability ("core.team.update")
-- @arg    --output FORMAT  text (default), json or csv
-- @env    MKIO_TOKEN     token that may see users, teams, scopes, roles,
--           projects and the organization's tokens
-- @env    MKIO_BASE_URL  where the API is (default https://app.mk.io)
-- @output
-- USER                    TEAM       IS TEAM ADMIN  SCOPE              ROLE
-- ola@northlight.example  Everyone   no             allProjectsScope   reader
-- ola@northlight.example  night-desk yes            evening-newsScope  user
-- @exit   0 the report is complete, 1 it is not, 2 wrong usage
-- @tags   read, idempotent
-- SPDX-License-Identifier: MIT

local access = require "mkio.access"
local mkio = require "mkio"
local operation_name = require "mkio.operation_name"
local output = require "mkrun.output"
local reports = require "mkio.access_report"
local script = require "mkrun.script"
local tables = require "mkio.access_tables"

local options = script.arguments(...)
local format = output.format(options.output)

--- The capabilities that `--can` means, and where they must hold.
local function capabilities(what)
  local operation, why = operation_name.find(what)
  if operation and #operation.can == 0 then
    script.usage(("--can: everybody may '%s'"):format(what))
  elseif operation then
    return operation.can, access.place(operation)
  elseif not what:find "^%w+%.[%w.]+%.%a+$" then
    script.usage("--can: " .. why)
  end
  return { what }
end

local filter = { user = options.user, team = options.team }
if options.can then filter.can, filter.place = capabilities(options.can) end
local report = reports.make(mkio.connect(), filter)

local function print_tables()
  report.short_scopes = tables.short_scopes(report)
  report.families = options.can and {} or tables.families(report)
  local separator = ""
  for _, part in ipairs(tables.tables) do
    if #report[part[1]] > 0 then
      io.write(separator)
      output.write("text", part[2], report[part[1]])
      separator = "\n"
    end
  end
end

if format == "json" then
  output.document(tables.document(report))
elseif format == "csv" then
  output.write(format, tables.csv_columns, tables.flat(report))
else
  print_tables()
end
if #report.access == 0 then script.say "mkrun: nobody" end
