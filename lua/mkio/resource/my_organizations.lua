--- The organizations of which the user is a member or to which the user is
--- invited.  `org.me.organizations` is the only instance of this class.
-- SPDX-License-Identifier: MIT

local class = require "mkio.resource.class"
local creation = require "mkrun.rest.creation"
local errors = require "mkrun.rest.error"
local value = require "mkrun.value"

---@class mkio.MyOrganizations: mkrun.rest.Resource
local Organizations = class {
  name = "MyOrganizations", list = "my_organizations.list",
  get = "my_organizations.get", parameter = "organization_id",
}

--- Finds an organization by its id or name.  Names are not unique, so an error
--- with the code "ambiguous" is raised if two organizations have the same name.
---@param name string  a name or an id
---@param items? mkio.api.UserOrganizationSchema[]  the list, if the caller has
---  just read it
---@return mkio.api.UserOrganizationSchema?
function Organizations:find(name, items)
  local found
  for _, organization in ipairs(items or self:list()) do
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

--- Makes sure that the user belongs to an organization of this name, or creates
--- the organization.  The token still belongs to its own organization, because
--- a token has only one organization.
---@param spec mkio.api.OrganizationCreateSpecSchema
---@return mkio.api.UserOrganizationSchema|mkio.api.OrganizationSchema
---@return "unchanged"|"created" outcome
function Organizations:ensure(spec)
  local have = self:find(spec.name)
  if have then return have, "unchanged" end
  local made = creation.create_or_find {
    create = function()
      return self:call("organization.create", nil, { spec = spec })
    end,
    find = function() return self:find(spec.name) end,
    what = ("the list of your organizations has no '%s' yet")
      :format(spec.name),
  }
  return made, "created"
end

--- Accepts the open invite to an organization.
---@param id string  the organization's id
---@return mkio.api.UserOrganizationSchema
function Organizations:accept(id)
  return self:call("my_organizations.patch", { organization_id = id },
    { spec = { invite = { state = "accepted" } } })
end

--- Leaves an organization.  The user needs a new invite to return.
---@param id string  the organization's id
function Organizations:leave(id)
  self:call("my_organizations.leave", { organization_id = id })
end

--- Declines the open invite to an organization.  The API uses one request for
--- leaving an organization and for declining an invite.
Organizations.decline = Organizations.leave

return Organizations
