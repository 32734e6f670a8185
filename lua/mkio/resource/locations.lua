--- Where projects can live; the service keeps this list.
-- SPDX-License-Identifier: MIT

local class = require "mkio.resource.class"


---@class mkio.Locations: mkrun.rest.Resource
return class {
  name = "Locations", list = "locations.list",
  get = "locations.get", parameter = "location_name",
}
