--- Makes a class of MK.IO's resources: `class { name = "Teams", list =
--- "teams.list", get = "teams.get", parameter = "team_name" }`.  Every file of
--- this folder that declares a resource calls this module.  The fields are
--- explained in `mkrun.rest.resource`.
-- SPDX-License-Identifier: MIT

local provider = require "mkio.provider"
local resource = require "mkrun.rest.resource"

return function(options) return resource.class(provider, options) end
