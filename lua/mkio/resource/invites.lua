--- The invites that this organization has sent and that are still open.
--- `org.invites` is the only instance of this class.
---
--- The API cannot edit an invite or send it again.  So a change withdraws the
--- old invite and sends a new one.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local script = require "mkrun.script"
local sys = require "mkrun.sys"

local address = require "mkrun.address"
local await = require "mkrun.rest.await"
local basis = require "mkrun.rest.basis"
local class = require "mkio.resource.class"
local creation = require "mkrun.rest.creation"
local ensure_all = require "mkrun.rest.ensure_all"
local errors = require "mkrun.rest.error"
local first_alone = require "mkrun.rest.first_alone"
local lost_invites = require "mkio.resource.lost_invites"
local teams = require "mkio.resource.teams"
local value = require "mkrun.value"

---@class mkio.Invites: mkrun.rest.Resource
local Invites = class {
  name = "Invites", list = "invites.list",
  get = "invites.get", parameter = "invite_id",
}

local LIFETIME <const> = 14 * clock.DAY

---@class mkio.InviteWish
---@field comment string     the text that the invited person reads
---@field teams? string[]    names; the API adds "Everyone"

--- Finds the open invite to an e-mail address.
---@param email string
---@return mkio.api.InviteGetSchema? invite
function Invites:find(email)
  for invite in self:each() do
    if value.same_email(value.dig(invite, "spec", "email"), email) then
      return invite
    end
  end
end

--- Sends an invite.  A second call sends a second invite; see `send`.
---@param email string
---@param want mkio.InviteWish
---@return mkio.api.InviteGetSchema
function Invites:create(email, want)
  return await.naming(self.session, "team", want.teams or {}, function()
    return self:call("invites.create", nil, {
      spec = { email = email, comment = want.comment, teams = want.teams },
    })
  end)
end

local function unlisted(email)
  return ("the list of invites has none to '%s' yet"):format(email)
end

--- Sends an invite like `create`.  If the answer got lost, it looks for the
--- invite before it sends again.  Side by side these calls go one at a time
--- until one has succeeded.
---@param email string
---@param want mkio.InviteWish
---@return mkio.api.InviteGetSchema invite
---@return boolean found  true if another run sent it first
function Invites:send(email, want)
  self.sending = self.sending or first_alone.new()
  return self.sending:call(function()
    return creation.create_or_find { has_other_reasons = true,
      create = function() return self:create(email, want) end,
      find = function() return self:find(email) end, again = true,
      what = unlisted(email),
    }
  end)
end

--- Withdraws an open invite.
---@param id string
function Invites:cancel(id) self:call("invites.cancel", { invite_id = id }) end

local WITHDRAWALS <const> = 3

--- The first half of `replace`.  If the answer to a withdrawal got lost, it
--- withdraws again, because the second half must know whether the old invite is
--- gone.  The retry layer alone would not repeat it in each case.
local function withdraw(self, invite)
  for i = 1, WITHDRAWALS do
    local ok, problem = pcall(self.call, self, "invites.cancel",
      { invite_id = invite.metadata.id }, nil, { absent = true })
    if ok then return end
    local is_open = errors.may_have_arrived(problem)
    if is_open and i == WITHDRAWALS then
      problem.hint = ("the invite to '%s' with %s may be withdrawn and not "
        .. "sent again: mkrun invite"):format(invite.spec.email,
        value.quoted(value.dig(invite, "spec", "teams") or {}, "no team"))
    end
    if not is_open or i == WITHDRAWALS then error(problem, 0) end
  end
end

--- Creates the invite in place of one that was just withdrawn.  The API may
--- still count that one, and refuse the new one.
local function create_after(self, invite, want)
  local email, old = invite.spec.email, invite.metadata.id
  local ok, result = pcall(self.create, self, email, want)
  if ok then return result end
  local taken = errors.is(result) and result.status == 409
  if not taken then error(result, 0) end
  await.need(function()
    local found = self:find(email)
    return not found or found.metadata.id ~= old
  end, ("the list of invites still has the withdrawn one to '%s'")
    :format(email))
  return self:create(email, want)
end

--- Sends the new invite.  If the answer got lost, it looks for an open invite
--- with another id than the old one: the API may list a withdrawn invite for a
--- while.
local function send_other(self, invite, want)
  local email, old = invite.spec.email, invite.metadata.id
  return (creation.create_or_find { has_other_reasons = true,
    create = function() return create_after(self, invite, want) end,
    find = function()
      local found = self:find(email)
      return found and found.metadata.id ~= old and found or nil
    end, again = true, what = unlisted(email),
  })
