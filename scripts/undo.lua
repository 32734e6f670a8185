#!/usr/bin/env mkrun
--- Undo the changes of a run, by its journal.
--
-- FILE is a file that --journal wrote.  The flow undoes the writes of the run,
-- the last one first.  It deletes what the run created, restores what the run
-- changed, and creates again what the run deleted.  In a team it restores only
-- what the run changed.  It looks, lists what it will do and asks.  Without a
-- terminal and without --yes it does nothing.
--
-- The list marks with "!" each write that cannot be undone: projects, accepted
-- terms, revoked tokens and their replacements, removed users, and rules and
-- texts with secrets, because a journal contains no secrets.  The flow skips a
-- write if somebody else has changed the object since, or if the API refuses;
-- the list marks what it knows of that.  What is undone already is not listed.
-- A deleted invite is sent again.  A second run does nothing.
--
-- Give mkrun the same server or the same sandbox as in the first run.  Writes
-- to other providers are undone as well, each with the token of its provider.
-- Say where each of them is, by --base-url NAME=URL or MKRUN_BASE_URL_NAME:
-- FILE alone never says where a token goes.  Their files are not needed.
-- Without writes to MK.IO, neither is its token.
--
-- @usage  mkrun undo [--yes] [--output FORMAT] FILE
-- @arg    FILE    a journal
-- @arg    --yes   do not ask
-- @arg    --output FORMAT  text (default), json, jsonl, csv or markdown
-- @env    MKIO_TOKEN     token of an administrator of the organization
-- @env    MKRUN_TOKEN_NAME  token of the provider NAME, if FILE has its writes
-- @env    MKIO_BASE_URL  URL of the API (default https://app.mk.io)
-- @env    MKRUN_BASE_URL_NAME  URL of the provider NAME
-- @output
-- - invite          kari@partner.example
-- ~ team            night-desk
-- Summary: 0 created, 1 changed, 0 unchanged, 1 removed.
-- @exit   0 every write that can be undone is undone, 1 a step failed, 2 wrong
--         usage or FILE, or not confirmed
-- @needs  api:read, api:organization.patch, api:profile.patch,
--         api:old_profile.put, api:payment_methods.patch, api:projects.patch,
--         api:project_payment_method.assign, api:metrics.patch,
--         api:webhooks.put, api:webhooks.delete, api:teams.put,
--         api:teams.patch, api:teams.delete, api:invites.create,
--         api:invites.cancel, api:my_tokens.revoke, read:FILE,
--         write:FILE, providers-in:FILE
-- @tags   write, destructive, idempotent
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local journal = require "mkrun.journal"
local mkio = require "mkio"
local output = require "mkrun.output"
local looking = require "mkio.flow.undo.look"
local providers = require "mkio.flow.undo.api"
local report = require "mkrun.report"
local script = require "mkrun.script"
local undoing = require "mkio.flow.undo"

local options, file = script.arguments(...)
local format = output.format(options.output)
local out <close> = report.new(format)
local content, _ <close> = journal.hold(file, config)
local apis = providers.open(content, file)
local steps = undoing.steps(content.writes, content.notes, apis)
providers.connect(apis, steps, file)
local org = undoing.is_own(steps) and mkio.connect() or nil
local is_home = true
looking.look(steps, org, function()
  is_home = not org or undoing.is_home(org, content.notes)
end)
if not is_home then
  script.refuse(file .. ": is of a run in another organization")
end

if #steps == 0 then
  script.say(file .. ": there is nothing to undo")
elseif not looking.is_undone(steps) then
  script.approve(undoing.plan(steps), options.yes
    or looking.count(steps) == 0)
end
for _, step in ipairs(config.dry_run and steps or {}) do
  local line = undoing.describe(step)
  if line then script.say(line) end
end
undoing.take_all(steps, org, out)
out:finish()
if out.counts.failed > 0 and not config.dry_run then os.exit(1) end
