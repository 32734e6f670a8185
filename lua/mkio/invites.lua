--- Invites that this organization has sent and nobody has answered yet.
---
--- An invite cannot be edited, and an expired one is not listed any more.
-- SPDX-License-Identifier: MIT

local errors = require "mkio.error"
local resource = require "mkio.resource"
local value = require "mkio.value"

---@class mkio.Invites: mkio.Resource
local Invites = resource.class {
  name = "Invites", list = "invites.list",
  get = "invites.get", parameter = "invite_id",
}

---@class mkio.InviteWish
---@field comment string     what the invited person reads
---@field teams? string[]    names; "Everyone" comes by itself

--- The open invite to this address, or nil.
---@param email string
---@return table? invite
function Invites:find(email)
  for invite in self:each() do
    if value.same_email(value.dig(invite, "spec", "email"), email) then
      return invite
    end
  end
end

---@param email string
---@param want mkio.InviteWish
function Invites:create(email, want)
  return self:call("invites.create", nil, {
    spec = { email = email, comment = want.comment, teams = want.teams },
  })
end

--- Withdraw an open invite.
---@param id string
function Invites:cancel(id) self:call("invites.cancel", { invite_id = id }) end

--- The teams that are declared and that the invite does not name.
local function missing_teams(invite, want)
  local named = value.set(value.dig(invite, "spec", "teams"))
  local missing = {}
  for _, team in ipairs(want.teams or {}) do
    if not named[team] then missing[#missing + 1] = team end
  end
  return missing
end

local function with_all_teams(invite, want, missing)
  local teams = { table.unpack(value.dig(invite, "spec", "teams") or {}) }
  table.move(missing, 1, #missing, #teams + 1, teams)
  return { comment = want.comment, teams = teams }
end

--- See to it that an open invite names the declared teams.  One that lacks a
--- team is withdrawn and sent anew with that team added.
---@param email string
---@param want mkio.InviteWish
---@return table invite
---@return "unchanged"|"created"|"changed" outcome
---@return string[] details
function Invites:ensure(email, want)
  local invite = self:find(email)
  local missing = invite and missing_teams(invite, want) or {}
  if invite and #missing == 0 then return invite, "unchanged", {} end
  local wish = want
  if invite then
    wish = with_all_teams(invite, want, missing)
    self:cancel(invite.metadata.id)
  end
  local sent = errors.create_or_find(
    function() return self:create(email, wish) end,
    function() return self:find(email) end, true)
  if not invite then return sent, "created", {} end
  return sent, "changed", { "sent anew with " .. value.quoted(missing) }
end

return Invites
