--- Makes runs that replace the same token follow one after the other.  A token
--- that a run has made and not stored yet must not be revoked by another run:
--- the first run would then store a dead token.  The flow `rotate_tokens` calls
--- this module before and after it makes a token; for runs that begin in the
--- same moment it also calls `mkio.flow.common.token_rivals`.
---
--- Nobody can see whether another run is alive.  A run sees the live tokens of
--- the description, and decides by the youngest of them:
---
--- | live tokens          | the youngest            | the run                 |
--- |----------------------|-------------------------|-------------------------|
--- | one                  | the stored one          | begins                  |
--- | several              | in the file that this   | begins: it revokes the  |
--- |                      | run has locked          | others                  |
--- | several              | made by the interrupted | begins: that run is     |
--- |                      | run of `--resume`       | dead                    |
--- | several              | older than `YOUNG`      | begins: its maker is    |
--- |                      |                         | dead, or will notice    |
--- | several              | younger                 | waits, and looks again: |
--- |                      |                         | its maker may store it  |
---
--- The maker of a token is done when it has revoked the other tokens.  A maker
--- that is slow was perhaps taken for dead.  So it looks again, before it
--- stores the token and after that, and fails if another run has begun.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local config = require "mkrun.config"
local long_wait = require "mkrun.host.long_wait"
local sys = require "mkrun.sys"

local errors = require "mkrun.rest.error"
local own_tokens = require "mkio.flow.common.own_tokens"
local resumed = require "mkio.flow.common.resumed"
local value = require "mkrun.value"

local M = {}

--- The number of seconds within which a run stores its new token.
M.YOUNG = 60

--- The age in seconds from which a run looks whether it was taken for dead.  It
--- is less than `YOUNG`, because the clocks of two runs differ.
local SLOW <const> = M.YOUNG / 2

local FIRST_PAUSE <const>, LONGEST_PAUSE <const> = 0.25, 2

--- The longest wait in seconds.  A single run makes others wait for `YOUNG`.
local PATIENCE <const> = 5 * M.YOUNG

--- Returns the time when a token was made.
---@param token table  an element of the API's list, or the API's answer to the
---  creation, where nobody has checked the type of the time
---@return number seconds  seconds since 1970, by the service's clock; 0 if the
---  time is unknown
function M.issued(token)
  local issued = value.dig(token, "spec", "issued")
  return type(issued) == "string" and sys.parse_time(issued) or 0
end

--- Returns the youngest token if there are several, without those that the
--- interrupted run made.
local function youngest_of(live)
  local youngest, count = nil, 0
  for _, token in ipairs(live) do
    if not resumed.has_made(token.metadata.id) then
      count = count + 1
      if not youngest or M.issued(token) > M.issued(youngest) then
        youngest = token
      end
    end
  end
  return count > 1 and youngest or nil
end

--- Returns for how many seconds the token is young.  The service's clock may be
--- unknown, so a token that was looked at for so long is old, too.
local function youth(turn, token)
  local id = token.metadata.id
  if turn.id ~= id then turn.id, turn.since = id, turn.waited end
  local age = math.max(clock.now() - M.issued(token), turn.waited - turn.since)
  return M.YOUNG - age
end

local function rest(turn, token, left)
  local description = token.spec.description
  if turn.waited >= PATIENCE then
    errors.raise("rival", ("token '%s': other runs have been replacing it for "
      .. "%d s"):format(description, PATIENCE), "run it again later")
  elseif turn.waited >= long_wait.AFTER then
    long_wait.tell(("another run may be about to store a new token '%s'")
      :format(description), left, { is_most = true })
  end
  local length = math.max(FIRST_PAUSE, math.min(turn.pause, left))
  long_wait.sleep(length)
  turn.waited = turn.waited + length
  turn.pause = math.min(2 * turn.pause, LONGEST_PAUSE)
end

--- Calls `look` until no other run can be about to store a token.  Raises an
--- error with the code "rival" if that takes too long.
---@param look fun(): table[], boolean?  lists the live tokens of a description
---  again; the second result is true if the youngest of them is stored
function M.await(look)
  local turn = { waited = 0, pause = FIRST_PAUSE }
  while true do
    local live, is_stored = look()
    if is_stored or config.dry_run or own_tokens.is_alone() then return end
    local youngest = youngest_of(live)
    local left = youngest and youth(turn, youngest) or 0
    if left <= 0 then return end
    rest(turn, youngest, left)
  end
end

--- Returns what another run has done that took this run for dead, or nil.
local function news_of(tokens, mine)
  local is_live, spec = false, mine.spec
  for _, other in ipairs(tokens:find_all(spec.description,
    spec.organizationId)) do
    if other.metadata.id == mine.metadata.id then is_live = true end
    if M.issued(other) - M.issued(mine) > SLOW then
      return "made " .. other.metadata.id
    end
  end
  return not is_live and "revoked " .. mine.metadata.id or nil
end

--- Raises an error with the code "rival" if this run was so slow that another
--- run has replaced the same token meanwhile.
---@param tokens mkio.MyTokens
---@param mine table    the token that this run has made
---@param hint string   what is unknown now
function M.confirm(tokens, mine, hint)
  local age = clock.now() - M.issued(mine)
  if age <= SLOW or config.dry_run or own_tokens.is_alone() then return end
  local news = news_of(tokens, mine)
  if not news then return end
  errors.raise("rival", ("token '%s': another run has %s meanwhile, because "
    .. "this one took %d s"):format(mine.spec.description, news, age // 1 | 0),
    hint)
end

return M
