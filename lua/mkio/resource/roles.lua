--- Roles: sets of capabilities that a team grants under a scope.  The service
--- defines the roles.  `org.roles` is the only instance of this class.
-- SPDX-License-Identifier: MIT

local class = require "mkio.resource.class"


---@class mkio.Roles: mkrun.rest.Resource
return class {
  name = "Roles", list = "roles.list",
  get = "roles.get", parameter = "role_name",
}
