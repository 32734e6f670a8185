#!/usr/bin/env mkrun
--- Show a team, or change who is in it and what it may do.
--
-- Without an edit it shows the team.  All edits of one call are one change of
-- the team; what is so already is left alone, so the same call again changes
-- nothing.  A member keeps the rank that no edit names: --add does not demote
-- an administrator of the team.  --remove leaves the person in the
-- organization; mkrun offboard is what takes them out.  When an open invite to
-- them names the team, it is sent anew without it.
--
-- What is to be taken away has to be there: a person, role or scope that the
-- team does not have is a slip of the keyboard, unless --missing-ok says that
-- it may be gone.
--
--   mkrun team night-desk --add kari@northlight.example
--   mkrun team night-desk --grant user --scope evening-newsScope
--
-- @usage  mkrun team NAME [--create] [--add WHO]... [--remove WHO]...
--           [--promote WHO]... [--demote WHO]...
--           [--grant ROLE]... [--revoke ROLE]... [--scope SCOPE]
--           [--missing-ok] [--output FORMAT]
-- @arg    NAME             of the team
-- @arg    --create         make the team when it is not there
-- @arg    --add WHO        a user of the organization, by e-mail address or id
-- @arg    --remove WHO     a member, out of the team
-- @arg    --promote WHO    a member, to administrator of the team
-- @arg    --demote WHO     an administrator of the team, to member
-- @arg    --grant ROLE     give the role under SCOPE
-- @arg    --revoke ROLE    take the role under SCOPE away
-- @arg    --scope SCOPE    what --grant and --revoke are about
-- @arg    --missing-ok     what is to be taken away may be gone
-- @arg    --output FORMAT  text (default), json or csv: the team as it is then
-- @env    MKIO_TOKEN     token that may see, and for edits change, teams
-- @env    MKIO_BASE_URL  where the API is (default https://app.mk.io)
-- @output
-- KIND    NAME                     ROLE
-- member  kari@northlight.example  member
-- member  ola@northlight.example   admin
-- scope   evening-newsScope        user
-- @exit   0 the team is as asked for, 1 it is not, 2 wrong usage
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
if format == "json" then
  output.document(edit.document(team))
else
  output.write(format, edit.columns, edit.rows(team))
end
