#!/usr/bin/env mkrun
--- Take back what a run did, from its journal.
--
-- FILE is what --journal wrote.  The writes are taken back one by one, the last
-- one first: what was created is deleted where the API can do that, what was
-- changed becomes what it was before, and what was deleted is made again.  Of a
-- team, only what the run changed is changed back.  It shows all of that first
-- and asks; without a terminal the answer is no.
--
-- What cannot be taken back is marked "!": projects, accepted terms, revoked
-- tokens and those that replaced them, removed users, rules and texts with
-- secrets, which a journal does not have.  What somebody else has changed since
-- stays, and so does what the API refuses; the rest is undone all the same.  An
-- invite that is made again is sent again.  A second run finds nothing to do.
--
-- The options of mkrun must name the same server, or the same sandbox.
--
-- @usage  mkrun undo [--yes] [--output FORMAT] FILE
-- @arg    FILE    a journal
-- @arg    --yes   do not ask
-- @arg    --output FORMAT  text (default), json or csv
-- @env    MKIO_TOKEN     token of an administrator of the organization
-- @env    MKIO_BASE_URL  where the API is (default https://app.mk.io)
-- @output
-- - invite          kari@partner.example
-- ~ team            night-desk
-- Summary: 0 created, 1 changed, 0 unchanged, 1 removed.
-- @exit   0 all that can be is as it was, 1 it is not, 2 wrong usage or FILE,
--           or no yes
-- @tags   write, destructive, idempotent
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local journal = require "mkrun.journal"
local mkio = require "mkio"
local output = require "mkrun.output"
local report = require "mkrun.report"
local script = require "mkrun.script"
local undoing = require "mkio.flow.undo"

local OUTCOMES <const> = { ["+"] = "created", ["-"] = "removed",
  ["~"] = "changed" }

local options, file = script.arguments(...)
local format = output.format(options.output)
local out <close> = report.new(format)
local content, _ <close> = journal.hold(file, config)
local steps = undoing.steps(content.writes, content.notes)
local count = undoing.count(steps)
local org = mkio.connect()
if not undoing.is_home(org, content.notes) then
  script.refuse(file .. ": is of a run in another organization")
end

if #steps > 0 and not undoing.is_undone(steps, org) then
  script.approve(undoing.plan(steps), options.yes or count == 0)
end
for _, step in ipairs(config.dry_run and steps or {}) do
  if step.problem then script.say(undoing.describe(step)) end
end
local has_failed = false
for _, step in ipairs(steps) do
  if step.run then
    local done, problem = undoing.take(step, org)
    if problem then
      has_failed = true
      out:step("failed", step.kind, step.name, { problem })
    else
      out:step(done and OUTCOMES[step.sign] or "unchanged", step.kind,
        step.name)
    end
  end
end
out:finish()
if has_failed and not config.dry_run then os.exit(1) end
