--- Finds the teams of a user with an index, because the state only lists the
--- members of each team.  `mkio.model.rbac`, `departure`, `invitations` and the
--- handler `teams` call this module.
---
--- The first call for an organization builds the index.  After that, only the
--- functions of this module may add or remove members of teams.
-- SPDX-License-Identifier: MIT

local index = require "mkio.model.index"

local M = {}

---@type table<table, table<string, table<table, true>>>
local rosters = setmetatable({}, { __mode = "k" })

local function note(roster, id, team)
  local teams = roster[id] or {}
  roster[id] = teams
  teams[team] = true
end

local function strike(roster, id, team)
  local teams = roster[id]
  if not teams then return end
  teams[team] = nil
  if not next(teams) then roster[id] = nil end
end

local function roster_of(organization)
  local roster = rosters[organization]
  if roster then return roster end
  roster = {}
  for _, team in ipairs(index.whole(organization.teams)) do
    for id in pairs(team.members) do note(roster, id, team) end
  end
  rosters[organization] = roster
  return roster
end

--- Returns the teams of a user, as a set.
---@param organization table
---@param user_id string
---@return table<table, true>
function M.teams(organization, user_id)
  return roster_of(organization)[user_id] or {}
end

--- Adds a user to a team.  If the user is a member already, sets `isTeamAdmin`.
---@param organization table
---@param team table
---@param user_id string
---@param member {isTeamAdmin: boolean}
function M.add(organization, team, user_id, member)
  note(roster_of(organization), user_id, team)
  team.members[user_id] = member
end

--- Replaces all members of a team.  To delete a team, first replace its members
--- by an empty table.
---@param organization table
---@param team table
---@param members table<string, {isTeamAdmin: boolean}>
function M.replace(organization, team, members)
  local roster, before = roster_of(organization), team.members or {}
  for id in pairs(before) do
    if not members[id] then strike(roster, id, team) end
  end
  for id in pairs(members) do
    if not before[id] then note(roster, id, team) end
  end
  team.members = members
end

--- Removes a user from every team.
---@param organization table
---@param user_id string
function M.leave(organization, user_id)
  local roster = roster_of(organization)
  for team in pairs(roster[user_id] or {}) do team.members[user_id] = nil end
  roster[user_id] = nil
end

return M
