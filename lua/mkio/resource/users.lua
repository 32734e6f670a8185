--- The members of the organization.  `org.users` is the only instance of this
--- class.
-- SPDX-License-Identifier: MIT

local class = require "mkio.resource.class"
local value = require "mkrun.value"

---@class mkio.Users: mkrun.rest.Resource
local Users = class {
  name = "Users", list = "users.list",
  get = "users.get", parameter = "user_id",
}

--- Finds a member by e-mail address or id.
---@param name string  an e-mail address or an id
---@return mkio.api.UserBriefSchema?  nil if there is no such member
function Users:find(name)
  for user in self:each() do
    if value.dig(user, "metadata", "id") == name
      or value.same_email(value.dig(user, "spec", "email"), name) then
      return user
    end
  end
end

--- Removes a member from the organization, which also removes the member from
--- all teams.
---@param id string
function Users:remove(id) self:call("users.remove", { user_id = id }) end

return Users
