#!/usr/bin/env mkrun
--- Show a team, or change its members and roles.
--
-- Without edits the flow shows the team.  It sends all edits in one request.
-- The same edits a second time change nothing.  --add does not demote an
-- administrator of the team.  --remove keeps the person in the organization;
-- mkrun offboard removes them.  If an open invite to the person names the team,
-- the flow sends a new invite without the team.
--
-- --remove, --demote and --revoke need a person, role or scope that the team
-- has.  Otherwise the run ends before it changes anything, except with
-- --missing-ok.
--
--   mkrun team night-desk --add kari@northlight.example
--   mkrun team night-desk --grant user --scope evening-newsScope
--
-- @usage  mkrun team NAME [--create] [--add WHO]... [--remove WHO]...
--           [--promote WHO]... [--demote WHO]...
--           [--grant ROLE]... [--revoke ROLE]... [--scope SCOPE]
--           [--missing-ok] [--output FORMAT]
-- @arg    NAME             name of the team
-- @arg    --create         create the team if it does not exist
-- @arg    --add WHO        add a user of the organization, by e-mail or id
-- @arg    --remove WHO     remove a member
-- @arg    --promote WHO    make a member an administrator of the team
-- @arg    --demote WHO     make an administrator of the team a plain member
-- @arg    --grant ROLE     add the role in SCOPE
-- @arg    --revoke ROLE    remove the role in SCOPE
-- @arg    --scope SCOPE    scope of --grant and --revoke
-- @arg    --missing-ok     no error if a person or role to remove is absent
-- @arg    --output FORMAT  text (default), json, jsonl, csv or markdown:
--           the team after edits
-- @env    MKIO_TOKEN     token that may see teams, and change them for edits
-- @env    MKIO_BASE_URL  URL of the API (default https://app.mk.io)
-- @output
-- KIND    NAME                     ROLE
-- member  kari@northlight.example  member
-- member  ola@northlight.example   admin
-- scope   evening-newsScope        user
-- @exit   0 done, 1 failed, 2 wrong usage
-- @needs  api:read, api:teams.patch, --create:api:teams.put,
--         --remove:api:invites.create, --remove:api:invites.cancel
-- @tags   write, idempotent
-- SPDX-License-Identifier: MIT

local edit = require "mkio.flow.team"
local mkio = require "mkio"
local output = require "mkrun.output"
local report = require "mkrun.report"
local script = require "mkrun.script"

local options, name = script.arguments(...)
local format = output.format(options.output)
local fault = edit.fault(options)
if fault then script.usage(fault) end

local out <close> = report.new(format, true)
local org = mkio.connect()
local team, outcome, details, invites =
  edit.apply(org, name, options, options.create)
local shows = not edit.any(options) and outcome == "unchanged"
local tells = format == "text" and not shows
if not shows then out:step(outcome, "team", name, details) end
for _, invite in ipairs(invites) do
  local email, done = invite.spec.email, edit.uninvite(org, invite, name)
  out:step("changed", "invite", email, { done })
  if not tells then
    script.say(("mkrun: the invite to '%s': %s"):format(email, done))
  end
end
if tells then return out:finish() end
out:leave()
if format == "json" or format == "jsonl" then
  output.document(edit.document(team), format)
else
  output.write(format, edit.columns, edit.rows(team))
end
