#!/usr/bin/env mkrun
--- Set up an organization on MK.IO as a file describes it.
--
-- The flow creates what is missing and changes what differs.  Without --prune
-- it never removes rules, teams, members or scopes that SPEC does not name.  It
-- checks SPEC and looks up all names before the first write.  A second run
-- changes nothing.  SPEC is JSON, and every part is optional:
--
--   organization   name (refused if it is not the token's organization), legal
--                  fields; create: true makes the organization and ends the run
--   paymentMethod  displayName (or id); acceptTerms: true accepts its terms;
--                  paymentMethods is a list of further payment methods
--   projects       name, displayName, locationName, paymentMethod, isActive,
--                  webhooks: name, url, events, enabled, headers, queryParams
--                  and authentication, whose headers and queryParams are texts,
--                  {"env": NAME} or {"file": PATH}; with {"env": NAME, "keep":
--                  true} NAME may be unset until the rule must be sent
--   teams          name, description, scopes ({NAME: {"roles": [...]}}) and
--                  members: email, isTeamAdmin, until (their last day); a
--                  person who is not a user yet gets an invite to the team
--   invites        email, teams, comment; users get no invite
--   inviteComment  text of the invites
--   tokens         description, file, days, permissions by name or id of the
--                  resource; the file is opened before the token is made
--
-- Set exactly as in SPEC: the roles of a scope, and the events, headers and
-- queryParams of a webhook rule.  Not compared: the secrets of a rule, which
-- the API does not show, and the days of a valid token.
--
-- If the permissions of a token differ, the flow makes a new token, writes it
-- into the file, and revokes the old token.  It notes a token that could not be
-- revoked in FILE.todo, for the next run.  --sandbox writes files too.
--
-- --prune lists what SPEC does not name and asks.  Then it removes that, after
-- all other writes.  mkrun help drift says what it never removes.
--
-- @usage  mkrun onboard [--only PATTERN]... [--except PATTERN]...
--   [--write-secrets] [--read-outside] [--set NAME=VALUE]...
--   [--prune KINDS [--at-most N] [--yes] [--myself]] [--output FORMAT] SPEC...
-- @usage  mkrun onboard --schema [--partial]
-- @arg    SPEC        JSON or Lua file, or - for JSON on stdin
-- @arg    --set NAME=VALUE  set.NAME in files in Lua
-- @arg    --only PATTERN    only these parts of SPEC: KIND/NAME, such as
--           teams/night-*, or several with commas between them
-- @arg    --except PATTERN  all but these parts
-- @arg    --write-secrets  send the secrets of all webhook rules again
-- @arg    --read-outside  relative paths in SPEC may leave its folder
-- @arg    --prune KINDS  remove what SPEC does not name: members, teams,
--           scopes, rules, invites, tokens (with commas)
-- @arg    --at-most N    remove nothing if more is to go (default 10)
-- @arg    --yes          do not ask before --prune removes
-- @arg    --myself       --prune may take rights from you
-- @arg    --output FORMAT  text (default), json, jsonl, csv or markdown
-- @arg    --schema       print the JSON Schema of SPEC, for editors
-- @arg    --partial      with --schema: that of one of several files
-- @env    MKIO_TOKEN     token of an administrator of the organization
-- @env    MKIO_BASE_URL  URL of the API (default https://app.mk.io)
-- @output
-- = organization    Northlight Broadcasting
-- + project         evening-news
-- ~ team            night-desk: add scopes/evening-newsScope
-- Summary: 1 created, 1 changed, 1 unchanged.
-- @exit   0 everything is as in SPEC, 1 failed, 2 wrong usage or SPEC, or not
--         confirmed
-- @needs  api:read, api:organization.create, api:organization.patch,
--         api:payment_methods.accept_terms, api:projects.put,
--         api:projects.patch, api:project_payment_method.assign,
--         api:webhooks.put, api:teams.put, api:teams.patch,
--         api:invites.create, api:invites.cancel, api:my_tokens.create,
--         api:my_tokens.revoke, token, files-in:SPEC,
--         --prune=teams:api:teams.delete, --prune=rules:api:webhooks.delete
-- @tags   write, idempotent
-- SPDX-License-Identifier: MIT

local drift = require "mkio.flow.drift"
local mkio = require "mkio"
local onboarding = require "mkio.flow.onboard"
local output = require "mkrun.output"
local phases = require "mkio.flow.onboard.phases"
local pruning = require "mkio.flow.onboard.prune"
local report = require "mkrun.report"
local schema = require "mkio.flow.onboard.schema"
local script = require "mkrun.script"

local files = { script.arguments(...) }
local options = table.remove(files, 1)
local kinds = pruning.kinds(options)
if schema.print(options, files) then return end
local out <close> = report.new(output.format(options.output))
local whole = onboarding.read(files, options)
local spec, selection = onboarding.part(whole, options)
pruning.check_wishes(whole, kinds)
local org = mkio.connect()
local lists = onboarding.begin(org, spec, kinds ~= nil)
pruning.begin(lists, whole, kinds)
local here = lists:items "organization"
local fields = onboarding.check_organization(org, here, spec, nil, out)
local methods = onboarding.preflight(org, here, spec, nil, options, lists)
local removals = pruning.look { org = org, lists = lists, spec = whole,
  part = spec, kinds = kinds, options = options, selection = selection,
  changes = function()
    return drift.count_changes(org, here, spec, selection, lists)
  end }

local run = phases.new { org = org, here = here, spec = spec, fields = fields,
  methods = methods, lists = lists, out = out,
  write_secrets = options.write_secrets }
run:base() -- the organization, its payment methods, its projects
run:rest() -- rules, teams, invites and tokens, side by side
removals:take(out)
onboarding.finish(out)
