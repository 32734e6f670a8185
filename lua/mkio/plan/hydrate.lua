--- Makes a state for the sandbox's model from the answers of the real API.
--- `mkio.plan.overlay` calls this module.
---
--- A list that the token may not read is empty in the state.  So the state
--- shows what a write changes, but may lack existing objects.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local list = require "mkio.model.list"
local seed = require "mkio.model.seed"
local sys = require "mkrun.sys"
local value = require "mkrun.value"

local dig = value.dig

local far_away <const> = "9999-12-31T23:59:59Z"

---@alias mkio.plan.Read fun(path: string): table?, string?, string?

--- A state that is being made.  `state` is the result.  `read` reads from the
--- API and removes nulls.  `read_all` reads from the API and keeps nulls.
local Draft = {}
Draft.__index = Draft

local function text_at(document, ...)
  local found = dig(document, ...)
  return type(found) == "string" and found or nil
end

--- Returns a copy without nulls, because the model's state has no nulls.
local function without_nulls(document)
  if type(document) ~= "table" then return document end
  if json.is_array(document) then
    return list.map(list.filter(document, value.present), without_nulls)
  end
  local out = json.object {}
  for name, member in pairs(document) do
    if member ~= json.null then out[name] = without_nulls(member) end
  end
  return out
end

local function quiet(read)
  return function(path) return without_nulls(read(path)) end
end

--- Returns true if a write can change the item, because the item has an id or a
--- name.  Adds a random id if the item has only a name.
local function is_item(item)
  if text_at(item, "metadata", "id") then return true end
  if not text_at(item, "metadata", "name") then return false end
  item.metadata.id = sys.uuid()
  return true
end

