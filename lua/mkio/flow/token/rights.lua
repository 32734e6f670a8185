--- Lists the rights of a token, and selects rights by patterns.  The script
--- `token` calls this module.
---
--- A pattern is CAPABILITY, RESOURCE:CAPABILITY or TYPE/RESOURCE:CAPABILITY.
--- RESOURCE is a name or an id.  `*` matches any text, `?` matches one
--- character:
---
---     *.get                          all rights to read, on all resources
---     evening-news:ams.*             all rights of ams.* on one project
---     core.project/*:webhooks.*      rights to webhooks on every project
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local access = require "mkio.flow.common.access"
local errors = require "mkrun.rest.error"
local lists_of = require "mkio.flow.common.lists"
local near = require "mkrun.rest.suggestion"
local permissions = require "mkio.permissions"
local value = require "mkrun.value"

local M = {}

---@class mkio.Right
---@field type string    the type of the resource, such as "core.project"
---@field id string      the id of the resource
---@field name string    the name of the resource, or its id if unknown
---@field family string  the family of the capability, such as "ams.asset"
---@field verb string    the verb of the capability, such as "get"

--- The list with the names of the resources of each type.
local LISTS <const> =
  { ["core.customer"] = "organization", ["core.project"] = "projects" }

local PARTS <const> = { organization = "id", projects = "names" }

--- Begins to read what `read` needs, side by side.
---@param org mkio.Organization
---@param more? string[]  further lists, see `mkio.Lists`
---@return mkio.Lists
function M.begin(org, more)
  local lists = lists_of.new(org, PARTS)
  lists:begin { "organization", "projects", "rbac", table.unpack(more or {}) }
  return lists
end

--- Returns the names of the organization and its projects by id, as far as the
--- token may read them, and the organization's id.
local function resource_names(lists)
  local here = lists:checkable("organization",
    "does not know the name of the organization")
  local projects = lists:checkable("projects", "knows no names of projects")
  local names = access.resource_names(
    here or { metadata = { id = "" } }, projects or {})
  return names, here and here.metadata.id
end

--- Returns all rights of the token that this run sends, sorted.
---@param org mkio.Organization
---@param lists? mkio.Lists  from `begin`; the caller notes which names it needs
---@return mkio.Right[]
---@return string? organization_id  nil if the token may not read it
function M.read(org, lists)
  local list = {}
  if not lists then
    lists = M.begin(org)
    for _, name in pairs(LISTS) do lists:need(name) end
  end
  local names, organization_id = resource_names(lists)
  permissions.walk(lists:items "rbac", function(type_, id, family, verbs)
    for _, verb in ipairs(value.names(value.set(verbs))) do
      list[#list + 1] = { type = type_, id = id, name = names[id] or id,
        family = family, verb = verb }
    end
  end)
  return list, organization_id
end

--- Converts a shell pattern to a Lua pattern.
local function glob(text)
  return "^" .. text:gsub("[%^$()%%.%[%]+%-]", "%%%0"):gsub("%*", ".*")
    :gsub("%?", ".") .. "$"
end

--- Returns true if the resource part of a pattern matches the right's resource.
local function is_at(right, resource)
  local prefix = resource:find("/", 1, true) and right.type .. "/" or ""
  local pattern = glob(resource)
  return (prefix .. right.name):find(pattern) ~= nil
    or (prefix .. right.id):find(pattern) ~= nil
end

--- Returns true if the pattern matches the right.
---@param right mkio.Right
---@param pattern string
---@return boolean
function M.matches(right, pattern)
  local resource, capability = pattern:match "^(.*):([^:]*)$"
  if resource and not is_at(right, resource) then return false end
  return (right.family .. "." .. right.verb)
    :find(glob(capability or pattern)) ~= nil
end

--- Notes that the run rests on the name of a right's resource.
---@param lists mkio.Lists
---@param right mkio.Right
function M.note_name(lists, right)
  if LISTS[right.type] then lists:need(LISTS[right.type]) end
end

--- Notes the names on which patterns rest: those that the id does not match.
---@param lists mkio.Lists
---@param rights mkio.Right[]
---@param patterns string[]
function M.note_names(lists, rights, patterns)
  for _, pattern in ipairs(patterns) do
    for _, right in ipairs(rights) do
      local nameless = setmetatable({ name = right.id }, { __index = right })
      if M.matches(right, pattern) and not M.matches(nameless, pattern) then
        M.note_name(lists, right)
      end
    end
  end
end

local function any(right, patterns, used)
  local found = false
  for _, pattern in ipairs(patterns) do
    if M.matches(right, pattern) then found, used[pattern] = true, true end
  end
  return found
end

--- Raises an error if a pattern matches no right of the token, because the
--- pattern is probably misspelt.
local function check_used(rights, patterns, used)
  local capabilities = {}
  for _, right in ipairs(rights) do
    capabilities[right.family .. "." .. right.verb] = true
  end
  for _, pattern in ipairs(patterns) do
    if not used[pattern] then
      local wanted = pattern:match "[^:]*$"
      local meant = near.find(wanted, value.names(capabilities))
      errors.refuse("permissions", ("'%s' is none of the token's rights")
        :format(pattern), meant[1] and ("did you mean %s?"):format(
          value.quoted(meant, nil, "or")) or "mkrun token rights shows them")
    end
  end
end

--- Returns the rights that match a pattern of `allow` and no pattern of `deny`.
---@param rights mkio.Right[]
---@param allow string[]  the patterns of rights to keep
---@param deny? string[]  the patterns of rights to leave out
---@return mkio.Right[]
function M.pick(rights, allow, deny)
  local picked, used = {}, {}
  for _, right in ipairs(rights) do
    local is_denied = any(right, deny or {}, used)
    if any(right, allow, used) and not is_denied then
      picked[#picked + 1] = right
    end
  end
  check_used(rights, allow, used)
  check_used(rights, deny or {}, used)
  return picked
end

--- Returns the rights unchanged.  Raises an error if the list is empty, because
--- the API does not say what a token with empty permissions may do.
---@param rights mkio.Right[]
---@return mkio.Right[] rights
function M.some(rights)
  if rights[1] then return rights end
  errors.refuse("permissions", "no right is left for the token",
    "--deny removes everything that --allow permits")
end

--- Returns the rights in the form of a restricted token's `permissions`.
---@param rights mkio.Right[]
---@return table
function M.permissions(rights)
  local map = json.object {}
  for _, right in ipairs(rights) do
    permissions.add(map, right.type, right.id,
      right.family .. "." .. right.verb)
  end
  return map
end

M.columns = { "type", "resource", "family", "verbs" }

--- Returns rights as rows: a row for each resource and family.
---@param rights mkio.Right[]
---@return table[]
function M.rows(rights)
  local rows, last = {}, nil
  for _, right in ipairs(rights) do
    if not last or last.id ~= right.id or last.family ~= right.family then
      last = { type = right.type, resource = right.name, id = right.id,
        family = right.family, verbs = json.array {} }
      rows[#rows + 1] = last
    end
    table.insert(last.verbs, right.verb)
  end
  return rows
end

return M
