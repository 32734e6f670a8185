--- Handles lists that the token may not read.  The API may still accept a write
--- that names an object of such a list.  So an object that a request body names
--- is assumed to exist.  A write to the path of such an object cannot be
--- planned.  `mkio.plan.overlay` calls this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local list = require "mkio.model.list"
local sys = require "mkrun.sys"
local dig = require "mkrun.value".dig

local M = {}

local ORGANIZATION <const> = "/api/v1/organization"

local PATHS <const> = {
  invites = ORGANIZATION .. "/invites", locations = "/api/v1/locations",
  methods = ORGANIZATION .. "/paymentMethods", projects = "/api/v1/projects",
  roles = ORGANIZATION .. "/roles", scopes = ORGANIZATION .. "/scopes",
  teams = ORGANIZATION .. "/teams", tokens = ORGANIZATION .. "/tokens",
  users = ORGANIZATION .. "/users",
}

local make = {}

function make.users(id)
  return { id = id, name = "", email = id .. "@unknown.invalid", avatar = "",
    company = "", country = "", jobRole = "", phoneNumber = "" }
end

function make.scopes(name)
  return { id = sys.uuid(), name = name, resources = json.array {} }
end

function make.roles(name)
  return { id = sys.uuid(), name = name, capabilities = json.array {} }
end

function make.teams(name)
  return { id = sys.uuid(), name = name, members = json.object {},
    scopes = json.object {} }
end

function make.locations(name)
  return { id = sys.uuid(), name = name, displayName = name,
    cloud = { id = sys.uuid(), name = "", displayName = "" } }
end

function make.methods(id, state)
  return { id = id, created = sys.iso8601(), isActive = true,
    createdById = state.users[1].id, spec = json.object {},
    termsAndConditionsAccepted = true }
end

--- Returns a list of the state, and the name of the field that identifies an
--- item.
local function place_of(state, kind)
  local organization = state.organizations[1]
  if kind == "users" then return state.users, "id" end
  if kind == "roles" or kind == "locations" then return state[kind], "name" end
  if kind == "methods" then return organization.paymentMethods, "id" end
  local by = (kind == "invites" or kind == "tokens") and "id" or "name"
  return kind == "tokens" and state.tokens or organization[kind], by
end

-- Finding the objects that a request body names ------------------------------

local function members_in(found, members)
  for id in pairs(type(members) == "table" and members or {}) do
    found[#found + 1] = { "users", id }
  end
end

local function roles_in(found, roles)
  for _, name in ipairs(type(roles) == "table" and roles or {}) do
    found[#found + 1] = { "roles", name }
  end
end

local function scopes_in(found, scopes)
  for name, granted in pairs(type(scopes) == "table" and scopes or {}) do
    found[#found + 1] = { "scopes", name }
    roles_in(found, dig(granted, "roles"))
  end
end

local function entry_in(found, entry)
  local path, value = tostring(entry.path), entry.value
  local scope, rest = path:match "^/spec/scopes/([^/]+)(.*)$"
  members_in(found, { [path:match "^/spec/members/([^/]+)" or 1] = true })
  if path == "/spec/members" then members_in(found, value) end
  if path == "/spec/scopes" then scopes_in(found, value) end
  if not scope then return end
  scopes_in(found, { [scope] = rest == "" and value or {} })
  if rest:find "^/roles" then
    roles_in(found, type(value) == "string" and { value } or value)
  end
end

local namers = {}

namers["teams.put"] = function(found, body)
  members_in(found, dig(body, "spec", "members"))
  scopes_in(found, dig(body, "spec", "scopes"))
end

namers["teams.patch"] = function(found, body)
  for _, entry in ipairs(body) do
    if type(entry) == "table" then entry_in(found, entry) end
  end
end

namers["invites.create"] = function(found, body)
  local teams = dig(body, "spec", "teams")
  for _, name in ipairs(type(teams) == "table" and teams or {}) do
    found[#found + 1] = { "teams", name }
  end
end

namers["projects.put"] = function(found, body)
  found[1] = { "locations", body.locationName }
  found[2] = { "methods", body.paymentMethodId }
end

namers["project_payment_method.assign"] = function(found, body)
  found[1] = { "methods", body.paymentMethodId }
end

--- Adds an object to a model, unless the model has it.
---@param world mkio.model.World
---@param kind "invites"|"locations"|"methods"|"roles"|"scopes"|"teams"|"users"
---@param key string   the name of the object, or its id
local function add(world, kind, key)
  local items, by = place_of(world.state, kind)
  if not list.find(items, by, key) then
    table.insert(items, make[kind](key, world.state))
  end
  local members = world.state.organizations[1].members
  if kind == "users" and not list.contains(members, key) then
    table.insert(members, key)
  end
end

M.add = add

--- Returns the objects that a request body names, as {kind, name or id}.
---@param operation mkrun.rest.Operation
---@param body table
---@return {[1]: string, [2]: any}[]
function M.named(operation, body)
  local found, namer = {}, namers[operation.key]
  if namer then namer(found, body) end
  return found
end

--- Adds the objects that a request body names from unread lists to both models.
---@param pair {base: table, planned: table, unread: table<string, true>}
---@param operation mkrun.rest.Operation
---@param text? string  the body as JSON
function M.assume(pair, operation, text)
  local body = text and json.decode(text)
  if type(body) ~= "table" then return end
  for _, named in ipairs(M.named(operation, body)) do
    local kind, key = named[1], named[2]
    if type(key) == "string" and pair.unread[PATHS[kind]] then
      add(pair.base, kind, key)
      add(pair.planned, kind, key)
    end
  end
end

local TARGETS <const> = {
  invite_id = "invites", paymentmethod_id = "methods",
  project_name = "projects", team_name = "teams", user_id = "users",
}

local CREATES <const> = { ["teams.put"] = true, ["projects.put"] = true }

--- Returns true if an operation changes an object in a list that the token may
--- not read.  Returns false for an object that the plan itself has created.
---@param pair table   the same table as for `assume`
---@param operation mkrun.rest.Operation
---@param parameters table<string, string>
---@return boolean
function M.hides(pair, operation, parameters)
  if CREATES[operation.key] then return false end
  local function is_hidden(name, kind)
    local items, by = place_of(pair.planned.state, kind)
    return parameters[name] and pair.unread[PATHS[kind]]
      and not list.find(items, by, parameters[name])
  end
  if operation.key == "tokens.revoke" and is_hidden("token_id", "tokens") then
    return true
  end
  for name, kind in pairs(TARGETS) do
    if is_hidden(name, kind) then return true end
  end
  return false
end

return M
