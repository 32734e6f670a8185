--- The locations in which a project can be created.  Only the service changes
--- the list.  `org.locations` is the only instance of this class.
-- SPDX-License-Identifier: MIT

local class = require "mkio.resource.class"


---@class mkio.Locations: mkrun.rest.Resource
return class {
  name = "Locations", list = "locations.list",
  get = "locations.get", parameter = "location_name",
}
