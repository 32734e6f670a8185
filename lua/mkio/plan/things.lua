--- Takes the answer of a read apart into the things that a plan can rest on: a
--- team of a list, the one user that was asked for, the rights on one project.
--- `mkio.plan.overlay` calls this module.
-- SPDX-License-Identifier: MIT

local address = require "mkrun.address"
local answers = require "mkio.answers"
local change = require "mkio.plan.change"
local essence = require "mkio.plan.essence"
local extents = require "mkio.plan.extent"
local json = require "mkrun.json"
local operations = require "mkio.operations"
local sys = require "mkrun.sys"
local dig = require "mkrun.value".dig

local M = {}

---@class mkio.plan.Thing
---@field path string   "/api/v1/organization/teams/night-desk"
---@field kind string   "team"
---@field name string   for people
---@field keys {[1]: string, [2]: string}[]  what a write may name it by: {kind,
---  value}
---@field document table
---@field is_own boolean   true: a plan rests on it only where a write or a
---  comparison does, although the read was about it alone
---@field is_login boolean  true: a token that comes and goes with its run

local function email_key(text)
  return type(text) == "string" and address.key(text)
end

local function meta(item, member) return dig(item, "metadata", member) end

local function by_name(kind)
  return function(item) return { { kind, meta(item, "name") } } end
end

local function keys_of_user(item)
  return { { "users", meta(item, "id") },
    { "users", email_key(dig(item, "spec", "email")) } }
end

