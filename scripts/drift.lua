#!/usr/bin/env mkrun
--- Compare the organization with a file of onboard, and write nothing.
--
-- The flow names what differs from SPEC, what is missing, and what is there
-- that SPEC does not name.  What it calls missing or different is what onboard
-- would write.  A part that SPEC does not have is not compared: without
-- "teams" no team is, and without "members" no member of a team.
--
-- The columns are:
--
--   change   missing, differs or extra (there, and not named in SPEC)
--   kind     as in SPEC: organization, paymentMethods, projects, webhooks,
--            teams, members, scopes, invites, tokens
--   name     of a rule PROJECT/RULE, of a member TEAM/EMAIL, of a scope
--            TEAM/SCOPE; KIND/NAME is a pattern for --only and "ignore"
--   details  what is there, and what SPEC has
--   by, at   who made what is extra, and when, where the API says so
--
-- Not compared: the secrets of a webhook rule, which the API does not show.  A
-- list "ignore" of patterns in SPEC leaves things out for good.
--
-- @usage  mkrun drift [--only PATTERN]... [--except PATTERN]...
--   [--set NAME=VALUE]... [--read-outside] [--output FORMAT] SPEC...
-- @arg    SPEC        JSON or Lua file as for onboard, or - for JSON on stdin
-- @arg    --set NAME=VALUE  set.NAME in files in Lua
-- @arg    --only PATTERN    only these parts: KIND/NAME, such as
--           teams/night-*, or several with commas between them
-- @arg    --except PATTERN  all but these parts
-- @arg    --read-outside  relative paths in SPEC may leave its folder
-- @arg    --output FORMAT  text (default), json, jsonl, csv, markdown
--           or html
-- @env    MKIO_TOKEN     token of an administrator of the organization
-- @env    MKIO_BASE_URL  URL of the API (default https://app.mk.io)
-- @output
-- CHANGE   KIND     NAME                 DETAILS
-- differs  teams    night-desk           description is "x", SPEC has "y"
-- missing  members  night-desk/kari@...  a user, but not in the team
-- extra    teams    legacy-desk          members: 'ola@...'; scopes: none
--
-- Drift: 1 missing, 1 different, 1 extra.
-- @exit   0 all is as in SPEC, 1 failed, 2 wrong usage or SPEC, 3 something is
--         missing, differs or is extra
-- @needs  api:read, files-in:SPEC
-- @tags   read, idempotent
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local drift = require "mkio.flow.drift"
local mkio = require "mkio"
local onboarding = require "mkio.flow.onboard"
local output = require "mkrun.output"
local report = require "mkrun.report"
local script = require "mkrun.script"
local show = require "mkio.flow.drift.show"

local words = { script.arguments(...) }
local options = table.remove(words, 1)
local format = output.format(options.output, show.FORMATS)
local out <close> = report.new(format, true)
onboarding.leave_secrets()
local spec, selection =
  onboarding.part(onboarding.read(words, options), options)
local org = mkio.connect()
local lists = drift.begin(org, spec, selection)
local here = lists:items "organization"
onboarding.check_owner(org, here, spec)
onboarding.check_patterns(spec, lists)
local rows, notes = drift.find(org, here, spec, selection, lists)

out:leave()
show.write(format, rows, { here.spec.name,
  table.concat(words, ", ") })
for _, note in ipairs(notes) do script.say("mkrun: " .. note) end
if rows[1] and not config.dry_run then os.exit(3) end
