#!/usr/bin/env mkrun
--- Show which right a token lacks for an operation, and who can grant it.
--
-- The flow reads the token's rights, the roles that include the needed right,
-- and the teams that give such a role.  It changes nothing.  If the token may
-- not read a list, the flow says so.
--
--   mkrun why-403 teams.patch
--   mkrun why-403 "PUT /api/v1/projects/evening-news/webhook/rules/job-done"
--   mkrun why-403 webhooks.put evening-news
--
-- @usage  mkrun why-403 [--of FILE] [--output FORMAT] OPERATION [PROJECT]
-- @arg    OPERATION        name of the operation, or its method and path as in
--           an error message, or a capability
-- @arg    PROJECT          name of the project, for an operation on a project
--           (default: the project in the path, or MKIO_PROJECT)
-- @arg    --of FILE        file with the token to explain (default: the token
--           of this run, which may lack the rights to explain itself)
-- @arg    --output FORMAT  text (default), json, jsonl, csv or markdown;
--           csv: only the teams
-- @env    MKIO_TOKEN     the token to explain; with --of: a token that may see
--           roles, scopes and teams
-- @env    MKIO_PROJECT   name of a project
-- @env    MKIO_BASE_URL  URL of the API (default https://app.mk.io)
-- @output
-- operation  teams.patch: PATCH /api/v1/organization/teams/{team_name}
-- needs      core.team.update on the organization
-- token      lacks it
-- roles      administrator
-- scopes     managementScope
--
-- TEAM            SCOPE            ROLE           MEMBER  ADMINS
-- Administrators  managementScope  administrator  no      ola@partner.example
-- @exit   0 the token has the right, 1 it lacks the right or that is unknown,
--           2 wrong usage or FILE
-- @needs  api:read, read:FILE
-- @tags   read, idempotent
-- SPDX-License-Identifier: MIT

local access = require "mkio.flow.common.access"
local config = require "mkrun.config"
local harmless = require "mkrun.printable"
local markdown = require "mkrun.markdown"
local mkio = require "mkio"
local operation_name = require "mkio.flow.common.operation_name"
local output = require "mkrun.output"
local report = require "mkrun.report"
local script = require "mkrun.script"
local why = require "mkio.flow.why_403"

local options, name, project = script.arguments(...)
local format = output.format(options.output)

--- Returns the operation and the project that the command line names.
local function read_words()
  local operation, parameters = operation_name.find(name, project)
  if not operation then script.usage(parameters) end
  if project and project:find "/" then project = nil end
  if access.place(operation).type ~= "core.project" then
    if project and not operation.path:find("{project_name}", 1, true) then
      script.usage(("%s is not about a project: what is '%s'?"):format(
        operation.key, project))
    end
    return operation
  end
  local found, fault = operation_name.project(parameters, project)
  found = found or config.project
  if fault then script.usage(fault) end
  if not found then
    script.usage(operation.key .. " is about a project: name it")
  end
  return operation, found
end

local function print_text(found)
  for _, fact in ipairs(why.facts(found)) do
    print(harmless.line(("%-9s  %s"):format(fact[1], fact[2])))
  end
  if #found.ways > 0 then print() end
  output.write("text", why.columns, found.ways)
end

local function print_markdown(found)
  for _, fact in ipairs(why.facts(found)) do
    output.paragraph(("%s: %s"):format(fact[1], markdown.text(fact[2])))
  end
  if #found.ways > 0 then output.write(format, why.columns, found.ways) end
end

--- Returns the user whose token is explained, as an object like `org.me`.
local function questioned(org)
  if not options.of then return org.me end
  local token, message = why.read_token(options.of)
  if not token then script.refuse(message) end
  return mkio.connect({ token = token }).me
end

local operation, name_of_project = read_words()
local out <close> = report.new(format)
local org = mkio.connect()
local found = why.explain(org, questioned(org), operation, name_of_project)
out:leave()
if format == "json" or format == "jsonl" then
  output.document(found, format)
elseif format == "csv" then
  output.write(format, why.columns, found.ways)
elseif format == "markdown" then
  print_markdown(found)
else
  print_text(found)
end
for _, sentence in ipairs(found.advice) do script.say("mkrun: " .. sentence) end
if not found.allowed and #found.unseen > 0 then
  script.say("mkrun: the token may not see " .. table.concat(found.unseen,
    ", ") .. "; run this with one that may, and --of FILE")
end
os.exit(found.allowed)
