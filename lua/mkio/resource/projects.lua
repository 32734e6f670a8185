--- Projects: made, renamed, switched off and hidden, never deleted.
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
---@field displayName? string      needed to create
---@field locationName? string     needed to create; cannot be changed
---@field paymentMethodId? string  to create: by default the only active one
---@field isActive? boolean

--- Make a new project.  What this does to a name that is taken, nobody says:
--- `ensure` looks first.
---@param name string
---@param want mkio.ProjectWish
---@return mkio.api.ProjectGetSchema
function Projects:create(name, want)
  return self:call("projects.put", { project_name = name }, {
    displayName = want.displayName, locationName = want.locationName,
    paymentMethodId = want.paymentMethodId,
  })
end

--- Change a project; what is not named stays.
---@param name string
---@param changes mkio.api.ProjectPatchSchema
---@return mkio.api.ProjectGetSchema
function Projects:patch(name, changes)
  return self:call("projects.patch", { project_name = name }, changes)
end

--- The payment method of a new project.  Each is looked at once: no call of
--- the API makes one inactive or takes terms back, and an answer that names all
--- projects of a payment method grows with them.
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

--- What PATCH has to say to make `have` as declared, or nil.
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

--- Assigning a payment method activates the project, so it comes first.
local function update(self, name, have, want)
  local details
  have, details = assign(self, name, have, want)
  local changes, more = difference(have, want)
  if #more > 0 then have = self:patch(name, changes) end
  table.move(more, 1, #more, #details + 1, details)
  return have, details
end

--- Create the project, or make what is declared of it so.
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
