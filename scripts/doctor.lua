#!/usr/bin/env mkrun
--- Check what a run needs: server, TLS, clock, token, organization.
--
-- Each line begins with the result of a check: ok, warning, failed or skipped.
-- A check is skipped if an earlier check failed.  After a warning or a failure
-- the line says what to do.  doctor changes nothing.  Without a token it runs
-- the checks that need no token.
--
-- @usage  mkrun doctor [--output FORMAT]
-- @arg    --output FORMAT  text (default), json, jsonl, csv or markdown
-- @env    MKIO_TOKEN     the token to check
-- @env    MKIO_BASE_URL  URL of the API (default https://app.mk.io)
-- @output
-- ok       base URL      https://app.mk.io
-- ok       proxy         none
-- ok       server        ready, in 93 ms with HTTP/2
-- ok       TLS           certificate of 'CN=R11' until 2026-04-09, trusted by
--                        embedded (Mozilla 20250419, 150 roots)
-- failed   clock         3 hours behind the server's: set the clock
-- failed   token         there is none: set MKIO_TOKEN or use --token-file
-- skipped  organization  needs a token that works
-- skipped  rbac          needs a token that works
-- ok       confinement   Landlock, seccomp
-- @exit   0 no check failed, 1 a check failed, 2 wrong usage
-- @needs  api:read, env:*_proxy, env:*_PROXY
-- @tags   read, idempotent
-- SPDX-License-Identifier: MIT

local diagnosis = require "mkio.flow.doctor"
local harmless = require "mkrun.printable"
local output = require "mkrun.output"
local script = require "mkrun.script"

local options = script.arguments(...)
local format = output.format(options.output)
local findings = {}

local function tell(finding)
  findings[#findings + 1] = finding
  if format == "jsonl" then
    output.write(format, diagnosis.columns, { finding })
  end
  if format ~= "text" then return end
  local text = finding.detail
  if finding.advice then text = text .. ": " .. finding.advice end
  print(("%-8s %-13s %s"):format(finding.result, finding.check,
    harmless.line(text)))
  io.stdout:flush()
end

local well = diagnosis.run(tell)
if format ~= "text" and format ~= "jsonl" then
  output.write(format, diagnosis.columns, findings)
end
if not well then os.exit(1) end
