--- The projects of the organization.  The API can create, rename, switch off
--- and hide a project, but not delete it.  `org.projects` is the only instance
--- of this class.
-- SPDX-License-Identifier: MIT

local class = require "mkio.resource.class"
local errors = require "mkrun.rest.error"
local payment_methods = require "mkio.resource.payment_methods"
local project = require "mkio.resource.project"
local value = require "mkrun.value"

---@class mkio.Projects: mkrun.rest.Resource
local Projects = class {
  name = "Projects", list = "projects.list",
  get = "projects.get", parameter = "project_name",
}

---@class mkio.ProjectWish
---@field displayName? string      required to create
---@field locationName? string     required to create; cannot be changed
---@field paymentMethodId? string  for a new project; default: the only active
---  one
---@field isActive? boolean

--- Creates a project.  The API does not document what happens if the name is
--- taken, so `ensure` looks first.
---@param name string
---@param want mkio.ProjectWish
---@return mkio.api.ProjectGetSchema
function Projects:create(name, want)
  return self:call("projects.put", { project_name = name }, {
    displayName = want.displayName, locationName = want.locationName,
    paymentMethodId = want.paymentMethodId,
  })
end

--- Changes a project.  Fields that are not named stay.
---@param name string
---@param changes mkio.api.ProjectPatchSchema
---@return mkio.api.ProjectGetSchema
function Projects:patch(name, changes)
  return self:call("projects.patch", { project_name = name }, changes)
end

--- Returns the payment method of a new project.  It checks each payment method
--- only once, for two reasons.  No request makes one inactive or withdraws its
--- terms.  The answer lists all projects of the payment method, so it grows
--- with every project.
local function method_for(self, wanted)
  local methods = payment_methods.new(self.session)
  local id = wanted or self.only_method or methods:choose().metadata.id
  if not wanted then self.only_method = id end
  self.accepted = self.accepted or {}
  if not self.accepted[id] then methods:check_terms(id) end
  self.accepted[id] = true
  return id
end

local function create(self, name, want)
  local id = method_for(self, want.paymentMethodId)
  local full = { displayName = want.displayName,
    locationName = want.locationName, paymentMethodId = id }
  return errors.create_or_find(
    function() return self:create(name, full) end,
    function() return self:find(name) end, true)
end

local function check_location(have, want)
  local is = value.dig(have, "spec", "locationName")
  if want.locationName and is and is ~= want.locationName then
    errors.raise("immutable", ("project '%s' is in '%s', not in '%s'")
      :format(value.dig(have, "metadata", "name"), is, want.locationName),
      "a project cannot be moved")
  end
end

--- Returns the PATCH that turns `have` into what is declared, or nil.
local function difference(have, want)
  local changes, details = {}, {}
  local name = value.dig(have, "metadata", "displayName")
    or value.dig(have, "spec", "displayName")
  if want.displayName and want.displayName ~= name then
    changes.metadata = { displayName = want.displayName }
    details[#details + 1] = ("display name '%s'"):format(want.displayName)
  end
  local active = value.dig(have, "spec", "isActive")
  if want.isActive ~= nil and want.isActive ~= active then
    changes.spec = { isActive = want.isActive }
    details[#details + 1] = want.isActive and "activated" or "deactivated"
  end
  return changes, details
end

local function assign(self, name, have, want)
  if not want.paymentMethodId then return have, {} end
  local handle = project.new(self.session, name)
  local now, _, details = handle:ensure_payment_method(want.paymentMethodId,
    { have = have, isActive = want.isActive })
  return now, details
end

--- Assigns the payment method before all else, because that activates the
--- project.
local function update(self, name, have, want)
  local details
  have, details = assign(self, name, have, want)
  local changes, more = difference(have, want)
  if #more > 0 then have = self:patch(name, changes) end
  table.move(more, 1, #more, #details + 1, details)
  return have, details
end

--- Creates the project, or changes it to what is declared.
---@param name string
---@param want mkio.ProjectWish
---@return mkio.api.ProjectGetSchema project
---@return "unchanged"|"created"|"changed" outcome
---@return string[] details
function Projects:ensure(name, want)
  local have, found = self:find(name), true
  if not have then have, found = create(self, name, want) end
  check_location(have, want)
  local details
  have, details = update(self, name, have, want)
  if not found then return have, "created", details end
  return have, #details > 0 and "changed" or "unchanged", details
end

return Projects
