#!/usr/bin/env mkrun
--- Check that nobody has changed an audit.
--
-- FILE is a file that --audit wrote.  Each line contains the hash of the line
-- before it (SHA-256, without the line end).  The check names the first line
-- that was changed, removed or inserted.  Without --last it cannot notice that
-- the last line was changed, that lines at the end were removed, or that the
-- whole file was replaced.  So store the hash that a check prints, and give it
-- to the next check with --last.
--
-- @usage  mkrun audit-verify [--last HASH] [--output FORMAT] FILE
-- @arg    FILE         the audit, or - for stdin
-- @arg    --last HASH  hash of a line that FILE must contain
-- @arg    --output FORMAT  text (default), json, jsonl, csv or markdown
-- @output
-- audit.jsonl: 18 lines, hash of the last one
-- 4c8a61f0a5f8c0f2d0d8bd0f1b1c9b5e5f3a7f0e8f6f8c1a2b3c4d5e6f708192
-- @exit   0 FILE is unchanged, 1 FILE was changed, 2 wrong usage or FILE
-- @needs  read:FILE
-- @tags   read
-- SPDX-License-Identifier: MIT

local audit = require "mkrun.journal.audit"
local output = require "mkrun.output"
local script = require "mkrun.script"
local sys = require "mkrun.sys"

local options, file = script.arguments(...)
local format = output.format(options.output)
local last = options.last and options.last:lower()
if last and not (#last == 64 and last:find "^%x+$") then
  script.usage "option '--last': 64 hexadecimal digits expected"
end
local text, message = sys.read(file)
if not text then script.refuse(message) end

local count, what = audit.verify(text, last)
if format ~= "text" then
  output.write(format, { "file", "isUnchanged", "lines", "hash", "problem" }, {
    { file = file, isUnchanged = count ~= nil, lines = count,
      hash = count and what or nil, problem = not count and what or nil } })
elseif count then
  print(("%s: %d line%s, hash of the last one"):format(file, count,
    count == 1 and "" or "s"))
  print(what)
else
  print(("%s: %s"):format(file, what))
end
if not count then os.exit(1) end
