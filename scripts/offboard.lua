#!/usr/bin/env mkrun
--- Remove users from the organization, with their tokens and invites.
--
-- The flow removes each USER from every team, revokes the user's tokens,
-- cancels open invites to the user, and removes the user from the organization.
-- It lists these steps and asks once.  Without a terminal and without --yes it
-- does nothing.  Invites that a user has sent are kept.  A second run refuses
-- users who are gone, unless --missing-ok is given.
--
-- Also remove the users from each SPEC of onboard and each list of invite.
-- Otherwise the next run of onboard or invite invites them again.
--
-- An unknown USER ends the run before it changes anything, except with
-- --missing-ok.  The run also ends if no administrator would be left.  You can
-- remove yourself only with --myself; your own token is then revoked last.
--
-- @usage  mkrun offboard [--yes] [--at-most N] [--myself] [--missing-ok]
--           [--output FORMAT] USER...
-- @arg    USER             e-mail address or id
-- @arg    --yes            do not ask
-- @arg    --at-most N      remove nobody if more users are to go
-- @arg    --myself         a USER may be you
-- @arg    --missing-ok     no error if a USER is not in the organization
-- @arg    --output FORMAT  text (default), json, jsonl, csv or markdown
-- @env    MKIO_TOKEN     token of an administrator of the organization
-- @env    MKIO_BASE_URL  URL of the API (default https://app.mk.io)
-- @output
-- - team member     night-desk/kari@northlight.example
-- - token           nightly job: 51aa22bb-33cc-44dd-88ee-55ff66aa77bb
-- - user            kari@northlight.example
-- Summary: 0 created, 0 changed, 0 unchanged, 1 revoked, 2 removed.
-- @exit   0 all are removed, 1 failed, 2 wrong usage, or not confirmed
-- @needs  api:read, api:teams.patch, api:tokens.revoke, api:my_tokens.revoke,
--         api:invites.cancel, api:users.remove
-- @tags   write, destructive, idempotent
-- SPDX-License-Identifier: MIT

local address = require "mkrun.address"
local at_most = require "mkio.flow.common.at_most"
local mkio = require "mkio"
local offboarding = require "mkio.flow.offboard"
local output = require "mkrun.output"
local report = require "mkrun.report"
local script = require "mkrun.script"

local names = { script.arguments(...) }
local options = table.remove(names, 1)
local format = output.format(options.output)
local limit = at_most.read(options.at_most)
for _, name in ipairs(names) do
  local hidden = address.fault(name)
  if hidden then script.usage(hidden) end
  if not offboarding.is_user(name) then
    script.usage(("e-mail address or id expected, got '%s'"):format(name))
  end
end

local out <close> = report.new(format)
local org = mkio.connect()

local here, gone = {}, {}
for _, leaver in ipairs(offboarding.look(org, names)) do
  offboarding.check_me(leaver, options.myself)
  offboarding.check_name(leaver, options.missing_ok)
  table.insert(offboarding.is_here(leaver) and here or gone, leaver)
end

local labels = {}
for i, leaver in ipairs(here) do labels[i] = leaver.label end
at_most.check(limit, { { one = "user", many = "users", names = labels } })
if here[1] then
  local steps = {}
  for _, leaver in ipairs(here) do offboarding.plan(leaver, steps) end
  script.approve(steps, options.yes)
end
offboarding.take_all(org, here, out)
for _, leaver in ipairs(gone) do
  out:step("unchanged", "user", leaver.label, { "no member, no open invite" })
end
out:finish()
if here[1] then
  script.say(("mkrun: a SPEC or list that still names %s invites them again: "
    .. "take them out of it"):format(table.concat(labels, ", ")))
end
