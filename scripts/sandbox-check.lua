#!/usr/bin/env mkrun
--- Compare a recording of a real run with the sandbox's model of the API.
--
-- RECORDING is a file that --record wrote.  The flow plays each of its requests
-- on the model, and names each answer whose status, members, types or closed
-- values the model would have given otherwise.  Ids, times, names and figures
-- are not compared.  RECORDING holds no secret, and the report shows none of
-- its values but those of closed lists, such as `kind`.  So whoever works with
-- the live service can tell where the model is wrong:
--
--   mkrun --record run.har export > /dev/null; mkrun sandbox-check run.har
--
-- The flow also says which answers it could not compare, and how many
-- operations RECORDING does not exercise.  It needs no token and no network.
--
-- @usage  mkrun sandbox-check [--untried] [--output FORMAT] RECORDING
-- @arg    RECORDING        HAR file of --record, or of a browser
-- @arg    --untried        name the operations that RECORDING does not exercise
-- @arg    --output FORMAT  text (default), json, jsonl, csv or markdown; json:
--           all that is known; jsonl and csv: only the differences
-- @output
-- OPERATION    WHAT           PLACE                 RECORDED  MODEL  ENTRIES
-- users.list   unknown field  /value/*/spec/phone   string    none   2
-- teams.patch  status                               204       200    7, 9
--
-- 11 of 12 answers compared, 2 differences.
-- @exit   0 no difference, 1 failed, 2 wrong usage or RECORDING, 3 some
--           differences
-- @needs  read:RECORDING
-- @tags   read, idempotent
-- SPDX-License-Identifier: MIT

local check = require "mkio.flow.sandbox_check"
local har = require "mkrun.journal.har_read"
local output = require "mkrun.output"
local script = require "mkrun.script"
local summary = require "mkio.flow.sandbox_check.summary"

local options, file = script.arguments(...)
local format = output.format(options.output)

local COLUMNS <const> = { "operation", "what", "place", "recorded", "model",
  "entries" }

local entries, message, is_cut = har.read(file)
if not entries then script.refuse(message) end
if is_cut then
  script.say(("mkrun: %s: %s"):format(file, har.cut_off(entries)))
end

local found = check.check(entries)
if format == "json" then
  output.document(found)
elseif format == "markdown" then
  summary.markdown(found, options.untried)
  output.write(format, COLUMNS, found.differences)
else
  output.write(format, COLUMNS, found.differences)
  if format == "text" then summary.text(found, options.untried) end
end
os.exit(found.differences[1] and 3 or 0)
