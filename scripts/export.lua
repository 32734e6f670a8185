#!/usr/bin/env mkrun
--- Write the organization as a SPEC that onboard takes.
--
-- The SPEC contains the organization's fields, its active payment methods, its
-- projects with their webhook rules, its teams with scopes and members, and
-- its open invites.  If you give this SPEC to onboard, it changes nothing:
--
--   mkrun export > o.json && mkrun onboard o.json
--
-- Hidden projects are left out.  Tokens are left out, because the API does not
-- show them.  The API does not show webhook secrets either, so a secret becomes
-- {"env": NAME, "keep": true}.  Set the variable NAME before onboard sends the
-- rule to another organization.
--
-- @usage  mkrun export [--output FORMAT]
-- @arg    --output FORMAT  json (default), or jsonl: the SPEC in one line
-- @env    MKIO_TOKEN     token of an administrator of the organization
-- @env    MKIO_BASE_URL  URL of the API (default https://app.mk.io)
-- @output
-- {
--   "organization": {
--     "name": "Northlight Broadcasting"
--   },
--   "teams": [ ... ]
-- }
-- @exit   0 done, 1 the API refused, 2 wrong usage
-- @needs  api:read
-- @tags   read, idempotent
-- SPDX-License-Identifier: MIT

local export = require "mkio.flow.export"
local mkio = require "mkio"
local output = require "mkrun.output"
local script = require "mkrun.script"

local options = script.arguments(...)
local format = output.format(options.output or "json", { "json", "jsonl" })
local spec, variables = export.read(mkio.connect())
output.document(spec, format)
if variables[1] then
  script.say("mkrun: secrets and tokens are not in it; to onboard it "
    .. "elsewhere, set " .. table.concat(variables, ", "))
end
