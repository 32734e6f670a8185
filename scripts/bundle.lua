#!/usr/bin/env mkrun
--- Make one program of a flow: mkrun with the flow, its modules and its files
--- inside.
--
-- The program needs nothing else, not even a folder.  Its options and arguments
-- are the flow's; mkrun's own options, such as --token-file FILE or --dry-run,
-- come first.  A flow with @needs can do what they say, and nothing else.
--
-- Modules that the flow requires are taken from its folder.  The flow finds a
-- FILE by the path that is given here.  Nothing else is taken: no token, no
-- journal, no state.
--
-- @usage  mkrun bundle FLOW [FILE...] -o OUT [--base MKRUN]... [--force]
-- @usage  mkrun bundle --show OUT [FILE]
-- @arg    FLOW           script, or name of a built-in flow
-- @arg    FILE           file for the flow to read, below this folder
-- @arg    -o OUT         the program; with a name in .tar, a container image
-- @arg    --base MKRUN   the mkrun to add the flow to, for example that of the
--                        other architecture (default: this one); an image takes
--                        one of each architecture
-- @arg    --force        replace OUT even if it is no bundle
-- @arg    --show OUT     print what is in a bundle; with FILE, print that file
-- @env    SOURCE_DATE_EPOCH  time of an image, in seconds since 1970
-- @output
-- mkrun   0.2.0, amd64
-- needs   api:read, read:FILE
-- flow    members.lua    812  e0b7...
-- module  lib/names.lua  310  96f1...
-- file    list.csv        56  1c0d...
-- @exit   0 done, 1 the file cannot be written, 2 wrong usage or input
-- @tags   write, idempotent, tool
-- SPDX-License-Identifier: MIT

local bundle = require "mkrun.tool.bundle"
local printable = require "mkrun.printable"
local script = require "mkrun.script"

local words = table.pack(script.arguments(...))
local options = words[1]

--- Prints rows in columns.
local function print_rows(rows)
  local widths = { 0, 0, 0 }
  for _, row in ipairs(rows) do
    for i = 1, 3 do
      row[i] = printable.line(row[i])
      widths[i] = math.max(widths[i], #row[i])
    end
  end
  for _, row in ipairs(rows) do
    local blanks = {}
    for i = 1, 3 do blanks[i] = (" "):rep(widths[i] - #row[i]) end
    print(("%s%s  %s%s  %s%s  %s"):format(row[1], blanks[1], row[2], blanks[2],
      blanks[3], row[3], row[4]))
  end
end

local function show(found)
  print(("mkrun   %s, %s"):format(printable.line(found.version),
    found.architecture))
  print(("needs   %s"):format(found.needs
    and printable.line(table.concat(found.needs, ", "))
    or "not said: it can do all that its user can"))
  print_rows(bundle.rows(found))
end

local function read(path)
  local found, message = bundle.read(path)
  if not found then script.refuse(message) end
  return found
end

local function show_file(found, path)
  local text = bundle.file(found, path)
  if not text then
    script.refuse(("%s: no file '%s' in it"):format(options.show, path))
  end
  io.write(text)
end

local function make()
  local flow = words[2]
  if not flow then script.usage "argument FLOW is missing" end
  if not options.o then script.usage "option '-o' is missing" end
  local made, message, code = bundle.make { flow = flow,
    files = { table.unpack(words, 3, words.n) }, out = options.o,
    bases = options.base, force = options.force }
  if not made and code then error(message, 0) end
  if not made then script.refuse(message) end
  for _, warning in ipairs(made.warnings) do
    script.say("mkrun: warning: " .. printable.line(warning))
  end
  show(made)
end

if not options.show then
  make()
elseif options.o or options.base or options.force or words.n > 2 then
  script.usage "--show takes a bundle and at most one FILE"
elseif words[2] then
  show_file(read(options.show), words[2])
else
  show(read(options.show))
end
