#!/usr/bin/env mkrun
--- Replace a token by a new one with the same rights, and revoke the old one.
--
-- The flow finds one of your own tokens by its DESCRIPTION.  The new token has
-- the same type, organization and permissions.  The steps are:
--
--  1. look      find the token; nothing has changed yet
--  2. reserve   open a temporary file and reserve its disk space
--  3. create    make the new token; the old one is still stored and works
--  4. try       use the new token: a token that does not work is never stored
--  5. store     replace the stored token in one step; both tokens work
--  6. prove     read the stored token back and use it; both tokens work
--  7. revoke    revoke every other token with DESCRIPTION, your own one last
--
-- A working token is stored at every moment.  After a crash, run the flow
-- again.  With --file it reads which token is in the file.  If this is the
-- newest token, it does steps 6 and 7.  If not, it starts again, and step 7
-- also revokes the token that was never stored.  With --exec it cannot read the
-- stored token, so it starts again; step 7 revokes all tokens but the last.
--
-- Step 1 waits up to a minute if another run may be at step 5: several tokens
-- with DESCRIPTION are live, and the youngest is less than a minute old.
--
-- FILE must contain a valid token with DESCRIPTION.  Otherwise a wrong FILE
-- would make the flow revoke the token in use.  For a new FILE use --new-file.
--
-- With --within the flow replaces only a token that expires soon, so it can run
-- every day.  It also finishes the work of an interrupted run.  The new token
-- must live for more than DAYS days, or else every run replaces it.
--
-- With --keep-old step 7 does not revoke the old token but leases it: both
-- tokens work until DURATION has passed, so everybody has time to read the new
-- one.  A later run, with or without --keep-old, revokes what is due by then,
-- and says what is not due yet.  FILE.lease, or the file of --lease, holds the
-- ids and times.  If it gets lost, the next run does with a leased token what
-- it does with the old one.
--
-- CMD runs in a shell and reads the token from standard input.  If CMD cannot
-- store the token, it must end with an exit code above 0 or leave some of the
-- input unread.  Its output goes to standard error.  The flow cannot check that
-- CMD stored the token: if CMD succeeds, step 7 follows.
--
-- @usage  mkrun rotate-tokens (--file FILE [--new-file] | --exec CMD [--lease
--         FILE]) [--days N] [--within DAYS] [--keep-old DURATION]
--         [--output FORMAT] DESCRIPTION
-- @arg    DESCRIPTION   description of the token
-- @arg    --file FILE   the file that contains the token
-- @arg    --new-file    FILE may be missing or contain another token
-- @arg    --exec CMD    a command that stores the token, e.g. in a vault
-- @arg    --lease FILE  the file for the lease, if the token is in no file
-- @arg    --days N      days until the new token expires (default: as for the
--         old token)
-- @arg    --within DAYS  only if the old token expires within DAYS days
-- @arg    --keep-old DURATION  how long the old token stays valid: minutes,
--         hours or days, such as 90m, 24h or 7d; less than the new token lives
-- @arg    --output FORMAT  text (default), json, jsonl, csv or markdown
-- @env    MKIO_TOKEN     one of your tokens; it may be the old token
-- @env    MKIO_BASE_URL  URL of the API (default https://app.mk.io)
-- @output
-- + token           nightly job: 51aa22bb-33cc-44dd-88ee-55ff66aa77bb
-- ~ file            nightly.token: proven
-- - token           nightly job: 41aa22bb-33cc-44dd-88ee-55ff66aa77bb
-- Summary: 1 created, 1 changed, 0 unchanged, 1 revoked.
-- @exit   0 a new token is stored or none is due, 1 failed, 2 wrong usage
-- @needs  api:read, api:my_tokens.create, api:my_tokens.revoke, token,
--         read:FILE, write:FILE, run:CMD
-- @tags   write
-- SPDX-License-Identifier: MIT

local mkio = require "mkio"
local report = require "mkrun.report"
local rotation = require "mkio.flow.rotate_tokens"
local script = require "mkrun.script"

local options, description = script.arguments(...)
local wish = rotation.wish(options)
local store = options.file
  and rotation.file(options.file, options.new_file, wish.lease)
  or rotation.command(options.exec, wish.lease)
local out <close> = report.new(wish.format)
rotation.run(mkio.connect().me.tokens, description, store, wish, out)
out:finish()
