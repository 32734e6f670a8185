--- The organizations that the user is in, or is invited to.
-- SPDX-License-Identifier: MIT

local class = require "mkio.resource.class"
local errors = require "mkrun.rest.error"
local value = require "mkrun.value"

---@class mkio.MyOrganizations: mkrun.rest.Resource
local Organizations = class {
  name = "MyOrganizations", list = "my_organizations.list",
  get = "my_organizations.get", parameter = "organization_id",
}

--- The organization with this id or name, or nil.  Names are not unique:
--- two of the same name are an error.
---@param name string
---@return mkio.api.UserOrganizationSchema?
function Organizations:find(name)
  local found
  for organization in self:each() do
    if value.dig(organization, "metadata", "id") == name then
      return organization
    elseif value.dig(organization, "metadata", "name") == name then
      if found then
        errors.raise("ambiguous", ("'%s' is the name of more than one "
          .. "organization"):format(name), "name it by its id")
      end
      found = organization
    end
  end
  return found
end

--- Be in an organization of this name: one is made when there is none.  It is
--- not the one that the token acts in: a token is tied to its organization.
---@param spec mkio.api.OrganizationCreateSpecSchema
---@return mkio.api.UserOrganizationSchema|mkio.api.OrganizationSchema
---@return "unchanged"|"created" outcome
function Organizations:ensure(spec)
  local have = self:find(spec.name)
  if have then return have, "unchanged" end
  local made = errors.create_or_find(
    function()
      return self:call("organization.create", nil, { spec = spec })
    end,
    function() return self:find(spec.name) end)
  return made, "created"
end

--- Accept the open invite of an organization.
---@param id string
---@return mkio.api.UserOrganizationSchema
function Organizations:accept(id)
  return self:call("my_organizations.patch", { organization_id = id },
    { spec = { invite = { state = "accepted" } } })
end

--- Leave an organization; only a new invite leads back.
---@param id string
function Organizations:leave(id)
  self:call("my_organizations.leave", { organization_id = id })
end

--- Decline the open invite of an organization.
Organizations.decline = Organizations.leave

return Organizations
