--- Collects the people whom `onboard` invites, and invites them.
--- `mkio.flow.onboard.phases` calls it.
-- SPDX-License-Identifier: MIT

local address = require "mkrun.address"
local basis = require "mkrun.rest.basis"
local ensure_all = require "mkrun.rest.ensure_all"
local value = require "mkrun.value"

--- Collects guests.  A guest that several wishes name gets one invite for all
--- the teams.
local Guests = {}
Guests.__index = Guests

--- Adds teams to the guest with this e-mail address.
---@param email string
---@param teams string[]
---@param comment? string  for this person alone
function Guests:add(email, teams, comment)
  local key = address.key(email)
  local guest = self.by_email[key]
  if not guest then
    guest = { email = email, teams = {} }
    self.by_email[key], self[#self + 1] = guest, guest
  end
  local named = value.set(guest.teams)
  for _, team in ipairs(teams) do
    if not named[team] then guest.teams[#guest.teams + 1] = team end
  end
  guest.comment = comment or guest.comment
end

--- Adds the invites of a SPEC.  A person who is already a user gets none.
---@param wishes? {email: string, teams: string[]?, comment: string?}[]
---@param org mkio.Organization
---@param ids table<string, string>  ids of all users, by e-mail address
---@param out mkrun.Report
function Guests:take(wishes, org, ids, out)
  for _, wish in ipairs(wishes or {}) do
    local id = ids[address.key(wish.email)]
    if id then
      basis.note(org.users, "users.get", "user_id", id)
      out:step("unchanged", "invite", wish.email, { "a member" })
    else
      self:add(wish.email, wish.teams or {}, wish.comment)
    end
  end
end

--- Invites all guests.  A problem with one guest does not stop the others.
---@param org mkio.Organization
---@param comment string  for guests without a comment of their own
---@param out mkrun.Report
---@param items? table[]   the open invites, if the caller has just read them
function Guests:invite(org, comment, out, items)
  if not self[1] then return end
  local have = org.invites:by_email(items)
  local results = ensure_all.run(self, function(guest)
    return org.invites:ensure(guest.email,
      { teams = guest.teams, comment = guest.comment or comment }, have)
  end, { told = ensure_all.in_order(function(result)
    local problem = result.problem
    if result.is_skipped then return end
    out:step(problem and "failed" or result.outcome, "invite",
      result.wish.email, problem and { tostring(problem) } or result.details)
  end) })
  local problem = results.problem
  if problem and not ensure_all.is_of_one(problem) then error(problem, 0) end
end

local M = {}

--- Returns an empty collection of guests.
function M.new() return setmetatable({ by_email = {} }, Guests) end

return M
