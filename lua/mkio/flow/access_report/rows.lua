--- Makes the rows of an access report that are about one thing each: a user, a
--- scope, a role, a token, an invite.  The module `mkio.flow.access_report`
--- calls this module.
-- SPDX-License-Identifier: MIT

local address = require "mkrun.address"

local access = require "mkio.flow.common.access"
local invites_class = require "mkio.resource.invites"
local json = require "mkrun.json"
local permissions = require "mkio.permissions"
local sys = require "mkrun.sys"
local token_facts = require "mkio.token_facts"
local value = require "mkrun.value"

local M = {}

---@class mkio.AccessData   what the API says, for the rows
---@field users table[]
---@field scopes table[]
---@field scope table<string, table>   the scopes by name
---@field roles table[]
---@field tokens table[]
---@field invites? table[]
---@field names table<string, string>  names of resources, by id

--- Sorts rows by the texts in some columns.
---@param rows table[]
---@param ... string   names of the columns
---@return table[] rows
function M.sort(rows, ...)
  local columns, keys = { ... }, {}
  for _, row in ipairs(rows) do
    local parts = {}
    for i, column in ipairs(columns) do
      parts[i] = tostring(row[column] or "")
    end
    keys[row] = table.concat(parts, "\0")
  end
  table.sort(rows, function(a, b) return keys[a] < keys[b] end)
  return rows
end

-- Rows of users, scopes and roles --------------------------------------------

--- Returns a row for each user.
---@param data mkio.AccessData
---@return table[]
function M.users(data)
  local rows = json.array()
  for i, user in ipairs(data.users) do
    rows[i] = { user = value.dig(user, "spec", "email"),
      name = value.dig(user, "spec", "name"), userId = user.metadata.id }
  end
  return M.sort(rows, "user", "userId")
end

--- Returns the resources of a scope as "TYPE/NAME", or as "TYPE/ID" if the name
--- is unknown.
local function resources_of(scope, names)
  local list = {}
  for i, resource in ipairs(value.dig(scope, "spec", "resources") or {}) do
    list[i] = resource.type .. "/" .. (names[resource.id] or resource.id)
  end
  return json.array(value.sorted(list))
end

--- Returns a row for each scope, which has its name only.
---@param data mkio.AccessData
---@return table[]
function M.scopes(data)
  local rows = json.array()
  for i, scope in ipairs(data.scopes) do
    rows[i] = { scope = scope.metadata.name }
  end
  return M.sort(rows, "scope")
end

--- Adds the resources of the scopes to the rows of `scopes`.
---@param rows table[]
---@param data mkio.AccessData
---@return table[] rows
function M.with_resources(rows, data)
  for _, row in ipairs(rows) do
    row.resources = resources_of(data.scope[row.scope], data.names)
  end
  return rows
end

--- Returns a row for each role.
---@param data mkio.AccessData
---@return table[]
function M.roles(data)
  local rows = json.array()
  for i, role in ipairs(data.roles) do
    rows[i] = { role = role.metadata.name,
      capabilities = json.array(access.capabilities(role)) }
  end
  return M.sort(rows, "role")
end

-- Rows of tokens -------------------------------------------------------------

--- Returns a token's permissions as texts, such as
--- "core.project/evening-news: ams.asset.get".
local function rights_of(token, names)
  local list = json.array()
  permissions.walk(value.dig(token, "spec", "permissions"),
    function(type_, id, family, verbs)
      for _, verb in ipairs(verbs) do
        list[#list + 1] = ("%s/%s: %s.%s")
          :format(type_, names[id] or id, family, verb)
      end
    end)
  return list
end

--- Returns true if the token has only a part of the rights of its user.
local function is_cut(token)
  local kind = value.dig(token, "metadata", "type")
  return kind == "restricted" or kind == "ephemeral"
end

--- Returns true if a token's permissions contain the rights that the filter
--- asks for.
local function may(token, filter)
  local rights = value.dig(token, "spec", "permissions") or {}
  local place = filter.place or {}
  for _, capability in ipairs(filter.can or {}) do
    if access.held(rights, capability, place) then return true end
  end
  return not filter.can and (not place.id or place.wide
    and value.dig(rights, "core.customer") ~= nil
    or value.dig(rights, place.type, place.id) ~= nil)
end

local function token_row(token, names)
  local spec = token.spec
  return {
    user = value.present(spec.user), tokenId = token.metadata.id,
    description = value.present(spec.description),
    type = token.metadata.type, expires = value.present(spec.expires),
    lastUsed = value.present(spec.lastUsed),
    permissions = is_cut(token) and rights_of(token, names) or nil,
  }
end

--- Returns a row for each token that is not revoked, belongs to a user in
--- `shown`, and passes the filter.
---@param data mkio.AccessData
---@param filter mkio.AccessFilter
---@param shown table[]   rows of access
---@return table[]
function M.tokens(data, filter, shown)
  local narrow = next(filter) ~= nil
  local rows, people = json.array(), {}
  for _, row in ipairs(shown) do
    if row.user then people[address.key(row.user)] = true end
  end
  for _, token in ipairs(data.tokens) do
    local user = value.dig(token, "spec", "user")
    local wanted = not narrow or people[address.key(user or "")]
    if wanted and not token_facts.is_revoked(token)
      and (not is_cut(token) or may(token, filter)) then
      rows[#rows + 1] = token_row(token, data.names)
    end
  end
  return M.sort(rows, "user", "description", "tokenId")
end

-- Rows of invites ------------------------------------------------------------

local function invite_row(invite)
  local spec = invite.spec
  local _, ends = invites_class.life(invite)
  return {
    inviteId = invite.metadata.id, user = value.present(spec.email),
    teams = json.array(value.sorted(value.present(spec.teams))),
    invitedBy = value.present(spec.invitedByEmail),
    created = value.dig(invite, "metadata", "created"),
    expires = ends and sys.iso8601(math.floor(ends)),
  }
end

--- Returns a row for each open invite, or nil if they were not read.
---@param data mkio.AccessData
---@return table[]?
function M.invites(data)
  if not data.invites then return nil end
  local rows = json.array()
  for i, invite in ipairs(data.invites) do rows[i] = invite_row(invite) end
  return M.sort(rows, "user", "inviteId")
end

return M
