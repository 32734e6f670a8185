--- Roles: sets of capabilities, which teams give under scopes.  The service
--- makes them.
-- SPDX-License-Identifier: MIT

local class = require "mkio.resource.class"


---@class mkio.Roles: mkrun.rest.Resource
return class {
  name = "Roles", list = "roles.list",
  get = "roles.get", parameter = "role_name",
}
