--- Settles a race between runs that make a token of the same description at the
--- same time: the oldest of the new tokens stays.  The flows that make tokens
--- call this module.  A run that begins while another one is under way waits
--- first, if it revokes what it finds: see `mkio.flow.common.token_turns`.
---
--- Each run lists the tokens again after it has made its own token.  If another
--- run's new token is older, this run revokes its own token.  If another run's
--- new token is younger, the other run revokes that token.  The service's times
--- are in whole seconds.  Of two tokens of the same second, the token with the
--- smaller id stays, unless the other token is already in use.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local long_wait = require "mkrun.host.long_wait"
local sys = require "mkrun.sys"
local task = require "mkrun.task"

local errors = require "mkrun.rest.error"
local own_tokens = require "mkio.flow.common.own_tokens"
local token_left = require "mkio.resource.token_left"
local token_turns = require "mkio.flow.common.token_turns"
local value = require "mkrun.value"

local M = {}

local STARTED <const> = sys.monotonic()
local PAUSE <const>, PATIENCE <const> = 0.25, 5
--- The seconds for which a token must be alone: until then another run may make
--- one in the same second that stays in its place.
local SAME_SECOND <const> = 1
--- The age in seconds from which a token that was never used belongs to no run
--- that is still running.
local YOUNG <const> = token_turns.YOUNG

local issued <const> = token_turns.issued

local function is_used(token)
  return value.dig(token, "spec", "lastUsed") ~= nil
end

---@class mkio.TokenRivals
---@field mine table               the token that this run made
---@field seen table<string, true> ids of the tokens that existed before `mine`
---@field own table<string, true>  ids of the tokens that `mine` replaces
---@field since number             start of the run, by the service's clock
---@field watched table<string, true>  ids of tokens with the verdict "open"

--- Returns true if the token was made during this run.
local function is_new(self, token)
  return not self.seen[token.metadata.id] or issued(token) >= self.since
end

--- Compares another token of the same description with `mine`.  Returns "none"
--- if the other token is no rival, "stays" if `mine` has to be revoked, or
--- "open" if the tokens must be listed again to decide.
local function verdict(self, other)
  local mine, id = self.mine, other.metadata.id
  if id == mine.metadata.id or self.own[id] or issued(other) > issued(mine) then
    return "none"
  elseif is_new(self, other) then
    local is_first = issued(other) < issued(mine) or id < mine.metadata.id
    return (is_first or is_used(other)) and "stays" or "open"
  elseif is_used(other) then
    return self.watched[id] and "stays" or "none"
  end
  return issued(mine) - issued(other) <= YOUNG and "open" or "none"
end

--- Returns the token that stays instead of `mine`.  If there is none, returns
--- nil and true if the tokens must be listed again.  `is_last` is true if the
--- tokens will not be listed again.
local function look(self, list, is_last)
  local is_open = false
  for _, other in ipairs(list) do
    local what = verdict(self, other)
    if what == "stays" or is_last and what == "open" and is_new(self, other)
    then
      return other
    elseif what == "open" then
      is_open, self.watched[other.metadata.id] = true, true
    end
  end
  return nil, is_open
end

--- Tells whether a list has this token.  If it lacks the token that this run
--- has made, it is behind, and may lack those of other runs, too.
local function lists(list, token)
  for _, other in ipairs(list) do
    if other.metadata.id == token.metadata.id then return true end
  end
  return false
end

local function tell(self, waited, is_behind)
  if waited < long_wait.AFTER then return end
  local what = is_behind and "the list of tokens has no new '%s' yet"
    or "another run makes the token '%s' at the same time"
  long_wait.tell(what:format(self.mine.spec.description), PATIENCE - waited,
    { is_most = true })
end

local function watch(self, tokens)
  local spec = self.mine.spec
  for waited = 0, PATIENCE, PAUSE do
    local list = tokens:find_all(spec.description, spec.organizationId)
    if config.sandbox or config.replay then return nil end -- no rival can exist
    local other, is_open = look(self, list, waited + PAUSE > PATIENCE)
    local is_behind = not lists(list, self.mine)
    if other or not is_open and not is_behind then return other end
    tell(self, waited, is_behind)
    task.sleep(PAUSE)
  end
end

--- Returns the token that stays, for the error message.  Other runs may also
--- have to revoke their tokens, so this function waits until only one token is
--- left or a token is in use.
local function survivor(self, tokens, other)
  local spec, alone, since = self.mine.spec, nil, 0
  for waited = 0, PATIENCE, PAUSE do
    local left = {}
    for _, token in ipairs(tokens:find_all(spec.description,
      spec.organizationId)) do
      local id = token.metadata.id
      local counts = id ~= self.mine.metadata.id and not self.own[id]
        and (is_new(self, token) or self.watched[id])
      if counts and is_used(token) then return token end
      if counts then left[#left + 1] = token end
    end
    local only = #left == 1 and left[1].metadata.id or nil
    if only ~= alone then alone, since = only, waited end
    if #left == 0 then return other end
    if only and waited - since >= SAME_SECOND then return left[1] end
    tell(self, waited)
    task.sleep(PAUSE)
  end
  return other
end

--- Keeps the token that this run has made, or revokes it because another run's
--- token stays.  In the second case, raises an error with the code "rival" and
--- the id of the other token.  Call this before the token is stored.
---@param tokens mkio.MyTokens
---@param mine table                the token that this run has made
---@param before table[]   tokens with the description of `mine` that existed
---  before `mine` was made
---@param own table<string, true>   ids of the tokens that `mine` replaces
function M.settle(tokens, mine, before, own)
  if config.dry_run or own_tokens.is_alone() then return end
  local seen = {}
  for _, token in ipairs(before) do seen[token.metadata.id] = true end
  local self = { mine = mine, seen = seen, own = own, watched = {},
    since = math.floor(issued(mine) - (sys.monotonic() - STARTED)) }
  local ok, other = pcall(watch, self, tokens)
  if ok and not other then return end
  local gone, why = ok, other
  if ok then gone, why = pcall(tokens.revoke, tokens, mine.metadata.id) end
  if not gone then
    token_left.give_up(tokens, mine.spec.description, { mine.metadata.id }, why)
  end
  other = survivor(self, tokens, other)
  errors.raise("rival", ("token '%s': another run has made %s at the same "
    .. "time, which stays"):format(mine.spec.description, other.metadata.id),
    "nothing was stored here, and the new one is revoked")
end

return M
