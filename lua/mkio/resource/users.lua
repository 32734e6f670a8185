--- The members of an organization.
-- SPDX-License-Identifier: MIT

local class = require "mkio.resource.class"
local value = require "mkrun.value"

---@class mkio.Users: mkrun.rest.Resource
local Users = class {
  name = "Users", list = "users.list",
  get = "users.get", parameter = "user_id",
}

--- The member with this e-mail address or id, or nil.
---@param name string
---@return mkio.api.UserBriefSchema? user
function Users:find(name)
  for user in self:each() do
    if value.dig(user, "metadata", "id") == name
      or value.same_email(value.dig(user, "spec", "email"), name) then
      return user
    end
  end
end

--- Remove a member from the organization, and so from all of its teams.
---@param id string
function Users:remove(id) self:call("users.remove", { user_id = id }) end

return Users
