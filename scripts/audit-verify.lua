#!/usr/bin/env mkrun
--- Tell whether an audit is as it was written.
--
-- FILE is what --audit wrote.  Each of its lines has the hash of the one before
-- it, the SHA-256 of that line without its line end: a line that was changed,
-- removed or put in is found, the first one is named.  What was cut off at the
-- end, a last line that was changed, or a file that was made anew, shows only
-- to who has kept a hash that an earlier check printed: --last takes it.
--
-- @usage  mkrun audit-verify [--last HASH] FILE
-- @arg    FILE         the audit, or - for stdin
-- @arg    --last HASH  of a line that must be in it
-- @output
-- audit.jsonl: 18 lines, hash of the last one
-- 4c8a61f0a5f8c0f2d0d8bd0f1b1c9b5e5f3a7f0e8f6f8c1a2b3c4d5e6f708192
-- @exit   0 nothing was changed, 1 something was, 2 wrong usage or FILE
-- @tags   read
-- SPDX-License-Identifier: MIT

local audit = require "mkrun.journal.audit"
local script = require "mkrun.script"
local sys = require "mkrun.sys"

local options, file = script.arguments(...)
local last = options.last and options.last:lower()
if last and not (#last == 64 and last:find "^%x+$") then
  script.usage "option '--last': 64 hexadecimal digits expected"
end
local text, message = sys.read(file)
if not text then script.refuse(message) end

local count, what = audit.verify(text, last)
if not count then
  print(("%s: %s"):format(file, what))
  os.exit(1)
end
print(("%s: %d line%s, hash of the last one"):format(file, count,
  count == 1 and "" or "s"))
print(what)
