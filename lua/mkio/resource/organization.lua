--- The organization of the token, with all its resources.  `mkio.connect`
--- returns an instance of this class.
-- SPDX-License-Identifier: MIT

local class = require "mkio.resource.class"
local invites = require "mkio.resource.invites"
local locations = require "mkio.resource.locations"
local me = require "mkio.resource.me"
local payment_methods = require "mkio.resource.payment_methods"
local project = require "mkio.resource.project"
local projects = require "mkio.resource.projects"
local roles = require "mkio.resource.roles"
local scopes = require "mkio.resource.scopes"
local service = require "mkio.resource.service"
local teams = require "mkio.resource.teams"
local tokens = require "mkio.resource.tokens"
local users = require "mkio.resource.users"
local value = require "mkrun.value"

---@class mkio.Organization: mkrun.rest.Resource
---@field client mkrun.Client   sends requests for which no method exists; its
---  paths begin with /api/v1
---@field invites mkio.Invites
---@field locations mkio.Locations
---@field me mkio.Me
---@field payment_methods mkio.PaymentMethods
---@field projects mkio.Projects
---@field roles mkio.Roles
---@field scopes mkio.Scopes
---@field service mkio.Service
---@field teams mkio.Teams
---@field tokens mkio.Tokens
---@field users mkio.Users
---@field default_project? string  the project of `org:project()`
local Organization = class { name = "Organization" }

--- Reads the organization.
---@param options? mkrun.rest.CallOptions
---@return mkio.api.OrganizationSchema
function Organization:get(options)
  return (self:call("organization.get", nil, nil, options))
end

--- Changes the name or the legal fields.  Fields that are not in `spec` are
--- kept.
---@param spec mkio.api.OrganizationSpecSchema
---@return mkio.api.OrganizationSchema
function Organization:patch(spec)
  return self:call("organization.patch", nil, { spec = spec })
end

--- Creates another organization.  Names are not unique, so two calls create two
--- organizations.  `me.organizations:ensure` creates no second organization.
---@param spec mkio.api.OrganizationCreateSpecSchema
---@return mkio.api.OrganizationSchema
function Organization:create(spec)
  return self:call("organization.create", nil, { spec = spec })
end

--- Changes the fields that differ from the wanted values.
---@param want table<string, string>  wanted values; null clears a legal field
---@param have? mkio.api.OrganizationSchema  the current organization, if the
---  caller has just read it
---@return mkio.api.OrganizationSchema organization
---@return "unchanged"|"changed" outcome
---@return string[] details   the names of the fields that were changed
function Organization:ensure(want, have)
  have = have or self:get()
  local changes, names = value.difference(have.spec, want)
  if #names == 0 then return have, "unchanged", names end
  return self:patch(changes), "changed", names
end

--- Makes a handle on one project.  Sends no request.  Raises an error if
--- neither `name` nor a default project is given.
---@param name? string  the name of the project (default: MKIO_PROJECT)
---@return mkio.Project
function Organization:project(name)
  name = name or self.default_project
  if not name then
    error("bad argument #1 to 'project' (a name expected, got nil)", 2)
  end
  return project.new(self.session, name)
end

local CSV <const> = "text/csv, text/plain"

--- Reads the usage of the whole organization over a range of days.  The last
--- day of the range is not included.  With `format = "csv"`, returns the CSV
--- text.
---@param query mkio.api.CustomerUsageQueryData
---@return mkio.api.CustomerUsageDataJsonSchema|string
function Organization:usage(query)
  return (self:call("reports.usage", nil, query,
    { accept = query.format == "csv" and CSV or nil }))
end

local M = {}

--- Makes the organization with its resources.  `mkio` calls this function.
---@param session mkrun.rest.Session
---@param default_project? string
---@return mkio.Organization
function M.new(session, default_project)
  local org = Organization.new(session)
  org.default_project = default_project
  org.client = session.client
  org.invites = invites.new(session)
  org.locations = locations.new(session)
  org.me = me.new(session)
  org.payment_methods = payment_methods.new(session)
  org.projects = projects.new(session)
  org.roles = roles.new(session)
  org.scopes = scopes.new(session)
  org.service = service.new(session)
  org.teams = teams.new(session)
  org.tokens = tokens.new(session)
  org.users = users.new(session)
  return org
end

return M
