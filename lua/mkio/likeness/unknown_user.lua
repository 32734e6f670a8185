--- Removes the user that a player has invented, because the recording does not
--- say whose token it was.  `mkio.likeness.recording` calls this module: a list
--- of users is whole, and the organization must not get one more.
-- SPDX-License-Identifier: MIT

local index = require "mkio.model.index"
local json = require "mkrun.json"
local list = require "mkio.model.list"
local roster = require "mkio.model.roster"

local M = {}

--- Returns true if nothing in the recording says who the user is.
local function is_unknown(user)
  return user.email == user.id .. "@unknown.invalid"
end

--- Returns the id of the first of these members, by their ids, other than the
--- user.
local function first_other(ids, user)
  local others = {}
  for _, id in ipairs(ids) do
    if id ~= user.id then others[#others + 1] = id end
  end
  table.sort(others)
  return others[1]
end

--- Returns the id of a known user who may do most: an administrator of the team
--- "Administrators", one of its members, or any member of the organization.
local function known_id(home, user)
  local team = list.find(home.teams, "name", "Administrators")
  local admins, members = {}, {}
  for id, member in pairs(team and team.members or {}) do
    members[#members + 1] = id
    if member.isTeamAdmin then admins[#admins + 1] = id end
  end
  return first_other(admins, user) or first_other(members, user)
    or first_other(home.members, user)
end

local function remove(state, user, other)
  for _, organization in ipairs(state.organizations) do
    if list.contains(organization.members, other.id) then
      roster.leave(organization, user.id)
      list.take(organization.members, index.itself, user.id)
    end
  end
  list.take(state.users, "id", user.id)
end

--- Returns a text as it stands between the quotes of a JSON string.
local function inside(text) return json.encode(text):sub(2, -2) end

--- Replaces a text in JSON.  A recording may have any text as an address.
local function replaced(document, old, new)
  return (document:gsub((inside(old):gsub("%p", "%%%0")),
    (inside(new):gsub("%%", "%%%%"))))
end

--- Gives what belongs to an unknown user to a known one.
---@param state table
---@param user table   the user of the recorded token, in the state
---@return table state
---@return table user   in this state
function M.replace(state, user)
  local id = is_unknown(user) and known_id(state.organizations[1], user)
  local other = id and list.find(state.users, "id", id)
  if not other then return state, user end
  remove(state, user, other)
  local text = replaced(assert(json.encode(state)), user.email, other.email)
  state = json.decode(replaced(text, user.id, other.id))
  return state, list.find(state.users, "id", id)
end

return M
