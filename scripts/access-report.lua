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
--   mkrun access-report --can webhooks.put --project evening-news
--   mkrun access-report --user kari@northlight.example --output json
--
-- @usage  mkrun access-report [--user WHO] [--team NAME] [--project NAME]
--           [--can WHAT] [--output FORMAT]
-- @arg    --user WHO       only this user, by e-mail address or id
-- @arg    --team NAME      only what this team gives
-- @arg    --project NAME   only what reaches this project; with --can, what
--           can be done there
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
-- @exit   0 the report is complete, 1 it is not, 2 wrong usage, or a name that
--         is nobody's
-- @tags   read, idempotent
-- SPDX-License-Identifier: MIT

local access = require "mkio.flow.common.access"
local mkio = require "mkio"
local operation_name = require "mkio.flow.common.operation_name"
local output = require "mkrun.output"
local reporting = require "mkrun.report"
local reports = require "mkio.flow.access_report"
local script = require "mkrun.script"
local tables = require "mkio.flow.access_report.tables"

local options = script.arguments(...)
local format = output.format(options.output)

--- The capabilities that `--can` means, and where they must hold.
local function capabilities(what)
  local operation, found = operation_name.find(what)
  if not operation then
    script.usage("--can: " .. found)
  elseif #operation.can == 0 then
    script.usage(("--can: everybody may '%s'"):format(what))
  end
  return operation.can, access.place(operation), found
end

--- The project of --project, or the one that --can names.
local function project_of(place, parameters)
  if place and place.type == "core.customer" then
    if not options.project then return nil end
    script.usage(("--project: '%s' is not about a project"):format(options.can))
  end
  local project, fault = operation_name.project(parameters, options.project)
  if fault then script.usage("--can: " .. fault) end
  return project
end

local filter = { user = options.user, team = options.team }
local parameters = {}
if options.can then
  filter.can, filter.place, parameters = capabilities(options.can)
end
filter.project = project_of(filter.place, parameters)
local out <close> = reporting.new(format)
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

out:leave()
if format == "json" then
  output.document(tables.document(report))
elseif format == "csv" then
  output.write(format, tables.csv_columns, tables.flat(report))
else
  print_tables()
end
if #report.access == 0 then script.say "mkrun: nobody" end
