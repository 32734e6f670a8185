#!/usr/bin/env mkrun
--- Set up an organization on MK.IO the way a file says.
--
-- What is missing is created, what differs is changed, and what SPEC does not
-- name is left alone.  A second run changes nothing.  All of SPEC is checked
-- before the first request; it is JSON, and every part of it is optional:
--
--   organization   name, legal fields; with create, it is made if need be
--   paymentMethod  displayName (or id); acceptTerms: true accepts its terms
--   projects       name, displayName, locationName, paymentMethod, webhooks:
--                  name, url, events, enabled, headers, queryParams and
--                  authentication, whose headers and queryParams are texts,
--                  {"env": NAME} or {"file": PATH}
--   teams          name, description, scopes ({NAME: {"roles": [...]}}) and
--                  members: email, isTeamAdmin; who is no user yet gets an
--                  invite that names the team
--   inviteComment  what invited people read
--   tokens         description, file, days, permissions by name or id of the
--                  resource; the file is opened before the token is made
--
-- @usage  mkrun onboard SPEC
-- @arg    SPEC        JSON file, or - for stdin
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
local onboarding = require "mkio.onboarding"
local report = require "mkrun.report"
local script = require "mkrun.script"
local value = require "mkio.value"

local _, file = script.arguments(...)
local spec = onboarding.read(file)
local org = mkio.connect()
local out = report.new()
local patience = 0 -- seconds that the scope of a new project may take

local function organization(wish)
  local here, outcome, details = org:get(), "unchanged", {}
  if wish then
    local fields = onboarding.check_organization(org, here, wish, out)
    here, outcome, details = org:ensure(fields, here)
  end
  out:step(outcome, "organization", here.spec.name, details)
  return here
end

local function payment_method(wish)
  local method = org.payment_methods:choose(wish.displayName)
  local outcome, details = "unchanged", {}
  if wish.acceptTerms then
    method, outcome, details =
      org.payment_methods:ensure_terms(method.metadata.id)
  end
  out:step(outcome, "payment method", wish.displayName, details)
  return method.metadata.id
end

local function project(wish, default_method)
  local method = wish.paymentMethod
    and org.payment_methods:choose(wish.paymentMethod).metadata.id
  local _, outcome, details = org.projects:ensure(wish.name, {
    displayName = wish.displayName, locationName = wish.locationName,
    paymentMethodId = method or default_method,
  })
  if outcome == "created" then patience = 10 end
  out:step(outcome, "project", wish.name, details)
  for _, rule in ipairs(wish.webhooks or {}) do
    _, outcome, details = org:project(wish.name).webhooks:ensure(rule.name,
      onboarding.webhook(rule))
    out:step(outcome, "webhook rule", wish.name .. "/" .. rule.name, details)
  end
end

local function team(wish, user_ids, guests)
  local members, strangers = onboarding.split(wish.members, user_ids)
  org.scopes:await(value.names(wish.scopes), patience)
  local _, outcome, details = org.teams:ensure(wish.name, {
    description = wish.description, members = members, scopes = wish.scopes,
  })
  out:step(outcome, "team", wish.name, details)
  for _, email in ipairs(strangers) do guests:add(email, wish.name) end
end

local function token(wish, here)
  local _, outcome, details, kept = onboarding.ensure_token(org,
    onboarding.resolve_token(org, here, wish), here.metadata.id)
  out:step(outcome, "token", wish.description, details)
  for _, id in ipairs(kept) do
    script.say(("mkrun: '%s' is also the description of the token %s, which is "
      .. "still valid"):format(wish.description, id))
  end
end

local here = organization(spec.organization)
local method = spec.paymentMethod and payment_method(spec.paymentMethod)
for _, wish in ipairs(spec.projects or {}) do project(wish, method) end

local guests = onboarding.guests()
local user_ids = spec.teams and onboarding.user_ids(org)
for _, wish in ipairs(spec.teams or {}) do team(wish, user_ids, guests) end
for _, guest in ipairs(guests) do
  local _, outcome, details = org.invites:ensure(guest.email, {
    teams = guest.teams, comment = spec.inviteComment
      or "Welcome to " .. here.spec.name,
  })
  out:step(outcome, "invite", guest.email, details)
end
for _, wish in ipairs(spec.tokens or {}) do token(wish, here) end
out:finish()
