--- Finds in a recording who its run was: the user, the organization, and the
--- people that the answers name.  `mkio.likeness.player` calls this module
--- before the first request.
-- SPDX-License-Identifier: MIT

local dig = require "mkrun.value".dig

local M = {}

local function is_good(entry)
  return entry.operation ~= nil and entry.status >= 200 and entry.status < 300
    and type(entry.document) == "table"
end

local function text_at(document, ...)
  local found = dig(document, ...)
  return type(found) == "string" and found ~= "" and found or nil
end

--- Returns the first good answer to one of the operations, or nil.
local function first(entries, ...)
  for _, key in ipairs { ... } do
    for _, entry in ipairs(entries) do
      if is_good(entry) and entry.operation.key == key then
        return entry.document
      end
    end
  end
end

local function items_of(entry)
  if not entry.operation.list then return { entry.document } end
  local items = dig(entry.document, "value")
  return type(items) == "table" and items or {}
end

local function add(found, id, email, name)
  if id and email and not found[email:lower()] then
    found[email:lower()] = { id = id, email = email, name = name }
  end
end

local function add_item(found, item)
  local metadata = dig(item, "metadata")
  add(found, text_at(metadata, "createdById") or text_at(metadata, "createdBy"),
    text_at(metadata, "createdByEmail"), text_at(metadata, "createdByName"))
  local members = dig(item, "spec", "members")
  for id, member in pairs(type(members) == "table" and members or {}) do
    add(found, type(id) == "string" and id or nil, text_at(member, "email"),
      text_at(member, "name"))
  end
end

--- Returns the people of a recording by their addresses in lower case.
---@param entries mkio.likeness.Entry[]
---@return table<string, {id: string, email: string, name: string?}>
function M.people(entries)
  local found = {}
  for _, entry in ipairs(entries) do
    local is_users = is_good(entry) and entry.operation.key:find "^users%."
    for _, item in ipairs(is_good(entry) and items_of(entry) or {}) do
      if is_users then
        add(found, text_at(item, "metadata", "id"),
          text_at(item, "spec", "email"), text_at(item, "spec", "name"))
      end
      add_item(found, item)
    end
  end
  return found
end

--- Returns the address of the tokens of the user, or nil.
local function address(entries)
  local created = first(entries, "my_tokens.create", "my_tokens.get")
  local list = first(entries, "my_tokens.list")
  return text_at(created, "spec", "user")
    or text_at(list, "value", 1, "spec", "user")
end

--- Returns the id of the organization that a scope of the recording covers, or
--- nil.
local function id_in_scopes(entries)
  for _, entry in ipairs(entries) do
    local is_scope = is_good(entry) and entry.operation.key:find "^scopes%."
    for _, item in ipairs(is_scope and items_of(entry) or {}) do
      local resource = dig(item, "spec", "resources", 1)
      if text_at(resource, "type") == "core.customer" then
        return text_at(resource, "id")
      end
    end
  end
end

--- Returns the id of the token's organization from an answer that names it, or
--- nil.
local function organization_id(entries)
  local profile = first(entries, "profile.get", "profile.patch")
  local tokens = first(entries, "tokens.list")
  local methods = first(entries, "payment_methods.list")
  return text_at(profile, "spec", "activeOrganizationId")
    or text_at(tokens, "value", 1, "spec", "organizationId")
    or text_at(methods, "value", 1, "metadata", "organizationId")
    or id_in_scopes(entries)
end

--- Returns the name of the token's organization from an invite, or nil.
local function organization_name(entries)
  local invites = first(entries, "invites.list")
  local created = first(entries, "invites.create", "invites.get")
  return text_at(invites, "value", 1, "spec", "organizationName")
    or text_at(created, "spec", "organizationName")
end

--- Returns the profile and the organization of a recording, as the API would
--- answer.
---@param entries mkio.likeness.Entry[]
---@param people table   the result of `people`
---@return table? profile
---@return table? organization
function M.find(entries, people)
  local profile = first(entries, "profile.get", "profile.patch")
  local organization = first(entries, "organization.get", "organization.patch")
  if not organization then
    organization = { metadata = { id = organization_id(entries) },
      spec = { name = organization_name(entries) or "" } }
  end
  local email = not profile and address(entries)
  if email then
    local known = people[email:lower()]
    profile = { metadata = { id = known and known.id },
      spec = { loginEmail = email, name = known and known.name } }
  end
  return profile, organization
end

return M
