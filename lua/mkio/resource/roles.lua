--- Roles: sets of capabilities, which teams give under scopes.  The service
--- makes them.
-- SPDX-License-Identifier: MIT

local resource = require "mkrun.rest.resource"

---@class mkio.Roles: mkio.Resource
return resource.class {
  name = "Roles", list = "roles.list",
  get = "roles.get", parameter = "role_name",
}
