--- Tells on which resources a token needs a right for a request: on the
--- organization, or on a project that exists.  `mkio.plan.rights` calls this
--- module.
---
--- A project that the run creates has no id before the run.  For it, a right of
--- the families `core` is needed on the organization, where it is taken to be
--- valid for all projects.  Any other right cannot be expressed.
-- SPDX-License-Identifier: MIT

local pairing = require "mkio.plan.pair"
local permissions = require "mkio.permissions"
local value = require "mkrun.value"

local dig = value.dig

local ORGANIZATION <const>, PROJECT <const> = "core.customer", "core.project"

---@class mkio.plan.Place
---@field type "core.customer"|"core.project"
---@field id? string   nil if unknown
---@field key string   name of the resource, or its id if the name is unknown
---@field text string  the resource, for messages

---@class mkio.plan.Places
---@field rbac? table     rights of the token of this run; nil if unreadable
---@field organization mkio.plan.Place
---@field ids? table<string, string>    name of a project -> id; nil if the
---  projects could not be listed
---@field names table<string, string>   id of a resource -> name
---@field made table<string, true>      ids that only the server can give
---@field new table<string, true>       names of projects that the run creates
local Places = {}
Places.__index = Places

--- Returns true if the token of this run has a capability on a resource.  Also
--- returns true if its rights could not be read.
---@param type_ string
---@param id? string
---@param capability string
---@return boolean
function Places:holds(type_, id, capability)
  return not self.rbac or permissions.has(self.rbac, type_, id, capability)
end

--- Returns true if the token of this run has a capability on any resource.
--- Returns false if its rights could not be read.
---@param capability string
---@return boolean
function Places:holds_somewhere(capability)
  return self.rbac ~= nil and permissions.anywhere(self.rbac, capability)
end

--- Returns true if a project is there before the run.
---@param name string
---@return boolean
function Places:exists(name)
  if self.ids then return self.ids[name] ~= nil end
  return not self.new[name]
end

local function project(self, id, name)
  name = name or self.names[id]
  return { type = PROJECT, id = id, key = name or id,
    text = ("the project '%s'"):format(name or id) }
end

--- Returns the places of a list of projects: the organization, because the run
--- takes a project that is not listed for absent.  For a token that has the
--- right on some projects only, these.
local function of_list(self, capability)
  local places, whole = {}, self.organization
  if self:holds(ORGANIZATION, whole.id, capability) then return { whole } end
  for _, id in ipairs(value.names(dig(self.rbac, PROJECT))) do
    if self:holds(PROJECT, id, capability) then
      places[#places + 1] = project(self, id)
    end
  end
  return places[1] and places or { whole }
end

local function of_project(self, name, capability, is_wide)
  local id, whole = dig(self.ids, name), self.organization
  if not self:exists(name) then return is_wide and { whole } or {} end
  local is_above = is_wide and self.rbac
    and not self:holds(PROJECT, id, capability)
    and self:holds(ORGANIZATION, whole.id, capability)
  return { is_above and whole or project(self, id, name) }
end

--- Returns the places on which an operation needs a capability.
---@param operation mkrun.rest.Operation
---@param name? string   name of the project in the path
---@param capability string
---@return mkio.plan.Place[]   empty if no token can name the resource
function Places:of(operation, name, capability)
  local place = permissions.place(operation)
  if not place.type then return of_list(self, capability) end
  if place.type == ORGANIZATION then return { self.organization } end
  return of_project(self, name, capability, place.wide)
end

--- Returns the project with this name or id as a place, or nil.
local function find(self, name, capability)
  local id = self.ids[name] or self.names[name] and name
  return id and of_project(self, self.names[id], capability, true)[1]
end

--- Returns projects as places.  Returns nil if they could not be listed, or if
--- one of them does not exist, for which all of them are looked at.
---@param capability string
---@param wanted? table<string, true>   names or ids (default: all projects)
---@return mkio.plan.Place[]?
function Places:projects(capability, wanted)
  local places = {}
  for _, name in ipairs(self.ids and value.names(wanted or self.ids) or {}) do
    local place = find(self, name, capability)
    if not place then return nil end
    places[#places + 1] = place
  end
  return places[1] and places or nil
end

local M = {}

--- Lists all projects: name -> id.  Returns nil if the token may not.
local function read_projects(read)
  local ids, path, seen = {}, "/api/v1/projects?show_hidden=true", {}
  while path and not seen[path] do
    seen[path] = true
    local page = read(path)
    if not page then return nil end
    for _, item in ipairs(dig(page, "value") or {}) do
      ids[item.metadata.name] = item.metadata.id
    end
    path = dig(page, "@odata.nextLink")
    path = path ~= "" and path or nil
  end
  return ids
end

local function organization(here, rbac)
  local id = dig(here, "metadata", "id")
    or value.names(dig(rbac, ORGANIZATION))[1]
  return { type = ORGANIZATION, id = id, text = "the organization",
    key = dig(here, "spec", "name") or id or "" }
end

--- Reads what there is, with the token of a request.
---@param api mkio.plan.Overlay
---@param request? table   nil if the run sends no request with a token
---@return mkio.plan.Places
function M.read(api, request)
  local ask = request and pairing.reader(api, request)
  local function read(path)
    if not ask then return nil end
    local ok, document = pcall(ask, path)
    if ok then return document end
    error(type(document) == "table" and document[1] or document, 0)
  end
  local rbac = dig(read "/api/v1/user/rbac", "rbac")
  local self = setmetatable({ rbac = rbac, names = {}, new = {},
    made = api.made, ids = read_projects(read),
    organization = organization(read "/api/v1/organization", rbac) }, Places)
  for name, id in pairs(self.ids or {}) do self.names[id] = name end
  local home = self.organization
  if home.id then self.names[home.id] = home.key end
  return self
end

return M
