--- How a member goes, whether removed or leaving: out of every team, then out
--- of the organization.  The last administrator has to stay (the API does not
--- say; here it is 400).
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

--- Take a member out of the organization.
---@param organization table
---@param id string  the user's
function M.remove(organization, id)
  if is_last_administrator(organization, id) then
    errors.bad_request("last_administrator",
      "the last administrator cannot go")
  end
  roster.leave(organization, id)
  list.take(organization.members, index.itself, id)
end

return M