--- Reads the items on all pages of a list.
function Draft:items(path, read)
  local all, seen = {}, {}
  while path and not seen[path] do
    seen[path] = true
    local document = (read or self.read)(path)
    if not document then self.unread[path] = true end
    for _, item in ipairs(dig(document, "value") or {}) do
      if is_item(item) then
        item.spec = dig(item, "spec") or json.object {}
        all[#all + 1] = item
      end
    end
    path = text_at(document, "@odata.nextLink")
  end
  return all
end

--- Returns the user with this id.  If the state has no such user, adds one.  If
--- the e-mail address is unknown, the new user gets an invented address.
function Draft:user(id, name, email)
  if type(id) ~= "string" then id = sys.uuid() end
  local user = list.find(self.state.users, "id", id)
  if user then return user end
  user = {
    id = id, name = name or "", email = email or id .. "@unknown.invalid",
    avatar = "", company = "", country = "", jobRole = "", phoneNumber = "",
  }
  table.insert(self.state.users, user)
  return user
end

local function address_of(user) return user.email:lower() end

--- Returns the user with this e-mail address.  Used for answers that contain
--- the address of a user but no id.
function Draft:user_by_email(email, name)
  return email and list.find(self.state.users, address_of, email:lower())
    or self:user(nil, name, email)
end

function Draft:creator(metadata)
  return self:user(dig(metadata, "createdById") or dig(metadata, "createdBy"),
    text_at(metadata, "createdByName"), text_at(metadata, "createdByEmail")).id
end

function Draft:caller()
  local profile = self.read "/api/v1/user/profile"
  local me = self:user(text_at(profile, "metadata", "id"),
    text_at(profile, "spec", "name"), text_at(profile, "spec", "loginEmail"))
  for _, name in ipairs { "avatar", "company", "country", "jobRole",
    "phoneNumber" } do
    me[name] = text_at(profile, "spec", name) or ""
  end
  return me
end

function Draft:organization(me)
  local document = self.read_all "/api/v1/organization"
  local metadata = dig(document, "metadata") or {}
  return {
    id = text_at(metadata, "id") or self.home or sys.uuid(),
    isActive = dig(metadata, "isActive"),
    createdById = document and self:creator(metadata) or me.id,
    created = dig(metadata, "created"), updated = dig(metadata, "updated"),
    spec = dig(document, "spec") or { name = "" },
    members = json.array { me.id }, paymentMethods = json.array {},
    projects = json.array {}, invites = json.array {},
    scopes = json.array {}, teams = json.array {},
  }
end

function Draft:members(organization)
  for _, item in ipairs(self:items "/api/v1/organization/users") do
    local user = self:user(text_at(item, "metadata", "id"),
      text_at(item, "spec", "name"), text_at(item, "spec", "email"))
    if not list.contains(organization.members, user.id) then
      table.insert(organization.members, user.id)
    end
  end
end

function Draft:locations()
  for _, item in ipairs(self:items "/api/v1/locations") do
    local cloud = dig(item, "spec", "cloud") or {}
    table.insert(self.state.locations, {
      id = dig(item, "metadata", "id"), name = dig(item, "metadata", "name"),
      displayName = dig(item, "metadata", "displayName"),
      cloud = { id = cloud.id or sys.uuid(), name = cloud.name,
        displayName = cloud.displayName, region = cloud.region },
    })
  end
end

--- Adds the location of a project if the list of locations does not contain it.
function Draft:location(spec)
  local id = text_at(spec, "locationId")
  if id and not list.find(self.state.locations, "id", id) then
    table.insert(self.state.locations, {
      id = id, name = spec.locationName, displayName = spec.locationDisplayName,
      cloud = { id = sys.uuid(), name = "", displayName = "" },
    })
  end
  return id or dig(self.state.locations[1], "id")
end

function Draft:roles()
  for _, item in ipairs(self:items "/api/v1/organization/roles") do
    local capabilities = json.array {}
    for i, entry in ipairs(dig(item, "spec", "capabilities") or {}) do
      capabilities[i] = text_at(entry, "capability") or tostring(entry)
    end
    table.insert(self.state.roles, {
      id = dig(item, "metadata", "id"), name = dig(item, "metadata", "name"),
      categories = dig(item, "metadata", "categories"),
      description = dig(item, "spec", "description"),
      capabilities = capabilities,
    })
  end
end

function Draft:scopes(organization)
  for _, item in ipairs(self:items "/api/v1/organization/scopes") do
    local name = dig(item, "metadata", "name")
    table.insert(organization.scopes, {
      id = dig(item, "metadata", "id"), name = name,
      description = dig(item, "spec", "description"),
      allProjects = name == "allProjectsScope" or nil,
      resources = list.filter(dig(item, "spec", "resources") or json.array {},
        function(resource) return text_at(resource, "id") ~= nil end),
    })
  end
end

--- Adds the scopes and roles that a team names if the state lacks them.  The
--- token may not be allowed to read the lists of scopes and roles.
function Draft:granted(organization, scopes)
  local granted = json.object {}
  for name, grant in pairs(scopes) do
    if not list.find(organization.scopes, "name", name) then
      table.insert(organization.scopes, { id = sys.uuid(), name = name,
        resources = json.array {} })
    end
    local roles = dig(grant, "roles") or json.array {}
    granted[name] = { roles = roles }
    for _, role in ipairs(roles) do
      if not list.find(self.state.roles, "name", role) then
        table.insert(self.state.roles, { id = sys.uuid(), name = role,
          capabilities = json.array {} })
      end
    end
  end
  return granted
end

function Draft:teams(organization)
  for _, item in ipairs(self:items "/api/v1/organization/teams") do
    local members = json.object {}
    for id, member in pairs(dig(item, "spec", "members") or {}) do
      self:user(id, text_at(member, "name"), text_at(member, "email"))
      members[id] = { isTeamAdmin = dig(member, "isTeamAdmin") == true }
    end
    table.insert(organization.teams, {
      id = dig(item, "metadata", "id"), name = dig(item, "metadata", "name"),
      description = dig(item, "spec", "description"), members = members,
      scopes = self:granted(organization,
        dig(item, "spec", "scopes") or json.object {}),
    })
  end
end

function Draft:payment_methods(organization)
  for _, item in ipairs(self:items("/api/v1/organization/paymentMethods",
    self.read_all)) do
    local metadata = item.metadata
    table.insert(organization.paymentMethods, {
      id = metadata.id, displayName = dig(metadata, "displayName"),
      created = dig(metadata, "created"), createdById = self:creator(metadata),
      isActive = dig(item, "status", "isActive"), spec = item.spec,
      termsAndConditionsAccepted =
        dig(item, "status", "termsAndConditionsAccepted") == true,
    })
  end
end

function Draft:projects(organization)
  local shown = {}
  for _, item in ipairs(self:items "/api/v1/projects") do
    shown[item.metadata.id] = true
  end
  for _, item in ipairs(self:items "/api/v1/projects?show_hidden=true") do
    local metadata, spec = item.metadata, item.spec or {}
    table.insert(organization.projects, {
      id = metadata.id, name = metadata.name,
      displayName = metadata.displayName, created = metadata.created,
      updated = metadata.updated, createdById = self:creator(metadata),
      isActive = spec.isActive, isHidden = not shown[metadata.id],
      locationId = self:location(spec),
      paymentMethodId = dig(spec, "assignedPaymentMethodId"),
    })
  end
end

function Draft:invites(organization)
  for _, item in ipairs(self:items "/api/v1/organization/invites") do
    local spec = item.spec or {}
    table.insert(organization.invites, {
      id = item.metadata.id, created = item.metadata.created or sys.iso8601(),
      email = spec.email, comment = spec.comment,
      teams = dig(spec, "teams") or json.array {},
      invitedById = self:user_by_email(text_at(spec, "invitedByEmail"),
        text_at(spec, "invitedByName")).id,
    })
  end
end

function Draft:token(item, user)
  local id, spec = dig(item, "metadata", "id"), item.spec or {}
  if list.find(self.state.tokens, "id", id) then return end
  table.insert(self.state.tokens, {
    id = id, type = item.metadata.type, userId = user.id,
    description = spec.description, issued = spec.issued,
    expires = text_at(spec, "expires") or far_away,
    lastUsed = spec.lastUsed, revokedBy = spec.revokedBy,
    revoked = text_at(spec, "revoked") or json.null,
    organizationId = spec.organizationId, permissions = spec.permissions,
  })
end

function Draft:tokens(me)
  for _, item in ipairs(self:items "/api/v1/user/tokens") do
    self:token(item, me)
  end
  for _, item in ipairs(self:items "/api/v1/organization/tokens") do
    self:token(item, self:user_by_email(text_at(item, "spec", "user")))
  end
end

--- Adds the token that this run sends, unless the state already has this token.
function Draft:own_token(me, organization)
  local own = list.find(self.state.tokens, "id", self.token_id)
  if not own then
    own = { id = self.token_id or sys.uuid(), type = "login", userId = me.id,
      issued = sys.iso8601(), expires = far_away, revoked = json.null,
      lastUsed = json.null, organizationId = organization.id }
    table.insert(self.state.tokens, own)
  end
  -- The token is valid, because the API has just accepted it.
  own.digest, own.expires = self.digest, far_away
  own.organizationId = organization.id
end

--- Adds the user's other organizations.  The API shows only their ids and
--- names.
function Draft:others(me)
  for _, item in ipairs(self:items "/api/v1/user/organizations") do
    local id, invite = item.metadata.id, dig(item, "spec", "invite")
    if not list.find(self.state.organizations, "id", id) then
      local other = seed.stub(id, item.metadata.name, sys.iso8601())
      if invite then
        other.invites[1] = { id = sys.uuid(), created = sys.iso8601(),
          email = me.email, comment = dig(invite, "comment"),
          teams = json.array {},
          invitedById = self:user_by_email(text_at(invite, "invitedBy")).id }
      else
        other.members[1] = me.id
      end
      other.createdById = me.id
      table.insert(self.state.organizations, other)
    end
  end
end

local M = {}

--- The paths that `state` reads.
M.paths = {
  "/api/v1/user/profile", "/api/v1/organization", "/api/v1/organization/users",
  "/api/v1/locations", "/api/v1/organization/roles",
  "/api/v1/organization/scopes", "/api/v1/organization/teams",
  "/api/v1/organization/paymentMethods", "/api/v1/projects",
  "/api/v1/projects?show_hidden=true", "/api/v1/organization/invites",
  "/api/v1/user/organizations", "/api/v1/user/tokens",
  "/api/v1/organization/tokens",
}

--- Makes a draft that adds to `state` what answers say, for example with
--- `draft:teams(organization)`.  `read` keeps nulls.
---@param state table
---@param read mkio.plan.Read
---@return table draft
function M.draft(state, read)
  return setmetatable({ read = read, read_all = read, unread = {},
    state = state }, Draft)
end

--- Reads the webhook rules of a project.  The rules are read only when a
--- request needs them.
---@param read mkio.plan.Read
---@param path string   the path of the list of rules
---@return table[]
function M.webhooks(read, path)
  local draft = setmetatable({ read = quiet(read), unread = {} }, Draft)
  local rules = json.array {}
  for i, item in ipairs(draft:items(path)) do
    rules[i] = { id = item.metadata.id, name = item.metadata.name,
      spec = item.spec, events = json.array {} }
  end
  return rules
end

--- Makes a state from the answers of the API.
---@param read mkio.plan.Read  sends a GET request
---@param digest string        the SHA-256 of the token that `read` sends
---@param claims? table        the claims of that token, if it has any
---@return table state
---@return table<string, true> unread  paths of the lists that the token may not
---  read
function M.state(read, digest, claims)
  local self = setmetatable({
    read = quiet(read), read_all = read, digest = digest,
    token_id = text_at(claims, "jti"), unread = {},
    home = text_at(claims, "org"),
    state = { version = seed.version, users = json.array {},
      locations = json.array {}, roles = json.array {},
      organizations = json.array {}, tokens = json.array {} },
  }, Draft)
  local me = self:caller()
  local organization = self:organization(me)
  self.state.organizations[1] = organization
  self:members(organization)
  self:locations()
  self:roles()
  self:scopes(organization)
  self:teams(organization)
  self:payment_methods(organization)
  self:projects(organization)
  self:invites(organization)
  self:others(me)
  self:tokens(me)
  self:own_token(me, organization)
  return self.state, self.unread
end

return M