end

--- Returns what is wanted without the teams that the old invite named and that
--- somebody has deleted since.  Returns nil if there is none, or if the token
--- may not read the teams.
local function without_gone(self, invite, want)
  local ok, list = pcall(function()
    return teams.new(self.session):list { needs = "names" }
  end)
  if not ok then return nil end
  local named = value.set(value.dig(invite, "spec", "teams"))
  local known, kept = value.set(value.names_of(list)), {}
  for _, team in ipairs(want.teams or {}) do
    if known[team] or not named[team] then kept[#kept + 1] = team end
  end
  if #kept == #(want.teams or {}) then return nil end
  return { comment = want.comment, teams = kept }
end

--- Sends the new invite.  The API refuses one to a team that is gone, and the
--- old invite is withdrawn by then.
local function send_without_gone(self, invite, want)
  local ok, result = pcall(send_other, self, invite, want)
  if ok then return result end
  local rest = errors.is_refused(result) and without_gone(self, invite, want)
  if not rest then error(result, 0) end
  return send_other(self, invite, rest)
end

--- Runs after the second half of `replace` failed.  If the API refused the new
--- invite for good, it would refuse it again, so this sends the old invite once
--- more.
local function restore(self, invite, problem)
  local spec = invite.spec
  local named = value.quoted(value.dig(spec, "teams") or {}, "no team")
  local status = errors.is(problem) and problem.status or 0
  local restored = status >= 400 and status < 500 and status ~= 429
    and pcall(send_without_gone, self, invite, {
      comment = value.present(spec.comment) or "",
      teams = value.present(spec.teams),
    })
  if not errors.is(problem) then return end
  local hint = restored
    and "the invite to '%s' with %s was withdrawn and is sent again as it was"
    or "the invite to '%s' with %s is withdrawn and not sent again: --resume "
      .. "does that where there is a journal, else mkrun invite"
  problem.hint = hint:format(spec.email, named)
end

--- Withdraws an invite and sends another one in its place.
local function exchange(self, invite, want)
  withdraw(self, invite)
  local ok, result = pcall(send_without_gone, self, invite, want)
  if ok then return result end
  restore(self, invite, result)
  error(result, 0)
end

--- Calls `exchange`.  Tells the user about the invite that may be lost when a
--- signal ends it halfway: a task that is dropped raises no error, and another
--- error than one of this library has no hint.
local function replace(self, invite, want)
  local is_told = false
  local _ <close> = sys.finally(function()
    if is_told then return end
    script.say(("mkrun: the invite to '%s' with %s may be withdrawn and not "
      .. "sent again: --resume does that where there is a journal, else mkrun "
      .. "invite"):format(invite.spec.email,
      value.quoted(value.dig(invite, "spec", "teams") or {}, "no team")))
  end)
  local ok, result = pcall(exchange, self, invite, want)
  is_told = ok or errors.is(result)
  if not ok then error(result, 0) end
  return result
end

--- Withdraws an invite and sends another one in its place.  For a moment there
--- is no invite.  If sending fails, the error says what is lost.  Side by side
--- these calls go one at a time, so that a failing server costs one invite.
---@param invite mkio.api.InviteGetSchema
---@param want mkio.InviteWish
---@return mkio.api.InviteGetSchema  the new invite
function Invites:replace(invite, want)
  self.replacing = self.replacing or first_alone.new(true)
  return self.replacing:call(function() return replace(self, invite, want) end)
end

--- Lists the declared teams that the invite does not name.
local function missing_teams(invite, want)
  local named = value.set(value.dig(invite, "spec", "teams"))
  local missing = {}
  for _, team in ipairs(want.teams or {}) do
    if not named[team] then missing[#missing + 1] = team end
  end
  return missing
end

--- Tells when an invite was made and when it ends, in seconds since 1970.  Both
--- are nil if the invite does not say when it was made.
---@param invite mkio.api.InviteGetSchema
---@return number? made
---@return number? ends
function Invites.life(invite)
  local made = sys.parse_time(value.dig(invite, "metadata", "created") or "")
  return made, made and made + LIFETIME
end

--- Tells whether an invite has expired.  The API should not list an expired
--- invite, but a dead link in a mail is worth this check.
---@param invite mkio.api.InviteGetSchema
---@return boolean
function Invites.is_expired(invite)
  local _, ends = Invites.life(invite)
  return ends ~= nil and ends <= clock.now()
end

--- Compares an open invite with what is declared, and sends nothing.
---@param invite mkio.api.InviteGetSchema
---@param want mkio.InviteWish
---@return boolean is_expired
---@return string[] missing   declared teams that the invite does not name
function Invites.differences(invite, want)
  return Invites.is_expired(invite), missing_teams(invite, want)
end

local function with_all_teams(invite, want, missing)
  local all = { table.unpack(value.dig(invite, "spec", "teams") or {}) }
  table.move(missing, 1, #missing, #all + 1, all)
  return { comment = want.comment, teams = all }
end

--- Says why an invite has to be sent again, or returns nil.
local function reason(invite, missing)
  if #missing > 0 then return "sent anew with " .. value.quoted(missing) end
  return Invites.is_expired(invite) and "sent anew, it had expired" or nil
end

--- Adds the teams of an invite that the interrupted run withdrew.
local function with_lost(email, want)
  local invite = lost_invites.find(email)
  if not invite then return want, {} end
  local wish = with_all_teams(invite, want, missing_teams(invite, want))
  return wish, { "was withdrawn by the run before" }
end

--- Changes an open invite to what is declared.
local function amend(self, invite, want)
  local missing = missing_teams(invite, want)
  local why = reason(invite, missing)
  if not why then return invite, "unchanged", {} end
  local wish = with_all_teams(invite, want, missing)
  return self:replace(invite, wish), "changed", { why }
end

--- Sends an invite to somebody who has none.  If another run sent one first,
--- its teams may differ, so this amends it.
local function send_first(self, email, want)
  local wish, details = with_lost(email, want)
  local invite, found = self:send(email, wish)
  if found and #missing_teams(invite, want) > 0 then
    return amend(self, invite, want)
  end
  return invite, "created", details
end

--- Maps each address (`mkrun.address.key`) to its open invite.  A caller of
--- `ensure` with many invites reads the list once this way.
---@param items? mkio.api.InviteGetSchema[]  the list, if the caller has just
---  read it
---@return table<string, mkio.api.InviteGetSchema>
function Invites:by_email(items)
  local map = {}
  for _, invite in ipairs(items or self:list()) do
    local key = address.key(value.dig(invite, "spec", "email") or "")
    map[key] = map[key] or invite
  end
  return map
end

--- Reads an invite again right before it is replaced, because `have` may be
--- old.
local function look_again(self, email, have)
  local same = self:call("invites.get", { invite_id = have.metadata.id }, nil,
    { absent = true })
  return same or self:find(email)
end

--- Makes sure that an open invite names the declared teams.  An invite that
--- lacks a team is withdrawn and sent again with that team.  An expired invite
--- is sent again too.
---@param email string
---@param want mkio.InviteWish
---@param have? table<string, mkio.api.InviteGetSchema>  from `by_email`, so
---  that many calls share one list
---@return mkio.api.InviteGetSchema invite
---@return "unchanged"|"created"|"changed" outcome
---@return string[] details   what was changed and why, for people
function Invites:ensure(email, want, have)
  local invite
  if have then
    invite = have[address.key(email)]
  else
    invite = self:find(email)
  end
  if have and invite then
    basis.note(self, "invites.get", "invite_id", invite.metadata.id)
  end
  if have and invite and reason(invite, missing_teams(invite, want)) then
    invite = look_again(self, email, invite)
  end
  if not invite then return send_first(self, email, want) end
  return amend(self, invite, want)
end

local function email_of(wish) return address.key(wish.email) end

--- Ensures many invites side by side, by one list.  The results are in the
--- order of the wishes; a failure does not lose the other results.
---@param wishes {email: string, comment: string, teams: string[]?}[]
---@param options? mkrun.rest.EnsureAllOptions   and `have`: the invites that
---  the caller has just read
---@return mkrun.rest.Ensured[]
function Invites:ensure_all(wishes, options)
  ensure_all.check_names(wishes, email_of)
  local have = self:by_email(options and options.have)
  return ensure_all.run(wishes, function(wish)
    return self:ensure(wish.email,
      { comment = wish.comment, teams = wish.teams }, have)
  end, options)
end

return Invites
