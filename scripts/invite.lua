#!/usr/bin/env mkrun
--- Invite many people at once, from a list.
--
-- FILE is CSV with the columns email, teams and comment, named in its first
-- line, of which email is needed; the teams of a person stand in one field,
-- with ; between them.  Or it is JSON, a list of objects with the same names:
--
--   email,teams,comment
--   kari@partner.example,night-desk;auditors,covers the winter season
--
--   [{"email": "kari@partner.example", "teams": ["night-desk"]}]
--
-- Who is a member, or has an open invite, is left alone; the report says so
-- when a team of the list is not theirs.  A second run invites nobody.  All of
-- FILE is checked, and all teams are looked up, before the first invite.  Each
-- line is written when its invite is sent (JSON is written at the end).
--
-- @usage  mkrun invite [--team NAME]... [--comment TEXT] [--output FORMAT] FILE
-- @arg    FILE             whom to invite, or - for stdin
-- @arg    --team NAME      for those of whom FILE names no team
-- @arg    --comment TEXT   what they read (default "Welcome to ORGANIZATION")
-- @arg    --output FORMAT  text (default), json or csv
-- @env    MKIO_TOKEN     token of an administrator of the organization
-- @env    MKIO_BASE_URL  where the API is (default https://app.mk.io)
-- @output
-- = invite          ola@northlight.example: a member
-- + invite          kari@partner.example: night-desk; auditors
-- Summary: 1 created, 0 changed, 1 unchanged.
-- @exit   0 all are invited or members, 1 some are not, 2 wrong usage or FILE
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

local function invite_all(missing)
  local comment = options.comment
  if missing[1] and not comment then
    comment = "Welcome to " .. org:get({ needs = "name" }).spec.name
  end
  local told <close> = guests.reporting(list, out)
  local bar <close> = progress.new("inviting", #missing, { kind = "writes" })
  guests.invite(org, missing, comment, function(guest)
    bar:close() -- the line makes room for those that stay
    told:done(guest)
    bar:step(guest.email)
  end)
end

invite_all(guests.look(org, list, source, teams))
out:finish()
if out.counts.failed > 0 then os.exit(1) end
