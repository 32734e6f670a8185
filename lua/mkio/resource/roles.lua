--- The roles.  A role is a set of capabilities, which a team grants under a
--- scope.  Only the service defines roles.  `org.roles` is the only instance of
--- this class.
-- SPDX-License-Identifier: MIT

local class = require "mkio.resource.class"


---@class mkio.Roles: mkrun.rest.Resource
return class {
  name = "Roles", list = "roles.list",
  get = "roles.get", parameter = "role_name",
}
