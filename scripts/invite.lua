#!/usr/bin/env mkrun
--- Invite many people at once, from a list.
--
-- FILE is CSV or JSON.  The first line of CSV names the columns: email, and
-- optionally teams and comment.  A field can name several teams, separated by
-- ";".  JSON is a list of objects whose members have the same names:
--
--   email,teams,comment
--   kari@partner.example,night-desk;auditors,covers the winter season
--
--   [{"email": "kari@partner.example", "teams": ["night-desk"]}]
--
-- A person who is a member or has an open invite is not invited again.  The
-- report then names the teams in FILE that the person is not in.  A second run
-- invites nobody.  The flow checks all of FILE and looks up all teams before it
-- sends the first invite.  It prints the line of a person as soon as the invite
-- is sent, but JSON only at the end.
--
-- @usage  mkrun invite [--team NAME]... [--comment TEXT] [--output FORMAT] FILE
-- @arg    FILE             the list of people, or - for stdin
-- @arg    --team NAME      team of each person for whom FILE names no team
-- @arg    --comment TEXT   text of the invites for which FILE has no comment
--           (default "Welcome to ORGANIZATION")
-- @arg    --output FORMAT  text (default), json, jsonl, csv or markdown
-- @env    MKIO_TOKEN     token of an administrator of the organization
-- @env    MKIO_BASE_URL  URL of the API (default https://app.mk.io)
-- @output
-- = invite          ola@northlight.example: a member
-- + invite          kari@partner.example: night-desk; auditors
-- Summary: 1 created, 0 changed, 1 unchanged.
-- @exit   0 all are invited or members, 1 some invites failed, 2 wrong usage
--           or FILE
-- @needs  api:read, api:invites.create, api:invites.cancel, read:FILE
-- @tags   write, idempotent
-- SPDX-License-Identifier: MIT

local guests = require "mkio.flow.invite"
local mkio = require "mkio"
local output = require "mkrun.output"
local progress = require "mkrun.progress"
local report = require "mkrun.report"
local script = require "mkrun.script"

local options, file = script.arguments(...)
local format = output.format(options.output)
local out <close> = report.new(format)
local list, source = guests.read(file)
local teams = guests.default(list, options.team)

local org = mkio.connect()

local function invite_all(missing, lists)
  local comment = guests.comment(lists, missing, options.comment)
  local told <close> = guests.reporting(list, out)
  local bar <close> = progress.new("inviting", #missing, { kind = "writes" })
  guests.invite(org, missing, comment, function(guest)
    bar:close() -- erases the progress line before the report prints its line
    told:done(guest)
    bar:step(guest.email)
  end)
end

invite_all(guests.look(org, list, source, teams, options.comment))
out:finish()
if out.counts.failed > 0 then os.exit(1) end
