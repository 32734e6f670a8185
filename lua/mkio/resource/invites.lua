--- Invites that this organization has sent and nobody has answered yet.
---
--- An invite cannot be edited, nor sent again: it is withdrawn, and another
--- one is sent.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local script = require "mkrun.script"
local sys = require "mkrun.sys"

local class = require "mkio.resource.class"
local errors = require "mkrun.rest.error"
local lost_invites = require "mkio.resource.lost_invites"
local value = require "mkrun.value"

---@class mkio.Invites: mkrun.rest.Resource
local Invites = class {
  name = "Invites", list = "invites.list",
  get = "invites.get", parameter = "invite_id",
}

local LIFETIME <const> = 14 * 24 * 60 * 60

---@class mkio.InviteWish
---@field comment string     what the invited person reads
---@field teams? string[]    names; "Everyone" comes by itself

--- The open invite to this address, or nil.
---@param email string
---@return mkio.api.InviteGetSchema? invite
function Invites:find(email)
  for invite in self:each() do
    if value.same_email(value.dig(invite, "spec", "email"), email) then
      return invite
    end
  end
end

---@param email string
---@param want mkio.InviteWish
---@return mkio.api.InviteGetSchema
function Invites:create(email, want)
  return self:call("invites.create", nil, {
    spec = { email = email, comment = want.comment, teams = want.teams },
  })
end

--- `create`, but after a lost answer it looks before it sends again.
---@param email string
---@param want mkio.InviteWish
---@return mkio.api.InviteGetSchema invite
---@return boolean found  somebody else was faster
function Invites:send(email, want)
  return errors.create_or_find(
    function() return self:create(email, want) end,
    function() return self:find(email) end, true)
end

--- Withdraw an open invite.
---@param id string
function Invites:cancel(id) self:call("invites.cancel", { invite_id = id }) end

local WITHDRAWALS <const> = 3

--- The first half.  It may be sent again, also where the network layer leaves
--- that to others: the second half must know.
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

--- What is withdrawn may be listed for a while.
local function send_other(self, invite, want)
  local email, old = invite.spec.email, invite.metadata.id
  return (errors.create_or_find(
    function() return self:create(email, want) end,
    function()
      local found = self:find(email)
      return found and found.metadata.id ~= old and found or nil
    end, true))
end

--- The second half failed.  What is refused for good would be refused again:
--- then the invite that was there is sent once more.
local function restore(self, invite, problem)
  local spec = invite.spec
  local teams = value.quoted(value.dig(spec, "teams") or {}, "no team")
  local status = errors.is(problem) and problem.status or 0
  local restored = status >= 400 and status < 500 and status ~= 429
    and pcall(send_other, self, invite, {
      comment = value.present(spec.comment) or "",
      teams = value.present(spec.teams),
    })
  if not errors.is(problem) then return end
  local hint = restored
    and "the invite to '%s' with %s was withdrawn and is sent again as it was"
    or "the invite to '%s' with %s is withdrawn and not sent again: --resume "
      .. "does that where there is a journal, else mkrun invite"
  problem.hint = hint:format(spec.email, teams)
end

--- A signal comes in between: no error tells of that, so this does.
local function tell_lost(invite)
  return sys.finally(function(problem)
    if problem == nil or errors.is(problem) then return end
    script.say(("mkrun: the invite to '%s' with %s may be withdrawn and not "
      .. "sent again: --resume does that where there is a journal, else mkrun "
      .. "invite"):format(invite.spec.email,
      value.quoted(value.dig(invite, "spec", "teams") or {}, "no team")))
  end)
end

--- Withdraw an invite and send another one in its place; between the two
--- there is none.  When that fails the error says what is lost.
---@param invite mkio.api.InviteGetSchema
---@param want mkio.InviteWish
---@return mkio.api.InviteGetSchema
function Invites:replace(invite, want)
  local _ <close> = tell_lost(invite)
  withdraw(self, invite)
  local ok, result = pcall(send_other, self, invite, want)
  if ok then return result end
  restore(self, invite, result)
  error(result, 0)
