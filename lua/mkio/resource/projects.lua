--- The projects of the organization.  The API can create, rename, switch off
--- and hide a project, but not delete it.  `org.projects` is the only instance
--- of this class.
-- SPDX-License-Identifier: MIT

local await = require "mkrun.rest.await"
local basis = require "mkrun.rest.basis"
local class = require "mkio.resource.class"
local creation = require "mkrun.rest.creation"
local errors = require "mkrun.rest.error"
local payment_methods = require "mkio.resource.payment_methods"
local project = require "mkio.resource.project"
local task = require "mkrun.task"
local value = require "mkrun.value"

---@class mkio.Projects: mkrun.rest.Resource
local Projects = class {
  name = "Projects", list = "projects.list",
  get = "projects.get", parameter = "project_name", many = true,
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
  local made = self:call("projects.put", { project_name = name }, {
    displayName = want.displayName, locationName = want.locationName,
    paymentMethodId = want.paymentMethodId,
  })
  await.made(self, "project", name, value.dig(made, "metadata", "id"))
  return made
end

--- Changes a project.  Fields that are not named stay.
---@param name string
---@param changes mkio.api.ProjectPatchSchema
---@return mkio.api.ProjectGetSchema
function Projects:patch(name, changes)
  return await.naming(self.session, "project", { name }, function()
    return self:call("projects.patch", { project_name = name }, changes)
  end)
end

---@class mkio.EnsureProjectOptions: mkrun.rest.EnsureOptions
---@field methods? mkio.api.PaymentMethodSummarySchema[]  the payment methods,
---  if the caller has just read them

--- Returns the answers about payment methods.  Each payment method is checked
--- only once, for two reasons.  No request makes one inactive or withdraws its
--- terms.  The answer lists all projects of the payment method, so it grows
--- with every project.
local function known_methods(self)
  self.method_reads = self.method_reads or task.once()
  return self.method_reads
end

local function is_accepted(methods, id)
  for _, method in ipairs(methods or {}) do
    if method.metadata.id == id then
      return payment_methods.accepted(method)
    end
  end
  return false
end

--- Raises if the terms of a payment method are open.
local function check_terms(self, id, options)
  if is_accepted(options.methods, id) then return end
  known_methods(self):get(id, function()
    payment_methods.new(self.session):check_terms(id)
    return true
  end)
end

--- Returns the payment method of a new project.
local function method_for(self, wanted, options)
  local id = wanted or known_methods(self):get("only", function()
    return payment_methods.new(self.session):choose(nil, options.methods)
      .metadata.id
  end)
  check_terms(self, id, options)
  return id
end

local function create(self, name, want, options)
  if options.before then options.before() end
  local id = method_for(self, want.paymentMethodId, options)
  local full = { displayName = want.displayName,
    locationName = want.locationName, paymentMethodId = id }
  return creation.create_or_find {
    create = function() return self:create(name, full) end,
    find = function() return self:find(name) end, again = true,
    what = ("the API has no project '%s' yet"):format(name),
  }
end

--- The fields of a wish, and where the API shows them.
local FIELDS <const> = {
  { "displayName", function(have)
    return value.dig(have, "metadata", "displayName")
      or value.dig(have, "spec", "displayName")
  end },
  { "isActive", function(have) return value.dig(have, "spec", "isActive") end },
  { "locationName", function(have)
    return value.dig(have, "spec", "locationName")
  end, is_fixed = true },
  { "paymentMethodId", function(have)
    return value.dig(have, "spec", "assignedPaymentMethodId")
  end },
}

---@class mkio.Difference   of what is there and what is declared
---@field field string
---@field have any   nil if it is not there
---@field want any

--- Compares a project with what is declared.
---@param have mkio.api.ProjectGetSchema
---@param want mkio.ProjectWish
---@return mkio.Difference[]   in the order of their fields
function Projects.differences(have, want)
  local list = {}
  for _, field in ipairs(FIELDS) do
    local name, look = table.unpack(field)
    local is = look(have)
    local is_comparable = want[name] ~= nil
      and not (field.is_fixed and is == nil)
    if is_comparable and is ~= want[name] then
      list[#list + 1] = { field = name, have = is, want = want[name] }
    end
  end
  return list
end

--- Returns the difference of one field, or nil.
local function difference_of(have, want, name)
  return Projects.differences(have, { [name] = want[name] })[1]
end

local function check_location(have, want)
  local difference = difference_of(have, want, "locationName")
  if difference then
    errors.raise("immutable", ("project '%s' is in '%s', not in '%s'")
      :format(value.dig(have, "metadata", "name"), difference.have,
      want.locationName), "a project cannot be moved")
  end
end

--- Returns the PATCH that turns `have` into what is declared, or nil.
local function difference(have, want)
  local changes, details = {}, {}
  if difference_of(have, want, "displayName") then
    changes.metadata = { displayName = want.displayName }
    details[#details + 1] = ("display name '%s'"):format(want.displayName)
  end
  if difference_of(have, want, "isActive") then
    changes.spec = { isActive = want.isActive }
    details[#details + 1] = want.isActive and "activated" or "deactivated"
  end
  return changes, details
end

--- Tells whether the project has to get another payment method.
local function is_to_pay_by(have, id)
  return difference_of(have, { paymentMethodId = id }, "paymentMethodId")
end

--- Assigns the payment method if it differs.  It reads the project right before
--- that, even if `options.have` is given, because a project that somebody has
--- switched off or on meanwhile must stay so.
local function assign(self, name, have, want, options)
  local id = want.paymentMethodId
  if not is_to_pay_by(have, id) then return have, {} end
  if options.before then options.before() end
  if options.have then have = self:get(name) end
  if not is_to_pay_by(have, id) then return have, {} end
  check_terms(self, id, options)
  local handle = project.new(self.session, name)
  local now, _, details = handle:ensure_payment_method(id,
    { have = have, isActive = want.isActive, is_checked = true })
  return now, details
end

--- Assigns the payment method before all else, because that activates the
--- project.
local function update(self, name, have, want, options)
  local details
  have, details = assign(self, name, have, want, options)
  local changes, more = difference(have, want)
  if #more > 0 then have = self:patch(name, changes) end
  table.move(more, 1, #more, #details + 1, details)
  return have, details
end

--- Creates the project, or changes it to what is declared.
---@param name string
---@param want mkio.ProjectWish
---@param options? mkio.EnsureProjectOptions
---@return mkio.api.ProjectGetSchema project
---@return "unchanged"|"created"|"changed" outcome
---@return string[] details
function Projects:ensure(name, want, options)
  options = options or {}
  if options.have then
    basis.note(self, "projects.get", "project_name", name)
  end
  local have, found = options.have or await.find(self, "project", name), true
  if not have then have, found = create(self, name, want, options) end
  check_location(have, want)
  local details
  have, details = update(self, name, have, want, options)
  if not found then return have, "created", details end
  return have, #details > 0 and "changed" or "unchanged", details
end

return Projects
