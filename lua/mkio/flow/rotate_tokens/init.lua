--- Replaces a token by a new token.  The script `rotate-tokens` calls this
--- module.
---
--- The store contains a working token at every moment.  So a new token is
--- stored only after a request with it has succeeded.  The old token is revoked
--- only after a request with the stored new token has succeeded, and if a lease
--- keeps it, not before its time.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local printable = require "mkrun.printable"
local script = require "mkrun.script"
local sys = require "mkrun.sys"

local errors = require "mkrun.rest.error"
local finding = require "mkio.flow.rotate_tokens.find"
local old_tokens = require "mkio.flow.rotate_tokens.old_tokens"
local resumed = require "mkio.flow.common.resumed"
local stores = require "mkio.flow.rotate_tokens.store"
local token_left = require "mkio.resource.token_left"
local token_rivals = require "mkio.flow.common.token_rivals"
local token_turns = require "mkio.flow.common.token_turns"
local token_watch = require "mkio.flow.common.token_watch"
local value = require "mkrun.value"
local wishes = require "mkio.flow.rotate_tokens.wish"
local writes = require "mkio.flow.common.writes"

local M = { wish = wishes.read, file = stores.file, command = stores.command,
  find = finding.find, is_unfinished = finding.is_unfinished }

--- A place for what no report tells.
local NOWHERE <const> = { step = function() end, close = function() end }

local DEFAULT_DAYS <const> = 90
local MOST_DAYS <const> = 365

-- The steps of a rotation ----------------------------------------------------

local function days_of(model)
  local made = sys.parse_time(value.dig(model, "spec", "issued") or "")
  local expires = sys.parse_time(value.dig(model, "spec", "expires") or "")
  if not made or not expires then return DEFAULT_DAYS end
  return math.max(1, math.min(MOST_DAYS,
    math.floor((expires - made) / clock.DAY + 0.5)))
end

--- Makes a token with the same type, description, organization and permissions
--- as `model`.
---@param tokens mkio.MyTokens
---@param model table
---@param days? integer  lifetime in days; default: the lifetime of the model
---@param before? table[]  from `find`, if that was the request before
---@return table token
function M.create(tokens, model, days, before)
  local life = (days or days_of(model)) * clock.DAY
  return tokens:mint({
    type = model.metadata.type, description = model.spec.description,
    organizationId = model.spec.organizationId,
    permissions = value.dig(model, "spec", "permissions"),
    expireDate = sys.iso8601(math.floor(clock.now() + life)),
  }, before)
end

--- Sends a request with the new token before it is stored.  If the request
--- fails, the token is revoked, because the token is stored nowhere.  If this
--- run was slow and another run has replaced the token, does the same.
---@param tokens mkio.MyTokens
---@param token table   the new token
function M.try(tokens, token)
  local ok, problem = pcall(function()
    tokens:prove(token.metadata.id, token.metadata.JWT)
    token_turns.confirm(tokens, token, "nothing was stored here")
  end)
  if ok then return end
  token_left.give_up(tokens, token.spec.description, { token.metadata.id },
    problem)
end

--- Checks whether another run has replaced the same token at the same time.  If
--- the other run's token stays, revokes the new token and raises an error with
--- the code "rival".
---@param tokens mkio.MyTokens
---@param token table    the new token
---@param live table[]   the tokens that the new token replaces
---@param leased? table[]  earlier tokens that a lease keeps
function M.settle(tokens, token, live, leased)
  local own = {}
  local before = table.move(leased or {}, 1, #(leased or {}), #live + 1,
    { table.unpack(live) })
  for _, old in ipairs(before) do own[old.metadata.id] = true end
  token_rivals.settle(tokens, token, before, own)
end

--- Sends a request with the stored token.
---@param tokens mkio.MyTokens
---@param store mkio.TokenStore
---@param id string        the id of the token that should be stored
---@param token? userdata  the token itself, for a store that cannot be read
function M.prove_stored(tokens, store, id, token)
  tokens:prove(id, store:back(id, token))
end

--- Raises an error if this run was slow to store the token and another run has
--- replaced the token meanwhile.
---@param tokens mkio.MyTokens
---@param token table   the new token, which is stored
function M.confirm(tokens, token)
  token_turns.confirm(tokens, token,
    "it is unknown which of them is stored: run it again")
end

