--- Decides what becomes of the tokens that a rotation replaces: they are
--- revoked, or a lease keeps them for a while.  `mkio.flow.rotate_tokens` calls
--- this module.
---
--- The lease is on disk before the new token is stored (`promise`), and again
--- after the stored token is proven (`settle`).  So a token that was promised
--- to stay is not revoked before its time, whenever a run is cut short, and
--- also not by a run without `--keep-old`.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local config = require "mkrun.config"
local resumed = require "mkio.flow.common.resumed"
local script = require "mkrun.script"
local sys = require "mkrun.sys"
local token_lease = require "mkio.flow.common.token_lease"
local value = require "mkrun.value"

---@class mkio.OldTokens
---@field store mkio.TokenStore
---@field lease? mkio.TokenLease
---@field model table       the token to copy
---@field live table[]      live tokens that the lease does not keep
---@field leased table[]    live tokens that the lease keeps
---@field known table[]     all live tokens of the description
---@field keep? number      seconds for which a replaced token stays valid
---@field gone mkio.LeasedToken[]  what the lease keeps and is not live
---@field is_changed boolean  true if tokens have to leave the lease
---@field rest mkio.LeasedToken[]  what is left in the lease at the end
local Old = {}
Old.__index = Old

local M = {}

local function issued(token) return value.dig(token, "spec", "issued") or "" end

--- Returns true if somebody may have the token.  A token that is newer than the
--- stored one, or that the interrupted run passed on to nobody, is in no store.
local function is_in_use(self, token)
  local stored = value.by_id(self.live, self.store.held_id)
  if stored == token then return true end
  local is_newer = stored and issued(token) > issued(stored)
  return not is_newer and not resumed.is_orphan(token)
end

--- Returns the time from which a token to replace may be revoked.
local function due_of(self, token)
  local entry = self.lease and self.lease:of(token.metadata.id)
  local promised = entry and entry.due or token_lease.now()
  if not self.keep or not is_in_use(self, token) then return promised end
  return math.max(promised, clock.now() + self.keep)
end

local function entry_of(token, due, successor)
  local expires = value.dig(token, "spec", "expires")
  return { id = token.metadata.id, due = due, successor = successor,
    expires = sys.parse_time(expires or "") and expires or nil }
end

--- Returns the entries of the tokens that the lease keeps.
local function entries_of_leased(self)
  local entries = {}
  for i, token in ipairs(self.leased) do
    entries[i] = entry_of(token, self.lease:of(token.metadata.id).due)
  end
  return entries
end

--- Returns the entries of all tokens but the one with the id `keep`.
local function entries_of_all(self, keep, successor)
  local entries = entries_of_leased(self)
  for _, token in ipairs(self.live) do
    if token.metadata.id ~= keep then
      entries[#entries + 1] = entry_of(token, due_of(self, token), successor)
    end
  end
  return entries
end

local function has_lease(self)
  return self.lease ~= nil and (self.keep ~= nil or self.lease.is_there)
end

--- Reserves the place of the lease.  Call this before a token is asked for.
function Old:reserve()
  if has_lease(self) then self.lease:reserve() end
end

--- Notes what becomes of the old tokens once the new token is stored.  Call
--- this before the new token is stored.
---@param id string  the id of the new token
function Old:promise(id)
  if not has_lease(self) then return end
  self.lease:save(self.model, entries_of_all(self, id, id))
end

--- Returns until when a token stays valid: "kept until 2026-11-22T00:54:09Z;
--- the next run after that revokes it".  Nothing ends it by itself.
local function until_when(entry)
  local expires = sys.parse_time(entry.expires or "")
  if expires and expires <= entry.due then
    return "expires at " .. entry.expires
  end
  return ("kept until %s; the next run after that revokes it")
    :format(token_lease.text(entry.due))
end

--- Tells of a token that stays.  A dry run prints no report.
local function tell_kept(self, entry, out)
  local name, text = self.model.spec.description, until_when(entry)
  out:step("unchanged", "token", name, { entry.id, text })
  if config.dry_run then
    script.say(("mkrun: token '%s': %s is not revoked: %s"):format(name,
      entry.id, text))
  end
end

--- Tells of the tokens in the lease that are not live any more.
local function tell_gone(self, out)
  for _, entry in ipairs(self.gone) do
    local expires = sys.parse_time(entry.expires or "")
    local is_expired = expires and expires <= token_lease.now()
    out:step("unchanged", "token", self.model.spec.description,
      { entry.id, is_expired and "has expired" or "is revoked already" })
  end
end

--- Divides the entries.  Returns the tokens that are due; the others stay in
--- the lease.
local function take_due(self, entries, out)
  local due, now = {}, token_lease.now()
  for _, entry in ipairs(entries) do
    if entry.due > now then
      tell_kept(self, entry, out)
      self.rest[#self.rest + 1] = entry
    else
      due[#due + 1] = value.by_id(self.known, entry.id)
      self.is_changed = true
    end
  end
  return due
end

--- Decides what becomes of the old tokens, because the new token is proven to
--- be stored.  Writes the lease, and tells of the tokens that stay.
---@param id string     the id of the token that stays
---@param out mkrun.Report
---@return table[] due  tokens to revoke now
function Old:settle(id, out)
  local entries = entries_of_all(self, id)
  tell_gone(self, out)
  if has_lease(self) and entries[1] then
    self.lease:save(self.model, entries)
    self.is_changed = false
  end
  return take_due(self, entries, out)
end

--- The same where the stored token is not replaced: it stays, and so does what
--- an interrupted run has noted for it.
---@param out mkrun.Report
---@return table[] due  tokens to revoke now
function Old:expire(out)
  tell_gone(self, out)
  for _, token in ipairs(self.live) do
    local entry = self.lease and self.lease:of(token.metadata.id)
    local successor = entry and entry.successor
    if entry and (not successor or value.by_id(self.known, successor)) then
      self.rest[#self.rest + 1] = entry
    end
  end
  return take_due(self, entries_of_leased(self), out)
end

--- Takes the tokens out of the lease that are revoked now.
function Old:finish()
  if not self.lease or not self.is_changed then return end
  if not self.rest[1] then return self.lease:remove() end
  self.lease:save(self.model, self.rest)
end

local function gone_of(lease, known)
  local gone = {}
  for _, entry in ipairs(lease and lease.entries or {}) do
    if not value.by_id(known, entry.id) then gone[#gone + 1] = entry end
  end
  return gone
end

--- Makes the old tokens of a rotation from what `find` returns.
---@param store mkio.TokenStore
---@param found {live: table[], leased: table[], known: table[], model: table}
---@param keep? number  seconds for which a replaced token stays valid
---@return mkio.OldTokens
function M.new(store, found, keep)
  local gone = gone_of(store.lease, found.known)
  return setmetatable({ store = store, lease = store.lease, keep = keep,
    live = found.live, leased = found.leased, known = found.known,
    model = found.model, gone = gone, is_changed = gone[1] ~= nil,
    rest = {} }, Old)
end

return M
