#!/usr/bin/env mkrun
--- Say all that is wrong with the files of a SPEC, without a network.
--
-- The flow reads the files as onboard does: JSON, JSON with comments or Lua,
-- several merged by the names of what they describe.  It says what is wrong
-- with their form, and where two of them differ.  It needs no token and sends
-- nothing, so that a pull request can be checked.  Names in the organization,
-- such as roles and locations, are what onboard --dry-run looks up; a warning
-- says which look mistyped.
--
-- Secrets are not read, unless --secrets is given.
--
-- @usage  mkrun check [--partial] [--secrets] [--read-outside]
--   [--set NAME=VALUE]... [--output FORMAT] SPEC...
-- @arg    SPEC        JSON or Lua file as for onboard, or - for JSON on stdin
-- @arg    --partial   some of several files: what they lack, and variables that
--           they do not ask for, may be in the others
-- @arg    --secrets   the variables and files of secrets have to be there
-- @arg    --read-outside  relative paths in SPEC may leave its folder
-- @arg    --set NAME=VALUE  set.NAME in files in Lua
-- @arg    --output FORMAT  text (default), json, jsonl, csv or markdown
-- @output
-- spec.json: at '/team': unknown key, did you mean 'teams'?
-- spec.json: at '/invites/0/email': e-mail address expected, got 'kari'
-- @exit   0 nothing is wrong, 1 failed, 2 wrong usage or SPEC
-- @needs  files-in:SPEC
-- @tags   read, idempotent
-- SPDX-License-Identifier: MIT

local check = require "mkio.flow.check"
local output = require "mkrun.output"
local script = require "mkrun.script"

local files = { script.arguments(...) }
local options = table.remove(files, 1)
local format = output.format(options.output)
local faults = check.find(files, options)
check.write(format, faults)
if faults[1] then os.exit(2) end
