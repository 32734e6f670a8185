#!/usr/bin/env mkrun
--- Start a flow, a SPEC, a provider or a project of your own.
--
--   flow      NAME.lua, a small flow that runs at once with --sandbox
--   spec      NAME.json (default organization.json) for onboard, and the JSON
--             Schema by which an editor completes it
--   provider  NAME.lua, the table of a REST API (mkrun help provider): of an
--             OpenAPI document, with a mark at each thing that the document
--             does not say; or one to fill in
--   project   a folder with a flow, a SPEC, a test for mkrun test, declarations
--             for editors, a job for CI that plans each change, a
--             Containerfile, a README.md, and a .gitignore for tokens
--             and states
--
-- No file is overwritten.  flow, spec and provider write nothing if a file is
-- there; project keeps what is there and adds what is missing.  NAME has
-- letters, digits, "-" and "_", and may stand behind a folder; that of a
-- provider has small letters, digits and "_"; for project it may be ".", the
-- current folder.  With a dot in it NAME is a document: OpenAPI 3.0 or 3.1 in
-- JSON.
--
--   mkrun new project acme --ci gitlab
--   mkrun new provider petstore.json
--
-- @usage  mkrun new flow NAME
-- @usage  mkrun new spec [NAME]
-- @usage  mkrun new provider NAME [--name PROVIDER]
-- @usage  mkrun new project NAME [--ci PLATFORM]
-- @arg    ACTION         flow, spec, provider or project
-- @arg    NAME           name of the flow, the SPEC or the provider, the file
--                        of its document, or the project's folder
-- @arg    --name PROVIDER  name of the provider; default: the document's
-- @arg    --ci PLATFORM  github (default) or gitlab
-- @output
-- wrote members.lua
-- @exit   0 written, 1 failed, 2 wrong usage, or a file is there
-- @needs  write:., write:NAME, read:NAME
-- @tags   write, tool
-- SPDX-License-Identifier: MIT

local actions = require "mkrun.action"
local new = require "mkrun.tool.new"
local schema = require "mkio.flow.onboard.schema"
local script = require "mkrun.script"

local options, action, name = script.arguments(...)
if not action then script.usage "argument ACTION is missing" end
actions.check(options, action, name)

local run = {
  flow = function() new.flow(name) end,
  spec = function() new.spec(name, schema.text()) end,
  provider = function() new.provider(name, options.name) end,
  project = function() new.project(name, schema.text(), options.ci) end,
}
run[action]()