end

--- The teams that are declared and that the invite does not name.
local function missing_teams(invite, want)
  local named = value.set(value.dig(invite, "spec", "teams"))
  local missing = {}
  for _, team in ipairs(want.teams or {}) do
    if not named[team] then missing[#missing + 1] = team end
  end
  return missing
end

--- When an invite was made, and when it ends, in seconds since 1970; nil where
--- it does not say.
---@param invite mkio.api.InviteGetSchema
---@return number? made
---@return number? ends
function Invites.life(invite)
  local made = sys.parse_time(value.dig(invite, "metadata", "created") or "")
  return made, made and made + LIFETIME
end

--- Is the invite older than invites live?  Such a one should not be listed
--- any more, but a link in a mail that is dead is worth a look.
---@param invite mkio.api.InviteGetSchema
---@return boolean
function Invites.is_expired(invite)
  local _, ends = Invites.life(invite)
  return ends ~= nil and ends <= clock.now()
end

local function with_all_teams(invite, want, missing)
  local teams = { table.unpack(value.dig(invite, "spec", "teams") or {}) }
  table.move(missing, 1, #missing, #teams + 1, teams)
  return { comment = want.comment, teams = teams }
end

--- Why an invite is not as it should be, or nil.
local function reason(invite, missing)
  if #missing > 0 then return "sent anew with " .. value.quoted(missing) end
  return Invites.is_expired(invite) and "sent anew, it had expired" or nil
end

--- The teams of an invite that the run before withdrew are wanted, too.
local function with_lost(email, want)
  local invite = lost_invites.find(email)
  if not invite then return want, {} end
  local wish = with_all_teams(invite, want, missing_teams(invite, want))
  return wish, { "was withdrawn by the run before" }
end

--- Make what is declared of an invite that is there.
local function amend(self, invite, want)
  local missing = missing_teams(invite, want)
  local why = reason(invite, missing)
  if not why then return invite, "unchanged", {} end
  local wish = with_all_teams(invite, want, missing)
  return self:replace(invite, wish), "changed", { why }
end

--- Send one to somebody who had none.  Somebody else may have been faster,
--- and may have named other teams.
local function send_first(self, email, want)
  local wish, details = with_lost(email, want)
  local invite, found = self:send(email, wish)
  if found and #missing_teams(invite, want) > 0 then
    return amend(self, invite, want)
  end
  return invite, "created", details
end

--- The open invites by e-mail address in lower case: for `ensure`, where many
--- are to be sent.
---@return table<string, mkio.api.InviteGetSchema>
function Invites:by_email()
  local map = {}
  for invite in self:each() do
    local key = (value.dig(invite, "spec", "email") or ""):lower()
    map[key] = map[key] or invite
  end
  return map
end

--- The invite as it is right before it is replaced: `have` may be old.
local function look_again(self, email, have)
  local same = self:call("invites.get", { invite_id = have.metadata.id }, nil,
    { absent = true })
  return same or self:find(email)
end

--- See to it that an open invite names the declared teams.  One that lacks a
--- team is withdrawn and sent anew with that team added; one that expired is
--- sent anew, too.
---@param email string
---@param want mkio.InviteWish
---@param have? table<string, mkio.api.InviteGetSchema>  from `by_email`, so
---                that a list of many is not read for each of them
---@return mkio.api.InviteGetSchema invite
---@return "unchanged"|"created"|"changed" outcome
---@return string[] details
function Invites:ensure(email, want, have)
  local invite
  if have then invite = have[email:lower()] else invite = self:find(email) end
  if have and invite and reason(invite, missing_teams(invite, want)) then
    invite = look_again(self, email, invite)
  end
  if not invite then return send_first(self, email, want) end
  return amend(self, invite, want)
end

return Invites
