--- Invites as the state keeps them, for the two sides that look at them: the
--- administrator who sends one and the user who gets one.
-- SPDX-License-Identifier: MIT

local index = require "mkio.model.index"
local list = require "mkio.model.list"
local roster = require "mkio.model.roster"
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

local function address_of(invite) return invite.email:lower() end

--- The open invite for an e-mail address, in whatever case it is written: the
--- latest one.
function M.find(world, organization, email)
  local invite =
    index.find_last(organization.invites, address_of, email:lower())
  return invite and M.is_open(world, invite) and invite or nil
end

--- Take an invite out.
function M.remove(organization, invite)
  list.take(organization.invites, "id", invite.id)
end

--- Make a user a member: of the organization, of `Everyone`, and of the teams
--- that the invite names and that are still there.
function M.accept(organization, invite, user)
  table.insert(organization.members, user.id)
  for _, name in ipairs { "Everyone", table.unpack(invite.teams) } do
    local team = list.find(organization.teams, "name", name)
    if team then
      roster.add(organization, team, user.id, { isTeamAdmin = false })
    end
  end
  M.remove(organization, invite)
end

return M
