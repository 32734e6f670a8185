--- Finds, accepts and removes the invites of a state.  Two handlers call this
--- module: `invites`, for the administrator who sends an invite, and
--- `memberships`, for the user who receives the invite.
-- SPDX-License-Identifier: MIT

local index = require "mkio.model.index"
local list = require "mkio.model.list"
local roster = require "mkio.model.roster"
local sys = require "mkrun.sys"

--- The number of seconds until an unanswered invite expires: 14 days.
local lifetime = 14 * 24 * 60 * 60

local M = {}

--- Returns the time at or before which an expired invite was created, as text.
--- In a plan no invite has expired, because the plan reads its invites from the
--- API, and the API lists only open invites.
local function too_old(world)
  if world.lenient then return "" end
  return sys.iso8601(math.floor(world:now() - lifetime))
end

--- Returns true if an invite has not expired.
---@param world mkio.model.World
---@param invite table
---@return boolean
function M.is_open(world, invite) return invite.created > too_old(world) end

--- Lists the open invites of an organization.
---@param world mkio.model.World
---@param organization table
---@return table[]
function M.open(world, organization)
  local limit = too_old(world)
  return list.filter(organization.invites, function(invite)
    return invite.created > limit
  end)
end

--- Drops expired invites.  Invites are in the order of their creation, so if
--- the first invite has not expired, none has.
---@param world mkio.model.World
---@param organization table
function M.forget_expired(world, organization)
  local oldest = organization.invites[1]
  if oldest and not M.is_open(world, oldest) then
    organization.invites = M.open(world, organization)
  end
end

local function address_of(invite) return invite.email:lower() end

--- Finds the latest open invite for an e-mail address.  Upper and lower case
--- are equal.
---@param world mkio.model.World
---@param organization table
---@param email string
---@return table? invite
function M.find(world, organization, email)
  local invite =
    index.find_last(organization.invites, address_of, email:lower())
  return invite and M.is_open(world, invite) and invite or nil
end

--- Removes an invite.
---@param organization table
---@param invite table
function M.remove(organization, invite)
  list.take(organization.invites, "id", invite.id)
end

--- Makes a user a member of the organization, of the team `Everyone`, and of
--- those teams named by the invite that still exist.
---@param organization table
---@param invite table
---@param user table
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
