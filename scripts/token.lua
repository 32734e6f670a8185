#!/usr/bin/env mkrun
--- List, make and revoke tokens.
--
--   list     your live tokens; warns of what expires soon or was never used
--   rights   what the token of this run may do, so what a new one can have
--   create   a restricted token with the rights that a PATTERN picks, unless
--            FILE, or CMD, has one like that already.  Another live one with
--            DESCRIPTION stays; FILE must hold that one, or --new-file is given
--   revoke   one token: asks, or --yes
--
-- A PATTERN is CAPABILITY, RESOURCE:CAPABILITY or TYPE/RESOURCE:CAPABILITY;
-- a resource goes by name or id, * is any text: "*.get", "evening-news:ams.*".
-- The token itself is never shown: it goes into FILE, or to CMD, a shell
-- command that reads it on its standard input.
--
-- @usage  mkrun token [list] [--everybody] [--within DAYS] [--output FORMAT]
-- @usage  mkrun token rights [--allow PATTERN]... [--deny PATTERN]...
--           [--output FORMAT]
-- @usage  mkrun token create DESCRIPTION --allow PATTERN...
--           [--deny PATTERN]... [--days N]
--           (--file FILE [--new-file] | --exec CMD [--again]) [--output FORMAT]
-- @usage  mkrun token revoke DESCRIPTION [--everybody] [--yes]
--           [--output FORMAT]
-- @arg    ACTION           list (default), rights, create or revoke
-- @arg    DESCRIPTION      of the token; to revoke one, its id will do
-- @arg    --everybody      not just yours, all of the organization
-- @arg    --within DAYS    warn of what expires by then (default 14)
-- @arg    --allow PATTERN  rights that the token shall have
-- @arg    --deny PATTERN   rights to leave out of these
-- @arg    --file FILE      the file for the token
-- @arg    --new-file       make one although there is one, not in FILE
-- @arg    --exec CMD       a command that stores the token, e.g. in a vault
-- @arg    --days N         days until it expires (default 90)
-- @arg    --again          with --exec: make one although there is one
-- @arg    --yes            revoke without a question
-- @arg    --output FORMAT  text (default), json or csv
-- @env    MKIO_TOKEN     a token of yours
-- @env    MKIO_BASE_URL  where the API is (default https://app.mk.io)
-- @output
-- + token           nightly job
-- @exit   0 done, 1 not done, 2 wrong usage, or no yes
-- @tags   write, destructive, idempotent
-- SPDX-License-Identifier: MIT

local actions = require "mkrun.action"
local mkio = require "mkio"
local numbers = require "mkrun.numbers"
local output = require "mkrun.output"
local report = require "mkrun.report"
local rights = require "mkio.flow.token.rights"
local script = require "mkrun.script"
local token_cut = require "mkio.flow.token"
local watch = require "mkio.flow.common.token_watch"

local options, action, name = script.arguments(...)
action = action or "list"
actions.check(options, action, name)
local format = output.format(options.output)

local function days(option, default)
  local n, fault = numbers.integer(options[option] or default or "90", 1, 365)
  return n or script.usage(("--%s: %s"):format(option, fault))
end

local within, life = days("within", "14"), days "days"
if action == "create" then token_cut.check_options(options) end
local out <close> = report.new(format)
local org = mkio.connect()
local tokens = options.everybody and org.tokens or org.me.tokens
local run = {}

function run.list()
  local rows, warnings = watch.rows(tokens:list { needs = "lives" },
    watch.own_id(org.session), within)
  out:leave()
  output.write(format, watch.columns, rows)
  for _, text in ipairs(warnings) do script.say("mkrun: " .. text) end
end

function run.rights()
  local rows = rights.rows(rights.pick(rights.read(org),
    options.allow or { "*" }, options.deny))
  out:leave()
  output.write(format, rights.columns, rows)
end

function run.create()
  local all, organization_id = rights.read(org)
  local picked = rights.some(rights.pick(all, options.allow, options.deny))
  local _, outcome, details, kept = token_cut.ensure(org, {
    description = name, permissions = rights.permissions(picked),
    file = options.file, command = options.exec, days = life,
    again = options.again or options.new_file,
    organization_id = organization_id,
  })
  out:step(outcome, "token", name, details)
  out:finish()
  for _, id in ipairs(kept) do
    script.say(("mkrun: %s is called that too, and valid"):format(id))
  end
end

function run.revoke()
  local token = watch.choose(tokens:list { needs = "names" }, name)
  local id = token.metadata.id
  if watch.is_revoked(token) then
    out:step("unchanged", "token", name, { "revoked already" })
  else
    local own = id == watch.own_id(org.session)
    local details = { "id: " .. id, own and "it is the one of this run" or nil }
    script.approve({ { action = "delete", kind = "token",
      name = watch.name(token), details = details } }, options.yes)
    tokens:revoke(id)
    out:step("revoked", "token", name, { id })
  end
  out:finish()
end

run[action]()
