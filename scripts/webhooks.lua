#!/usr/bin/env mkrun
--- Set the webhook rules of a project as a file describes them.
--
-- FILE is a JSON list of rules, as in a SPEC of onboard: name, url, events,
-- and optionally enabled (default true), headers, queryParams, authentication:
--
--   [{"name": "job-done", "url": "https://hooks.northlight.example/mkio",
--     "events": ["MediaKind.JobFinished"],
--     "authentication": {"headers": {"X-Key": {"env": "HOOK_KEY"}}}}]
--
-- A secret is a text, {"env": NAME} or {"file": PATH}.  The API shows secrets
-- as asterisks, so the flow cannot compare them.  It sends a rule's secrets if
-- another field of the rule has changed, or with --write-secrets.  --prune
-- deletes the rules that are not in FILE, with their history.  It asks first.
-- Without a terminal and without --yes it deletes nothing.
--
-- --events changes nothing: it lists the deliveries that failed or are being
-- retried, the newest first.
--
-- @usage  mkrun webhooks [--write-secrets] [--prune [--at-most N] [--yes]]
--   [--read-outside] [--output FORMAT] PROJECT FILE
-- @usage  mkrun webhooks --events [--days N] [--output FORMAT] PROJECT
-- @arg    PROJECT          name of the project
-- @arg    FILE             JSON file, or - for stdin
-- @arg    --write-secrets  send the secrets again
-- @arg    --prune          delete the rules that are not in FILE
-- @arg    --at-most N      delete nothing if more rules are to go
-- @arg    --yes            do not ask
-- @arg    --read-outside   relative paths in FILE may leave its folder
-- @arg    --events         list failed deliveries
-- @arg    --days N         with --events: of the last N days (default 7)
-- @arg    --output FORMAT  text (default), json, jsonl, csv or markdown
-- @env    MKIO_TOKEN     token that may change the project's webhook rules
-- @env    MKIO_BASE_URL  URL of the API (default https://app.mk.io)
-- @output
-- = webhook rule    job-done
-- ~ webhook rule    alarms: events; url
-- - webhook rule    old
-- Summary: 0 created, 1 changed, 1 unchanged, 1 removed.
-- @exit   0 done, 1 failed, 2 wrong usage or FILE, or not confirmed
-- @needs  api:read, api:webhooks.put, files-in:FILE,
--         --prune:api:webhooks.delete
-- @tags   read, write, destructive, idempotent
-- SPDX-License-Identifier: MIT

local at_most = require "mkio.flow.common.at_most"
local errors = require "mkrun.rest.error"
local mkio = require "mkio"
local numbers = require "mkrun.numbers"
local onboarding = require "mkio.flow.onboard"
local output = require "mkrun.output"
local report = require "mkrun.report"
local script = require "mkrun.script"
local webhooks = require "mkio.flow.webhooks"

local options, project, file = script.arguments(...)
local format = output.format(options.output)
local limit = at_most.read(options.at_most)
local days, fault = numbers.number(options.days or "7", 0.01, 3650)
if not project then
  script.usage "argument PROJECT is missing"
elseif options.events and (file or options.write_secrets or options.prune
  or options.yes or options.at_most or options.read_outside) then
  script.usage "--events goes with neither FILE nor what is about it"
elseif (options.yes or options.at_most) and not options.prune then
  script.usage(("--%s goes with --prune"):format(options.yes and "yes"
    or "at-most"))
elseif not options.events and not file then
  script.usage "argument FILE is missing"
elseif not options.events and options.days then
  script.usage "--days goes with --events"
elseif not days then
  script.usage("--days: " .. fault)
end

local out <close> = report.new(format)

local function list_failures()
  local rules = mkio.connect():project(project).webhooks
  local rows = webhooks.failures(rules, days)
  out:leave()
  output.write(format, webhooks.columns, rows)
  if rows[1] then return end
  script.say(("mkrun: no failed delivery in %g days"):format(days))
end

if options.events then return list_failures() end
local wishes = onboarding.read_webhooks(file, options.read_outside)
local rules = mkio.connect():project(project).webhooks
local items = errors.named(rules.list, rules)
onboarding.preflight_webhooks(rules, wishes, file, options.write_secrets, items)
local surplus = webhooks.surplus(items, wishes)
if options.prune then
  webhooks.check_alike(items, wishes, surplus, file)
  at_most.check(limit, { { one = "webhook rule", many = "webhook rules",
    names = surplus } })
  script.approve(webhooks.steps(project, surplus), options.yes)
end

webhooks.ensure(rules, wishes, items, options.write_secrets, out)
if options.prune then
  webhooks.delete(rules, surplus, out)
else
  for _, name in ipairs(surplus) do
    script.say(("mkrun: rule '%s' is not in %s; --prune would delete it")
      :format(name, file))
  end
end
out:finish()
