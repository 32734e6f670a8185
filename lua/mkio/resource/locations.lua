--- The locations that a project can be created in.  The service keeps this
--- list.  `org.locations` is the only instance of this class.
-- SPDX-License-Identifier: MIT

local class = require "mkio.resource.class"


---@class mkio.Locations: mkrun.rest.Resource
return class {
  name = "Locations", list = "locations.list",
  get = "locations.get", parameter = "location_name",
}
