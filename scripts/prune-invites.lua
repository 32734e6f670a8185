#!/usr/bin/env mkrun
--- List, cancel or renew invites that nobody has answered.
--
-- Invites live for 14 days.  Those that are at least --older-than days old
-- are listed; --cancel withdraws them, --reinvite withdraws each and sends
-- another one with the same teams and comment, which lives for 14 days again.
-- Both show the list first and ask; without a terminal the answer is no.  A
-- second run finds none that is old enough.  To take back a single invite:
--
--   mkrun prune-invites --cancel kari@partner.example
--
-- An EMAIL that no open invite is to stops the run before.
--
-- @usage  mkrun prune-invites [--older-than DAYS] [--cancel | --reinvite]
--   [--yes] [--missing-ok] [--output FORMAT] [EMAIL]...
-- @arg    EMAIL              only invites to this address
-- @arg    --older-than DAYS  how old they are at least; 0 is all (default 7,
--           or 0 with EMAIL and without --reinvite)
-- @arg    --cancel           withdraw them
-- @arg    --reinvite         withdraw them and invite again
-- @arg    --yes              do not ask
-- @arg    --missing-ok       the invite to EMAIL may be gone
-- @arg    --output FORMAT    text (default), json or csv
-- @env    MKIO_TOKEN     token of an administrator of the organization
-- @env    MKIO_BASE_URL  where the API is (default https://app.mk.io)
-- @output
-- EMAIL                 CREATED               DAYS  EXPIRES               TEAMS
-- kari@partner.example  2026-02-03T10:00:00Z     9  2026-02-17T10:00:00Z  desk
--
-- - invite          kari@partner.example
-- Summary: 0 created, 0 changed, 0 unchanged, 1 removed.
-- @exit   0 done, 1 not all is done, 2 wrong usage, or no yes
-- @tags   read, write, destructive, idempotent
-- SPDX-License-Identifier: MIT

local mkio = require "mkio"
local numbers = require "mkrun.numbers"
local output = require "mkrun.output"
local pruning = require "mkio.flow.prune_invites"
local report = require "mkrun.report"
local script = require "mkrun.script"

local emails = { script.arguments(...) }
local options = table.remove(emails, 1)
local format = output.format(options.output)
local days, fault = numbers.number(options.older_than
  or emails[1] and not options.reinvite and "0" or "7", 0, 999)
local acting = options.cancel or options.reinvite
if not days then
  script.usage("--older-than: " .. fault)
elseif options.yes and not acting then
  script.usage "--yes goes with --cancel or --reinvite"
elseif options.missing_ok and not emails[1] then
  script.usage "--missing-ok goes with EMAIL"
elseif options.cancel and options.reinvite then
  script.usage "--cancel and --reinvite exclude each other"
elseif options.reinvite and days == 0 then
  script.usage "--reinvite: --older-than above 0 expected, or it never ends"
end
for _, email in ipairs(emails) do
  if not email:find "^[^@%s]+@[^@%s]+$" then
    script.usage(("e-mail address expected, got '%s'"):format(email))
  end
end
local none = days == 0 and "no open invite"
  or ("no open invite is %g days old"):format(days)

local function rows_of(invites)
  local rows = {}
  for i, invite in ipairs(invites) do rows[i] = pruning.row(invite) end
  return rows
end

local out <close> = report.new(format)

local function list(invites, missing)
  if #invites + #emails == 0 then script.say("mkrun: " .. none) end
  for _, email in ipairs(missing) do
    script.say(("mkrun: %s: %s"):format(email, none))
  end
  out:leave()
  output.write(format, pruning.columns, rows_of(invites))
end

local org = mkio.connect()
local invites, missing = pruning.find(org, days, options.reinvite), {}
if emails[1] then invites, missing = pruning.pick(invites, emails) end
pruning.check_missing(org, missing, options.missing_ok)
if not acting then return list(invites, missing) end

if #invites > 0 then
  if options.reinvite then pruning.check_teams(org, invites) end
  script.approve(pruning.plan(invites, options.reinvite), options.yes)
end
for _, email in ipairs(options.reinvite and pruning.send_lost(org) or {}) do
  out:step("created", "invite", email, { "was withdrawn by the run before" })
end
for _, invite in ipairs(invites) do
  if options.cancel then
    pruning.cancel(org, invite)
    out:step("removed", "invite", invite.spec.email)
  else
    pruning.reinvite(org, invite)
    out:step("changed", "invite", invite.spec.email, { "sent anew" })
  end
end
for _, email in ipairs(missing) do
  out:step("unchanged", "invite", email, { none })
end
out:finish()