local function keys_of_team(item)
  local keys = { { "teams", meta(item, "name") } }
  for id in pairs(dig(item, "spec", "members") or {}) do
    keys[#keys + 1] = { "members", id }
  end
  return keys
end

local function keys_of_project(item)
  return { { "projects", meta(item, "name") },
    { "projects", meta(item, "id") } }
end

local function token_name(item)
  return dig(item, "spec", "description") or meta(item, "id")
end

local function rule_name(item, at)
  return at.project_name .. "/" .. tostring(meta(item, "name"))
end

--- The things, by the first word of the operations that read them: their kind,
--- the operation whose path names one, its parameter, and the member of
--- `metadata` that it is; how people name one, and writes do.
local THINGS <const> = {
  invites = { "invite", "invites.get", "invite_id", "id",
    name = function(item) return dig(item, "spec", "email") end,
    keys = function(item)
      return { { "invites", email_key(dig(item, "spec", "email")) } }
    end },
  locations = { "location", "locations.get", "location_name", "name",
    keys = by_name "locations" },
  my_organizations = { "membership", "my_organizations.get",
    "organization_id", "id", keys = by_name "my_organizations" },
  my_tokens = { "token", "my_tokens.get", "token_id", "id", name = token_name,
    keys = function(item)
      return { { "my_tokens", dig(item, "spec", "description") } }
    end },
  payment_methods = { "payment method", "payment_methods.get",
    "paymentmethod_id", "id",
    name = function(item) return meta(item, "displayName") end,
    keys = function(item) return { { "methods", meta(item, "id") } } end },
  projects = { "project", "projects.get", "project_name", "name",
    keys = keys_of_project },
  roles = { "role", "roles.get", "role_name", "name", keys = by_name "roles" },
  scopes = { "scope", "scopes.get", "scope_name", "name",
    keys = by_name "scopes" },
  teams = { "team", "teams.get", "team_name", "name", keys = keys_of_team },
  tokens = { "token", "tokens.revoke", "token_id", "id", name = token_name,
    keys = function(item)
      return { { "owned", email_key(dig(item, "spec", "user")) } }
    end },
  users = { "user", "users.get", "user_id", "id", keys = keys_of_user,
    name = function(item) return dig(item, "spec", "email") end },
  webhooks = { "webhook rule", "webhooks.get", "rule_name", "name",
    name = rule_name, keys = function() return {} end },
}

--- The kinds by which writes name the things of a list, where these are not
--- just the first word of its operation.
local KINDS <const> = { teams = { "teams", "members" }, tokens = { "owned" },
  payment_methods = { "methods" } }

--- Returns the kinds by which writes name the things of a list.
---@param operation mkrun.rest.Operation
---@return string[]
function M.kinds(operation)
  local group = operation.key:match "^[^.]+"
  return KINDS[group] or { group }
end

--- Documents that most scripts read, and few writes rest on.
local OWN <const> = {
  organization = { "organization", function(item)
    return dig(item, "spec", "name")
  end },
  profile = { "profile", function(item) return dig(item, "spec", "name") end },
  old_profile = { "profile", function() return nil end },
}

local function thing_of(row, item, at, path)
  local name = row.name and row.name(item, at) or meta(item, "name")
    or meta(item, row[4])
  return { path = path, kind = row[1], name = tostring(name),
    keys = row.keys(item), document = item, is_own = false,
    is_login = row[1] == "token" and meta(item, "type") == "login" }
end

local function list_things(row, document, at)
  local things = {}
  for _, item in ipairs(document.value) do
    local key = meta(item, row[4])
    if type(key) == "string" then
      at[row[3]] = key
      local path = operations.expand(operations.by_key[row[2]].path, at)
      things[#things + 1] = thing_of(row, item, at, path)
    end
  end
  return things
end

--- Returns the rights of the run's token as things: one for each resource.
local function rights_of(document, path)
  local things = {}
  for type_, resources in pairs(dig(document, "rbac") or {}) do
    for id, families in pairs(resources) do
      things[#things + 1] = { path = path .. "#" .. id, kind = "right",
        name = type_ .. " " .. id, keys = { { "rbac", id } },
        document = families, is_own = true }
    end
  end
  return things
end

local function own_thing(group, document, path)
  local row = OWN[group]
  return { path = path, kind = row[1], name = tostring(row[2](document) or ""),
    keys = {}, document = document, is_own = true }
end

--- Returns the thing that a read of one path was about and that is not there.
local function missing(row, at, path)
  local name = at[row[3]]
  if row[1] == "webhook rule" then name = at.project_name .. "/" .. name end
  return { { path = path, kind = row[1], name = name, keys = {},
    is_own = false } }
end

--- Takes an answer apart.
---@param operation mkrun.rest.Operation
---@param at table<string, string>   parameters of the path
---@param path string
---@param response table
---@return mkio.plan.Thing[]?  without `document`: a thing that is not there;
---  nil if the answer counts as a whole
function M.of(operation, at, path, response)
  local group, verb = operation.key:match "^(.*)%.([^.]+)$"
  local row = THINGS[group]
  if row and row[2] == operation.key and response.status == 404 then
    return missing(row, at, path)
  end
  local document = response.status == 200 and json.decode(response.body)
  if not document or not answers.check(operation, document) then return nil end
  if operation.key == "rbac.get" then return rights_of(document, path) end
  if OWN[group] then return { own_thing(group, document, path) } end
  if not row or operation.key ~= group .. "." .. verb then return nil end
  if verb == "list" then return list_things(row, document, at) end
  return verb == "get" and { thing_of(row, document, at, path) } or nil
end

--- Returns what may be shown of a thing: without secrets, and with the members
--- of a team by their e-mail addresses.
local function shown(document)
  local members = dig(document, "spec", "members")
  if members then
    local by_email = json.object {}
    for id, member in pairs(members) do
      by_email[dig(member, "email") or id] =
        dig(member, "isTeamAdmin") and "team administrator" or "member"
    end
    document.spec.members = by_email
  end
  return change.cover(document)
end

---@class mkio.plan.Pick   a thing that a plan rests on
---@field kind string
---@field name string
---@field digest string|false   false: it is not there
---@field extent? mkio.plan.Extent   how much of it counts; nil: all
---@field was? any              what may be shown of it
---@field by? integer[]         the writes that rest on it, by their place

--- Makes a pick of a thing.
---@param thing mkio.plan.Thing
---@param extent mkio.plan.Extent
---@return mkio.plan.Pick
function M.pick(thing, extent)
  local pick = { kind = thing.kind, name = thing.name, digest = false,
    extent = extent ~= true and extent or nil }
  if thing.document == nil then return pick end
  local counts = thing.kind == "user" and {} or extent
  local document = extents.cut(essence.whole(thing.kind, thing.document),
    counts)
  local text = assert(json.encode(document, { sort = true }))
  pick.digest, pick.was = sys.sha256(text), shown(json.decode(text))
  return pick
end

return M
