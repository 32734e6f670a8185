--- The organization that the token belongs to, and all that is in it.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local invites = require "mkio.invites"
local me = require "mkio.me"
local payment_methods = require "mkio.payment_methods"
local project = require "mkio.project"
local projects = require "mkio.projects"
local resource = require "mkio.resource"
local scopes = require "mkio.scopes"
local teams = require "mkio.teams"
local users = require "mkio.users"
local value = require "mkio.value"

---@class mkio.Organization
---@field session mkio.Session
---@field me mkio.Me
local Organization = resource.class { name = "Organization" }

local Locations = resource.class {
  name = "Locations", list = "locations.list",
  get = "locations.get", parameter = "location_name",
}
local Roles = resource.class {
  name = "Roles", list = "roles.list",
  get = "roles.get", parameter = "role_name",
}
local Tokens = resource.class { name = "Tokens", list = "tokens.list" }

--- Revoke anybody's token.
function Tokens:revoke(id) self:call("tokens.revoke", { token_id = id }) end

--- {kind, metadata, spec} of the organization.
function Organization:get() return self:call "organization.get" end

--- Change the name or the legal fields; what is not named stays.
---@param spec table
function Organization:patch(spec)
  return self:call("organization.patch", nil, { spec = spec })
end

--- Make another organization.  Names are not unique: the same call twice
--- makes two; `me.organizations:ensure` looks first.
---@param spec table  {name = ...}
function Organization:create(spec)
  return self:call("organization.create", nil, { spec = spec })
end

--- Make the declared fields what they are declared to be.
---@param want table<string, string>  null clears a legal field
---@param have? table  the organization, when it was read a moment ago
---@return table organization
---@return "unchanged"|"changed" outcome
---@return string[] details   the names of the fields that were changed
function Organization:ensure(want, have)
  have = have or self:get()
  local difference, names = {}, {}
  for _, name in ipairs(value.names(want)) do
    local seen = have.spec[name]
    if (seen == nil and json.null or seen) ~= want[name] then
      difference[name], names[#names + 1] = want[name], name
    end
  end
  if #names == 0 then return have, "unchanged", names end
  return self:patch(difference), "changed", names
end

--- A handle on one project; asks nothing.
---@param name? string  default: MKIO_PROJECT
function Organization:project(name)
  name = name or self.default_project
  if not name then
    error("bad argument #1 to 'project' (a name expected, got nil)", 2)
  end
  return project.new(self.session, name)
end

--- Usage of the whole organization over a range of days.
---@param query table  {startDate, endDate, granularity?, projectNames?, ...}
function Organization:usage(query)
  return self:call("reports.usage", nil, query)
end

local M = {}

---@param session mkio.Session
---@param default_project? string
---@return mkio.Organization
function M.new(session, default_project)
  local org = Organization.new(session)
  org.default_project = default_project
  org.invites = invites.new(session)
  org.locations = Locations.new(session)
  org.me = me.new(session)
  org.payment_methods = payment_methods.new(session)
  org.projects = projects.new(session)
  org.roles = Roles.new(session)
  org.scopes = scopes.new(session)
  org.teams = teams.new(session)
  org.tokens = Tokens.new(session)
  org.users = users.new(session)
  return org
end

return M
