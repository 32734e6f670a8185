#!/usr/bin/env mkrun
--- Your own organizations and invites: list, accept, decline, leave.
--
-- Without an ACTION it lists them.  `accept` joins an organization whose
-- invite is open; `decline` turns that invite down; `leave` ends a
-- membership.  The last two ask, as only a new invite leads back; without a
-- terminal the answer is no.  An ORGANIZATION that is none of yours stops the
-- run before, unless --missing-ok says that you may have left it.
-- The last administrator of the token's own organization stays.
--
-- @usage  mkrun my-organizations [--output FORMAT]
-- @usage  mkrun my-organizations [--yes] [--missing-ok] [--output FORMAT]
--           ACTION ORGANIZATION
-- @arg    ACTION           accept, decline or leave
-- @arg    ORGANIZATION     name or id
-- @arg    --yes            do not ask
-- @arg    --missing-ok     you may have left or declined ORGANIZATION before
-- @arg    --output FORMAT  text (default), json or csv
-- @env    MKIO_TOKEN     a token of yours
-- @env    MKIO_BASE_URL  where the API is (default https://app.mk.io)
-- @output
-- NAME                     STATE    INVITED BY              ID
-- Northlight Broadcasting  member   -                       7b0d2a4e-3c11-...
-- Southlight               invited  ola@southlight.example  8c1e3b5f-4d22-...
-- @exit   0 done, 1 it failed, 2 wrong usage, or no yes
-- @tags   read, write, destructive, idempotent
-- SPDX-License-Identifier: MIT

local memberships = require "mkio.flow.my_organizations"
local mkio = require "mkio"
local output = require "mkrun.output"
local report = require "mkrun.report"
local script = require "mkrun.script"

local options, action, name = script.arguments(...)
local format = output.format(options.output)
local out <close> = report.new(format)
local org = mkio.connect()
local organizations = org.me.organizations

local function list()
  local rows = {}
  for organization in organizations:each() do
    rows[#rows + 1] = memberships.row(organization)
  end
  if #rows == 0 then script.say "mkrun: no organization, no open invite" end
  out:leave()
  output.write(format, memberships.columns, rows)
end

local function ask(organization)
  script.approve({ { action = "delete", kind = action == "leave"
    and "membership" or "invite", name = organization.metadata.name,
    details = { "id: " .. organization.metadata.id } } }, options.yes)
end

local fault = memberships.fault(action, name, options)
if fault then script.usage(fault) end
if not action then return list() end

local organization = organizations:find(name)
if not organization then
  memberships.check_name(organizations, action, name, options.missing_ok)
end
local todo, note = memberships.check(action, organization, name)
if todo then
  if action == "leave" then memberships.check_leaving(org, organization) end
  if action ~= "accept" then ask(organization) end
  organizations[action](organizations, organization.metadata.id)
end
out:step(todo or "unchanged", "organization",
  organization and organization.metadata.name or name, { note })
out:finish()
