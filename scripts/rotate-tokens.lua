#!/usr/bin/env mkrun
--- Replace a token by a new one like it, and revoke the old one.
--
-- The token is one of your own, found by its DESCRIPTION; the new one has the
-- same type, organization and permissions.
--
-- The steps, and what a run finds that starts after a crash there:
--
--  1. look      nothing has happened yet
--  2. reserve   the file's place is open and has room; no token exists
--  3. create    the old token is stored and works; the new one is an orphan
--  4. try       the same: a token that does not work is never stored
--  5. store     the new one is stored, in one stroke; both work
--  6. prove     what is stored is read back and used; both work
--  7. revoke    every other token with DESCRIPTION, your own one last
--
-- A working token is stored at every moment, and a second run finishes the
-- job.  With --file it looks which token is in the file: is it the newest,
-- steps 6 and 7 are left; is it an older one, the rotation starts again and
-- the orphan is revoked with the rest.  A command's store cannot be read, so
-- with --exec the rotation starts again, and step 7 leaves just the token
-- that the command was given last.
--
-- FILE must hold a live token with DESCRIPTION, so that a slip does not revoke
-- the token that is in use; --new-file is for one that does not.
--
-- With --within a token that lives longer is left alone, so that this can run
-- every day; what an earlier run left undone is done all the same.
--
-- CMD runs in a shell, gets the token on its standard input, and must fail
-- (exit code above 0) when it could not store it, or leave some of it unread.
-- What it prints goes to standard error.  Whether it stored the token, nobody
-- can prove: when it succeeds, all others are revoked.
--
-- @usage  mkrun rotate-tokens (--file FILE [--new-file] | --exec CMD)
--         [--days N] [--within DAYS] [--output FORMAT] DESCRIPTION
-- @arg    DESCRIPTION   of the token
-- @arg    --file FILE   the file that holds the token
-- @arg    --new-file    FILE is missing, or holds another token than that
-- @arg    --exec CMD    a command that stores the token, e.g. in a vault
-- @arg    --days N      days until the new one expires (default as the old)
-- @arg    --within DAYS  only when the old one expires by then
-- @arg    --output FORMAT  text (default), json or csv
-- @env    MKIO_TOKEN     a token of yours, the old one will do
-- @env    MKIO_BASE_URL  where the API is (default https://app.mk.io)
-- @output
-- + token           nightly job: 51aa22bb-33cc-44dd-88ee-55ff66aa77bb
-- ~ file            nightly.token: proven
-- - token           nightly job: 41aa22bb-33cc-44dd-88ee-55ff66aa77bb
-- Summary: 1 created, 1 changed, 0 unchanged, 1 revoked.
-- @exit   0 a new token is in place or none is due, 1 it is not, 2 wrong usage
-- @tags   write
-- SPDX-License-Identifier: MIT

local mkio = require "mkio"
local numbers = require "mkrun.numbers"
local output = require "mkrun.output"
local report = require "mkrun.report"
local resumed = require "mkio.flow.common.resumed"
local rotation = require "mkio.flow.rotate_tokens"
local script = require "mkrun.script"
local token_watch = require "mkio.flow.common.token_watch"

local options, description = script.arguments(...)

local function days_of(name)
  if not options[name] then return nil end
  local days, fault = numbers.integer(options[name], 1, 365)
  return days or script.usage(("--%s: %s"):format(name, fault))
end

local format = output.format(options.output)
local days, within = days_of "days", days_of "within"
if options.file and options.exec then
  script.usage "--file and --exec: not both"
elseif not (options.file or options.exec) then
  script.usage "one of --file and --exec is needed"
elseif options.new_file and not options.file then
  script.usage "--new-file goes with --file"
end

local store = options.file and rotation.file(options.file, options.new_file)
  or rotation.command(options.exec)
local out <close> = report.new(format)
local tokens = mkio.connect().me.tokens

local function stored(id, jwt, outcome)
  rotation.prove_stored(tokens, store, id, jwt)
  out:step(outcome, store.name, options.file or options.exec, { store.done })
end

local function replace(live, model)
  store:reserve()
  local token = rotation.create(tokens, model, days)
  rotation.settle(tokens, token, live)
  local id = token.metadata.id
  out:step("created", "token", description, { id })
  rotation.try(tokens, token)
  resumed.succeed(id)
  store:put(tokens, token)
  stored(id, token.metadata.JWT, "changed")
  return id
end

local live, model = rotation.find(tokens, description, store)
local id = store.held_id
local due, when = token_watch.is_due(live, within or 0)
if rotation.is_unfinished(live, store) then
  stored(id, nil, "unchanged")
elseif within and not due then
  out:step("unchanged", "token", description, { when })
  return out:finish()
else
  id = replace(live, model)
end
for _, old in ipairs(rotation.revoke_others(tokens, live, id)) do
  out:step("revoked", "token", description, { old })
end
out:finish()
