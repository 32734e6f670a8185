--- Where projects can live; the service keeps this list.
-- SPDX-License-Identifier: MIT

local resource = require "mkrun.rest.resource"

---@class mkio.Locations: mkio.Resource
return resource.class {
  name = "Locations", list = "locations.list",
  get = "locations.get", parameter = "location_name",
}
