#!/usr/bin/env mkrun
--- Remove users from the organization, with all that is theirs.
--
-- Takes each USER out of every team, revokes their tokens, cancels the open
-- invites to them, and removes them from the organization.  It shows what
-- they have and asks, once for all of them; without a terminal the answer is
-- no.  Invites that they have sent stay.  A second run finds nothing to remove.
-- A SPEC of onboard or a list of invite that still names them invites them
-- again: take them out of it.  Who is nobody here, and has no token, live or
-- revoked, stops the run before.
--
-- The last administrator stays: nobody is removed then.  So do you yourself,
-- unless --myself says that it is meant; your own token is then revoked last.
--
-- @usage  mkrun offboard [--yes] [--myself] [--missing-ok] [--output FORMAT]
--           USER...
-- @arg    USER             e-mail address or id
-- @arg    --yes            do not ask
-- @arg    --myself         USER may be you
-- @arg    --missing-ok     USER may be gone
-- @arg    --output FORMAT  text (default), json or csv
-- @env    MKIO_TOKEN     token of an administrator of the organization
-- @env    MKIO_BASE_URL  where the API is (default https://app.mk.io)
-- @output
-- - team member     night-desk/kari@northlight.example
-- - token           nightly job: 51aa22bb-33cc-44dd-88ee-55ff66aa77bb
-- - user            kari@northlight.example
-- Summary: 0 created, 0 changed, 0 unchanged, 1 revoked, 2 removed.
-- @exit   0 they are gone, 1 they are not, 2 wrong usage, or no yes
-- @tags   write, destructive, idempotent
-- SPDX-License-Identifier: MIT

local mkio = require "mkio"
local offboarding = require "mkio.flow.offboard"
local output = require "mkrun.output"
local report = require "mkrun.report"
local script = require "mkrun.script"

local names = { script.arguments(...) }
local options = table.remove(names, 1)
local format = output.format(options.output)
for _, name in ipairs(names) do
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

if here[1] then
  local steps = {}
  for _, leaver in ipairs(here) do offboarding.plan(leaver, steps) end
  script.approve(steps, options.yes)
end
for _, leaver in ipairs(here) do offboarding.take(org, leaver, out) end
for _, leaver in ipairs(gone) do
  out:step("unchanged", "user", leaver.label, { "no member, no open invite" })
end
out:finish()
if here[1] then
  local labels = {}
  for i, leaver in ipairs(here) do labels[i] = leaver.label end
  script.say(("mkrun: a SPEC or list that still names %s invites them again: "
    .. "take them out of it"):format(table.concat(labels, ", ")))
end
