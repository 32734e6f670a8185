#!/usr/bin/env mkrun
--- Set up an organization on MK.IO the way a file says.
--
-- What is missing is created, what differs is changed, and what SPEC does not
-- name is left alone.  A second run changes nothing.  SPEC is checked and all
-- that it names is looked up before the first write.  It is JSON, and every
-- part of it is optional:
--
--   organization   name (must be that of the token's organization: a guard),
--                  legal fields; with create, it is made, and the run stops
--   paymentMethod  displayName (or id); acceptTerms: true accepts its terms;
--                  paymentMethods is a list of others that are needed
--   projects       name, displayName, locationName, paymentMethod, isActive,
--                  webhooks: name, url, events, enabled, headers, queryParams
--                  and authentication, whose headers and queryParams are texts,
--                  {"env": NAME} or {"file": PATH}; with {"env": NAME, "keep":
--                  true} NAME may be unset until the rule has to be sent
--   teams          name, description, scopes ({NAME: {"roles": [...]}}) and
--                  members: email, isTeamAdmin; who is no user yet gets an
--                  invite that names the team
--   invites        email, teams, comment; who is a user gets none
--   inviteComment  what invited people read
--   tokens         description, file, days, permissions by name or id of the
--                  resource; the file is opened before the token is made
--
-- Exactly as declared become: the roles of a scope, and the events, headers
-- and queryParams of a webhook rule.  Never removed are projects, rules, teams,
-- members and scopes that SPEC does not name.  Not compared are the secrets of
-- a rule, which the API does not show, and the days of a live token.
-- A token with other permissions is a new token: it is put into the file, and
-- the one that was there is revoked; what could not be revoked is noted in
-- FILE.todo, for the next run.  With --sandbox files are written too.
--
-- @usage  mkrun onboard [--write-secrets] [--read-outside]
--   [--output FORMAT] SPEC
-- @arg    SPEC        JSON file, or - for stdin
-- @arg    --write-secrets  send the secrets of all webhook rules again
-- @arg    --read-outside  relative paths in SPEC may leave its folder
-- @arg    --output FORMAT  text (default), json or csv
-- @env    MKIO_TOKEN     token of an administrator of the organization
-- @env    MKIO_BASE_URL  where the API is (default https://app.mk.io)
-- @output
-- = organization    Northlight Broadcasting
-- + project         evening-news
-- ~ team            night-desk: add scopes/evening-newsScope
-- Summary: 1 created, 1 changed, 1 unchanged.
-- @exit   0 everything is as SPEC says, 1 it is not, 2 wrong usage or SPEC
-- @tags   write, idempotent
-- SPDX-License-Identifier: MIT

local mkio = require "mkio"
local onboarding = require "mkio.flow.onboard"
local output = require "mkrun.output"
local report = require "mkrun.report"
local script = require "mkrun.script"
local value = require "mkrun.value"

local options, file = script.arguments(...)
local spec = onboarding.read(file, options.read_outside)
local out <close> = report.new(output.format(options.output))
local org = mkio.connect()
local here = org:get()
local fields = onboarding.check_organization(org, here, spec, file, out)
local methods = onboarding.preflight(org, here, spec, file)
local patience = 0 -- seconds that the scope of a new project may take

local function method_id(name) return name and methods[name].metadata.id end

local function organization()
  local _, outcome, details = nil, "unchanged", nil
  if fields then _, outcome, details = org:ensure(fields, here) end
  out:step(outcome, "organization", here.spec.name, details)
end

local function payment_method(wish)
  local _, outcome, details = nil, "unchanged", nil
  if wish.acceptTerms then
    _, outcome, details =
      org.payment_methods:ensure_terms(method_id(wish.displayName))
  end
  out:step(outcome, "payment method", wish.displayName, details)
end

local function project(wish)
  local default = spec.paymentMethod and spec.paymentMethod.displayName
  local _, outcome, details = org.projects:ensure(wish.name, {
    displayName = wish.displayName, locationName = wish.locationName,
    paymentMethodId = method_id(wish.paymentMethod or default),
    isActive = wish.isActive,
  })
  if outcome == "created" then patience = 10 end
  out:step(outcome, "project", wish.name, details)
  for _, rule in ipairs(wish.webhooks or {}) do
    outcome, details = onboarding.webhook(org:project(wish.name).webhooks,
      rule, options.write_secrets)
    out:step(outcome, "webhook rule", wish.name .. "/" .. rule.name, details)
  end
end

local function team(wish, user_ids, guests)
  org.scopes:await(value.names(wish.scopes), patience)
  local outcome, details, strangers = onboarding.team(org, wish, user_ids)
  out:step(outcome, "team", wish.name, details)
  for _, email in ipairs(strangers) do guests:add(email, { wish.name }) end
end

organization()
for _, wish in ipairs((onboarding.methods(spec))) do payment_method(wish) end
for _, wish in ipairs(spec.projects or {}) do project(wish) end

local guests = onboarding.guests()
local user_ids = (spec.teams or spec.invites) and onboarding.user_ids(org)
for _, wish in ipairs(spec.teams or {}) do team(wish, user_ids, guests) end
guests:take(spec.invites, user_ids, out)
guests:invite(org, spec.inviteComment or "Welcome to " .. here.spec.name, out)
for _, wish in ipairs(spec.tokens or {}) do
  onboarding.token(org, here, wish, out)
end
onboarding.finish(out)
