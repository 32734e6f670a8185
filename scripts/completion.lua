#!/usr/bin/env mkrun
--- Print the script by which a shell completes the command lines of mkrun.
--
-- The first lines of the script say where to put it.  TAB then completes
-- options and their values, flows, tools, files, topics of the manual, and the
-- options and arguments of each script, by its header.  Names of teams,
-- projects, members and rules come from the file of --sandbox=FILE only.  TAB
-- runs no script and sends no request.
--
-- @usage  mkrun completion SHELL
-- @arg    SHELL  bash, zsh or fish
-- @output
-- # Completes the command lines of mkrun in bash.
-- @exit   0 printed, 1 failed, 2 wrong usage
-- @needs
-- @tags   read, idempotent, tool
-- SPDX-License-Identifier: MIT

local completion = require "mkrun.tool.completion"
local script = require "mkrun.script"

local _, shell = script.arguments(...)
local text, message = completion.script(shell)
if not text then script.refuse(message) end
io.write(text)
