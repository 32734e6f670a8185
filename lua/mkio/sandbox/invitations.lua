--- Invites as the state keeps them, for the two sides that look at them: the
--- administrator who sends one and the user who gets one.
-- SPDX-License-Identifier: MIT

local list = require "mkio.sandbox.list"
local sys = require "mkrun.sys"

--- An invite that nobody answers is gone after 14 days.
local lifetime = 14 * 24 * 60 * 60

local M = {}

function M.is_open(world, invite)
  return world:now() < sys.parse_time(invite.created) + lifetime
end

--- The open invites of an organization; the expired ones are forgotten.
function M.open(world, organization)
  return list.filter(organization.invites, function(invite)
    return M.is_open(world, invite)
  end)
end

--- The open invite for an e-mail address, in whatever case it is written.
function M.find(world, organization, email)
  email = email:lower()
  for _, invite in ipairs(M.open(world, organization)) do
    if invite.email:lower() == email then return invite end
  end
end

function M.remove(organization, invite)
  list.remove(organization.invites,
    function(other) return other == invite end)
end

--- Make a user a member: of the organization, of `Everyone`, and of the teams
--- that the invite names and that are still there.
function M.accept(organization, invite, user)
  table.insert(organization.members, user.id)
  for _, team in ipairs(organization.teams) do
    if team.name == "Everyone" or list.contains(invite.teams, team.name) then
      team.members[user.id] = { isTeamAdmin = false }
    end
  end
  M.remove(organization, invite)
end

return M