--- Returns the write that revokes a token, and adds its id to `revoked`.
local function revocation(tokens, token, out, revoked)
  local id = token.metadata.id
  return { place = out and out:place() or NOWHERE, kind = "token",
    name = token.spec.description, work = function()
      tokens:revoke(id)
      revoked[#revoked + 1] = id
      return "revoked", { id }
    end }
end

--- Revokes every token of the list except one, side by side.  The token of this
--- run is the last to go.
---@param tokens mkio.MyTokens
---@param live table[]
---@param keep string   id of the token that stays
---@param out? mkrun.Report  tells of each; earlier flows give none
---@return string[] ids  ids of the revoked tokens
function M.revoke_others(tokens, live, keep, out)
  local others, revoked, mine = {}, {}, nil
  local own = token_watch.own_id(tokens.session)
  for _, token in ipairs(live) do
    local id = token.metadata.id
    if id == own and id ~= keep then
      mine = token
    elseif id ~= keep then
      others[#others + 1] = revocation(tokens, token, out, revoked)
    end
  end
  writes.run(others)
  if mine then writes.run { revocation(tokens, mine, out, revoked) } end
  return revoked
end

-- A whole rotation -----------------------------------------------------------

--- Ends the run if the old token would stay valid for longer than the new one.
local function check_keep(run)
  local days = run.wish.days or days_of(run.found.model)
  if not run.wish.keep or run.wish.keep < days * clock.DAY then return end
  errors.refuse("keep-old", ("--keep-old: the new token would be valid for %d "
    .. "%s, and the old one for as long"):format(days,
    days == 1 and "day" or "days"), "nothing was done")
end

--- Warns if the new token will be due at once, as the old one was.
local function warn_of_life(run)
  local days, within = run.wish.days or days_of(run.found.model),
    run.wish.within
  if not within or days > within then return end
  script.say(("mkrun: warning: the token '%s' lives for %d %s, which is no "
    .. "longer than --within %d: every run replaces it, until --days is above "
    .. "--within"):format(printable.line(run.found.model.spec.description),
    days, days == 1 and "day" or "days", within))
end

--- Notes what becomes of the old tokens.  If that fails, the new token is
--- revoked, because it is stored nowhere.
local function promise(run, token)
  local id = token.metadata.id
  local ok, problem = pcall(run.old.promise, run.old, id)
  if ok then return end
  token_left.give_up(run.tokens, token.spec.description, { id }, problem)
end

--- Proves that the token is stored, and tells of it.
local function prove(run, id, jwt, outcome)
  local store = run.store
  M.prove_stored(run.tokens, store, id, jwt)
  run.out:step(outcome, store.name, store.path or store.command,
    { store.done })
end

--- Makes a new token and stores it.  Returns its id.
local function replace(run)
  local tokens, found = run.tokens, run.found
  check_keep(run)
  warn_of_life(run)
  run.store:reserve()
  run.old:reserve()
  local token = M.create(tokens, found.model, run.wish.days, found.known)
  M.settle(tokens, token, found.live, found.leased)
  local id = token.metadata.id
  run.out:step("created", "token", found.model.spec.description, { id })
  M.try(tokens, token)
  resumed.succeed(id)
  promise(run, token)
  run.store:put(tokens, token)
  prove(run, id, token.metadata.JWT, "changed")
  M.confirm(tokens, token)
  return id
end

--- Revokes the tokens of the lease that are due.  The stored token stays.
local function expire(run)
  local held_id = run.store.held_id
  local due = run.old:expire(run.out)
  if due[1] and value.by_id(run.found.live, held_id) then
    prove(run, held_id, nil, "unchanged")
  end
  M.revoke_others(run.tokens, due, held_id, run.out)
  run.old:finish()
end

--- Replaces the token, or does what is left of an earlier run.
---@param tokens mkio.MyTokens
---@param description string
---@param store mkio.TokenStore
---@param wish mkio.RotationWish
---@param out mkrun.Report
function M.run(tokens, description, store, wish, out)
  local live, model, known, leased = M.find(tokens, description, store)
  local found = { live = live, model = model, known = known, leased = leased }
  local run = { tokens = tokens, store = store, wish = wish, out = out,
    found = found, old = old_tokens.new(store, found, wish.keep) }
  local id = store.held_id
  local due, when = token_watch.is_due(live, wish.within or 0)
  if M.is_unfinished(live, store) then
    prove(run, id, nil, "unchanged")
  elseif wish.within and not due then
    out:step("unchanged", "token", description, { when })
    return expire(run)
  else
    id = replace(run)
  end
  M.revoke_others(tokens, run.old:settle(id, out), id, out)
  run.old:finish()
end

return M
