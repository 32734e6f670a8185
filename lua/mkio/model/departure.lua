--- Removes a member from an organization: first from every team, then from the
--- organization.  The handlers `users` and `memberships` call this module.  A
--- request to remove the last administrator is refused with status 400, because
--- the API's documents do not say how the service answers.
-- SPDX-License-Identifier: MIT

local errors = require "mkio.model.errors"
local index = require "mkio.model.index"
local list = require "mkio.model.list"
local roster = require "mkio.model.roster"

local M = {}

local function is_last_administrator(organization, id)
  local team = list.find(organization.teams, "name", "Administrators")
  if not team then return false end
  local members = team.members
  local first = next(members)
  return first == id and next(members, first) == nil
end

--- Removes a member from the organization.  Refuses with status 400 if the
--- member is the last administrator.
---@param organization table
---@param id string  the user's id
function M.remove(organization, id)
  if is_last_administrator(organization, id) then
    errors.bad_request("last_administrator",
      "the last administrator cannot go")
  end
  roster.leave(organization, id)
  list.take(organization.members, index.itself, id)
end

return M
