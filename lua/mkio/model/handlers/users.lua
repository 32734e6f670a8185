--- Handlers of the members of an organization: list, show and remove members.
-- SPDX-License-Identifier: MIT

local departure = require "mkio.model.departure"
local errors = require "mkio.model.errors"
local list = require "mkio.model.list"

local M = {}

local function get(context)
  local id = context.params.user_id
  if not list.contains(context.organization.members, id) then
    errors.not_found("user", id)
  end
  return context.world:user(id)
end

local function view(user)
  return {
    kind = "User", metadata = { id = user.id },
    spec = { name = user.name, email = user.email, avatar = user.avatar },
  }
end

M["users.list"] = function(context)
  return 200, list.kind("UserList", context.organization.members,
    function(id) return view(context.world:user(id)) end)
end

M["users.get"] = function(context) return 200, view(get(context)) end

M["users.remove"] = function(context)
  departure.remove(context.organization, get(context).id)
  return 200
end

return M
