#!/usr/bin/env mkrun
--- Your own organizations and invites: list, accept, decline, leave.
--
-- Without an ACTION the flow lists your organizations and open invites.
--
--   accept   accepts an open invite
--   decline  declines an open invite
--   leave    ends your membership
--
-- decline and leave ask first, because only a new invite lets you join again.
-- Without a terminal and without --yes they do nothing.  An unknown
-- ORGANIZATION ends the run before it changes anything, except with
-- --missing-ok.  The last administrator cannot leave the token's organization.
--
-- @usage  mkrun my-organizations [--output FORMAT]
-- @usage  mkrun my-organizations [--yes] [--missing-ok] [--output FORMAT]
--           ACTION ORGANIZATION
-- @arg    ACTION           accept, decline or leave
-- @arg    ORGANIZATION     name or id
-- @arg    --yes            do not ask
-- @arg    --missing-ok     no error if ORGANIZATION is not in your list: you
--           may have left or declined it before
-- @arg    --output FORMAT  text (default), json, jsonl, csv or markdown
-- @env    MKIO_TOKEN     one of your tokens
-- @env    MKIO_BASE_URL  URL of the API (default https://app.mk.io)
-- @output
-- NAME                     STATE    INVITED BY              ID
-- Northlight Broadcasting  member   -                       7b0d2a4e-3c11-...
-- Southlight               invited  ola@southlight.example  8c1e3b5f-4d22-...
-- @exit   0 done, 1 failed, 2 wrong usage, or not confirmed
-- @needs  api:read, api:my_organizations.patch, api:my_organizations.leave
-- @tags   read, write, destructive, idempotent
-- SPDX-License-Identifier: MIT

local memberships = require "mkio.flow.my_organizations"
local mkio = require "mkio"
local output = require "mkrun.output"
local report = require "mkrun.report"
local script = require "mkrun.script"
local value = require "mkrun.value"

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
  rows = value.sorted(rows,
    function(row) return (row.name or "") .. "\0" .. row.id end)
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

local lists = memberships.begin(org, action)
local items = lists:items "my_organizations"
local organization = organizations:find(name, items)
if not organization then
  memberships.check_name(organizations, action, name, options.missing_ok,
    items)
end
local todo, note = memberships.check(action, organization, name)
if todo then
  if action == "leave" then
    memberships.check_leaving(org, organization, lists)
  end
  if action ~= "accept" then ask(organization) end
  organizations[action](organizations, organization.metadata.id)
end
out:step(todo or "unchanged", "organization",
  organization and organization.metadata.name or name, { note })
out:finish()
