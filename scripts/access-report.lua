#!/usr/bin/env mkrun
--- Report who can do what, and through which team.
--
-- The report has four tables: the roles of each user, with scope and team; the
-- valid tokens of these users; the resources in each scope; the capabilities
-- of each role.  In JSON the tables are one document, with open invites and
-- findings.  In CSV and JSON Lines each row has its kind: access, token, scope,
-- role, invite or finding.  Users without a team and teams without a member are
-- included.  HTML is a page for a browser, with the same data.
--
-- A full-access or login token can do everything that its user can do.  A
-- restricted token can do what its permissions allow.  Permissions are shown
-- in JSON and CSV only.
--
--   mkrun access-report --can teams.patch
--   mkrun access-report --can webhooks.put --project evening-news
--   mkrun access-report --user kari@northlight.example --output json
--
-- @usage  mkrun access-report [--user WHO] [--team NAME] [--project NAME]
--           [--can WHAT] [--output FORMAT]
-- @arg    --user WHO       only this user: an e-mail address or an id
-- @arg    --team NAME      only the roles that come from this team
-- @arg    --project NAME   only the roles on this project; with --can: only
--           users who can do WHAT on this project
-- @arg    --can WHAT       only users who can do WHAT: an operation
--           ("teams.patch", "PATCH /api/v1/...") or a capability
--           ("core.team.update")
-- @arg    --output FORMAT  text (default), json, jsonl, csv, markdown or html
-- @env    MKIO_TOKEN     token that may see users, teams, scopes, roles,
--           projects and the organization's tokens
-- @env    MKIO_BASE_URL  URL of the API (default https://app.mk.io)
-- @output
-- USER                    TEAM       IS TEAM ADMIN  SCOPE              ROLE
-- ola@northlight.example  Everyone   no             allProjectsScope   reader
-- ola@northlight.example  night-desk yes            evening-newsScope  user
-- @exit   0 the report is complete, 1 the API refused a request, 2 wrong usage
--         or unknown name
-- @needs  api:read
-- @tags   read, idempotent
-- SPDX-License-Identifier: MIT

local access = require "mkio.flow.common.access"
local address = require "mkrun.address"
local mkio = require "mkio"
local operation_name = require "mkio.flow.common.operation_name"
local output = require "mkrun.output"
local page = require "mkio.flow.access_report.page"
local reporting = require "mkrun.report"
local reports = require "mkio.flow.access_report"
local script = require "mkrun.script"
local tables = require "mkio.flow.access_report.tables"

local options = script.arguments(...)
local format = output.format(options.output, reports.FORMATS)

--- Returns the capabilities that WHAT, the value of `--can`, names.  Also
--- returns the resource on which they are needed, and the path parameters in
--- WHAT.
local function capabilities(what)
  local operation, found = operation_name.find(what)
  if not operation then
    script.usage("--can: " .. found)
  elseif #operation.can == 0 then
    script.usage(("--can: everybody may '%s'"):format(what))
  end
  return operation.can, access.place(operation), found
end

--- Returns the project that --project or --can names.
local function project_of(place, parameters)
  if place and place.type == "core.customer" then
    if not options.project then return nil end
    script.usage(("--project: '%s' is not about a project"):format(options.can))
  end
  local project, fault = operation_name.project(parameters, options.project)
  if fault then script.usage("--can: " .. fault) end
  return project
end

local hidden = options.user and address.fault(options.user)
if hidden then script.usage("--user: " .. hidden) end
local filter = { user = options.user, team = options.team }
local parameters = {}
if options.can then
  filter.can, filter.place, parameters = capabilities(options.can)
end
filter.project = project_of(filter.place, parameters)
local out <close> = reporting.new(format)
local report = reports.make(mkio.connect(), filter,
  format ~= "text" and format ~= "markdown")

out:leave()
if format == "json" then
  output.document(tables.document(report))
elseif format == "html" then
  io.write(page.render(report, options))
elseif format == "csv" then
  output.write(format, tables.csv_columns, tables.flat(report))
elseif format == "jsonl" then
  for _, part in ipairs(tables.parts(report)) do
    output.write(format, part.columns, part.rows)
  end
else
  tables.print(format, report, not options.can)
end
if #report.access == 0 then script.say "mkrun: no user has such a role" end
