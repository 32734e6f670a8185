--- Invites as the state keeps them, for the two sides that look at them: the
--- administrator who sends one and the user who gets one.
-- SPDX-License-Identifier: MIT

local list = require "mkio.sandbox.list"
local sys = require "mkrun.sys"

--- An invite that nobody answers is gone after 14 days.
local lifetime = 14 * 24 * 60 * 60

local M = {}

--- Invites made then are gone now.  The times of a state compare as texts.  A
--- plan's world has those that the API has just listed: they are there.
local function too_old(world)
  if world.lenient then return "" end
  return sys.iso8601(math.floor(world:now() - lifetime))
end

function M.is_open(world, invite) return invite.created > too_old(world) end

--- The open invites of an organization.
function M.open(world, organization)
  local limit = too_old(world)
  return list.filter(organization.invites, function(invite)
    return invite.created > limit
  end)
end

--- Drop what has expired; the oldest come first.
function M.forget_expired(world, organization)
  local oldest = organization.invites[1]
  if oldest and not M.is_open(world, oldest) then
    organization.invites = M.open(world, organization)
  end
end

local indexes = setmetatable({}, { __mode = "k" })

--- The invites by e-mail address, the latest for each.  One is only added
--- after somebody looked here for its address.
local function by_email(invites)
  local index = indexes[invites]
  if not index or index.count > #invites then
    index = { count = 0, found = {} }
    indexes[invites] = index
  end
  for i = index.count + 1, #invites do
    index.found[invites[i].email:lower()] = invites[i]
  end
  index.count = #invites
  return index.found
end

--- The open invite for an e-mail address, in whatever case it is written.
function M.find(world, organization, email)
  local invite = by_email(organization.invites)[email:lower()]
  return invite and M.is_open(world, invite) and invite or nil
end

--- Take an invite out; the index goes on with those behind it.
function M.remove(organization, invite)
  local invites = organization.invites
  local _, at = list.find(invites, "id", invite.id)
  if not at then return end
  local index, key = indexes[invites], invite.email:lower()
  if index and at <= index.count then index.count = index.count - 1 end
  if index and index.found[key] == invite then index.found[key] = nil end
  table.remove(invites, at)
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
