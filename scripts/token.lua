#!/usr/bin/env mkrun
--- List, make and revoke tokens.
--
--   list     list your valid tokens; warn if one expires soon or is unused
--   rights   list the rights of this run's token: a new token can have these
--   create   make a restricted token with the chosen rights, unless FILE or CMD
--            has such a token already.  No other token is revoked
--   revoke   revoke a token; asks first, except with --yes
--
-- A PATTERN is CAPABILITY, RESOURCE:CAPABILITY or TYPE/RESOURCE:CAPABILITY.
-- RESOURCE is a name or an id.  "*" matches any text: "evening-news:ams.*".  A
-- new token is never printed: the flow writes it to FILE, or to CMD's input.
--
-- @usage  mkrun token [list] [--everybody] [--within DAYS] [--output FORMAT]
-- @usage  mkrun token rights [--allow PATTERN]... [--deny PATTERN]...
--           [--output FORMAT]
-- @usage  mkrun token create DESCRIPTION (--allow PATTERN...
--           [--deny PATTERN]... | --permissions FILE) [--days N]
--           (--file FILE [--new-file] | --exec CMD [--again]) [--output FORMAT]
-- @usage  mkrun token revoke DESCRIPTION [--everybody] [--yes]
--           [--output FORMAT]
-- @arg    ACTION           list (default), rights, create or revoke
-- @arg    DESCRIPTION      description of the token; for revoke also its id
-- @arg    --everybody      tokens of all users of the organization
-- @arg    --within DAYS    warn if a token expires within DAYS (default 14)
-- @arg    --allow PATTERN  rights of the new token
-- @arg    --deny PATTERN   rights to remove from those of --allow
-- @arg    --permissions FILE   rights of the new token, as --rights prints them
-- @arg    --file FILE      file for the new token
-- @arg    --new-file       make a token even if one exists outside of FILE
-- @arg    --exec CMD       a command that stores the token, e.g. in a vault
-- @arg    --days N         days until the new token expires (default 90)
-- @arg    --again          with --exec: make a token even if one exists
-- @arg    --yes            do not ask
-- @arg    --output FORMAT  text (default), json, jsonl, csv or markdown
-- @env    MKIO_TOKEN     one of your tokens
-- @env    MKIO_BASE_URL  URL of the API (default https://app.mk.io)
-- @output
-- + token           nightly job
-- @exit   0 done, 1 failed, 2 wrong usage, or not confirmed
-- @needs  api:read, api:my_tokens.create, api:my_tokens.revoke,
--         --everybody:api:tokens.revoke, token, read:FILE, write:FILE, run:CMD
-- @tags   write, destructive, idempotent
-- SPDX-License-Identifier: MIT

local actions = require "mkrun.action"
local given = require "mkio.flow.token.given"
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
local org, run = mkio.connect(), {}
local tokens = options.everybody and org.tokens or org.me.tokens

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
  local lists = rights.begin(org, { "my_tokens" })
  local all, organization_id = rights.read(org, lists)
  local _, outcome, details, kept = token_cut.ensure(org, {
    permissions = rights.permissions(given.choose(all, options, lists)),
    description = name, file = options.file, command = options.exec,
    days = life, again = options.again or options.new_file,
    organization_id = organization_id, tokens = lists:items "my_tokens",
  })
  out:step(outcome, "token", name, details)
  out:finish()
  for _, id in ipairs(kept) do
    script.say(("mkrun: %s has this description too, and is valid"):format(id))
  end
end

function run.revoke()
  local token = watch.choose(tokens:list { needs = "names" }, name)
  local id, own = token.metadata.id, watch.own_id(org.session)
  if watch.is_revoked(token) then
    out:step("unchanged", "token", name, { "revoked already" })
  else
    script.approve({ { action = "delete", kind = "token",
      name = watch.name(token), details = { "id: " .. id,
        id == own and "it is the one of this run" or nil } } }, options.yes)
    tokens:revoke(id)
    out:step("revoked", "token", name, { id })
  end
  out:finish()
end

run[action]()
