#!/usr/bin/env mkrun
--- List, cancel or renew invites that nobody has answered.
--
-- The flow lists the invites that are at least --older-than days old.  --cancel
-- withdraws these invites.  --reinvite withdraws them and sends new invites
-- with the same teams and comments.  An invite expires after 14 days.
--
-- --cancel and --reinvite print the list first and ask.  Without a terminal and
-- without --yes they do nothing.  A second run finds no old invite.  For
-- example, this command withdraws a single invite:
--
--   mkrun prune-invites --cancel kari@partner.example
--
-- An EMAIL without an open invite ends the run before it changes anything,
-- except with --missing-ok.
--
-- @usage  mkrun prune-invites [--older-than DAYS] [--cancel | --reinvite]
--   [--yes] [--at-most N] [--missing-ok] [--output FORMAT] [EMAIL]...
-- @arg    EMAIL              only invites to this address
-- @arg    --older-than DAYS  only invites of this age or older; 0 for all
--           (default 7, or 0 with EMAIL and without --reinvite)
-- @arg    --cancel           withdraw the invites
-- @arg    --reinvite         withdraw the invites and send new ones
-- @arg    --yes              do not ask
-- @arg    --at-most N        withdraw nothing if more invites are to go
-- @arg    --missing-ok       no error if there is no open invite to EMAIL
-- @arg    --output FORMAT    text (default), json, jsonl, csv or markdown
-- @env    MKIO_TOKEN     token of an administrator of the organization
-- @env    MKIO_BASE_URL  URL of the API (default https://app.mk.io)
-- @output
-- EMAIL                 CREATED               DAYS  EXPIRES               TEAMS
-- kari@partner.example  2026-02-03T10:00:00Z     9  2026-02-17T10:00:00Z  desk
--
-- - invite          kari@partner.example
-- Summary: 0 created, 0 changed, 0 unchanged, 1 removed.
-- @exit   0 done, 1 failed, 2 wrong usage, or not confirmed
-- @needs  api:read, --cancel:api:invites.cancel,
--         --reinvite:api:invites.cancel, --reinvite:api:invites.create
-- @tags   read, write, destructive, idempotent
-- SPDX-License-Identifier: MIT

local at_most = require "mkio.flow.common.at_most"
local mkio = require "mkio"
local numbers = require "mkrun.numbers"
local output = require "mkrun.output"
local pruning = require "mkio.flow.prune_invites"
local report = require "mkrun.report"
local script = require "mkrun.script"
local shape = require "mkrun.rest.shape"

local emails = { script.arguments(...) }
local options = table.remove(emails, 1)
local format = output.format(options.output)
local days, fault = numbers.number(options.older_than
  or emails[1] and not options.reinvite and "0" or "7", 0, 999)
local limit = at_most.read(options.at_most)
local acting = options.cancel or options.reinvite
if not days then
  script.usage("--older-than: " .. fault)
elseif (options.yes or options.at_most) and not acting then
  script.usage(("--%s goes with --cancel or --reinvite")
    :format(options.yes and "yes" or "at-most"))
elseif options.missing_ok and not emails[1] then
  script.usage "--missing-ok goes with EMAIL"
elseif options.cancel and options.reinvite then
  script.usage "--cancel and --reinvite exclude each other"
elseif options.reinvite and days == 0 then
  script.usage "--reinvite: --older-than above 0 expected, or it never ends"
end
for _, email in ipairs(emails) do
  local ok, _, problem = shape.check(shape.email(), email)
  if not ok then script.usage(problem) end
end
local none = days == 0 and "no open invite"
  or ("no open invite is %g days old"):format(days)

local out <close> = report.new(format)

local function list(invites, missing)
  if #invites + #emails == 0 then script.say("mkrun: " .. none) end
  for _, email in ipairs(missing) do
    script.say(("mkrun: %s: %s"):format(email, none))
  end
  out:leave()
  output.write(format, pruning.columns, pruning.rows(invites))
end

local org = mkio.connect()
local invites, all = pruning.find(org, days, options.reinvite)
local missing = {}
if acting and not emails[1] then pruning.note(org, days) end
if emails[1] then invites, missing = pruning.pick(invites, emails) end
pruning.check_missing(org, missing, options.missing_ok, all)
if not acting then return list(invites, missing) end

at_most.check(limit, { { one = "invite", many = "invites",
  names = pruning.emails(invites) } })
if #invites > 0 then
  if options.reinvite then pruning.check_teams(org, invites) end
  script.approve(pruning.plan(invites, options.reinvite), options.yes)
end
for _, email in ipairs(options.reinvite and pruning.send_lost(org) or {}) do
  out:step("created", "invite", email, { "was withdrawn by the run before" })
end
if options.cancel then pruning.cancel_all(org, invites, out) end
for _, invite in ipairs(options.reinvite and invites or {}) do
  pruning.reinvite(org, invite)
  out:step("changed", "invite", invite.spec.email, { "sent anew" })
end
for _, email in ipairs(missing) do
  out:step("unchanged", "invite", email, { none })
end
out:finish()
