--- Tells what planned writes rest on: the thing that each changes, and what its
--- body names, such as the users and roles of a team.  `mkio.plan.overlay`
--- calls this module.
-- SPDX-License-Identifier: MIT

local address = require "mkrun.address"
local change = require "mkio.plan.change"
local extents = require "mkio.plan.extent"
local json = require "mkrun.json"
local operations = require "mkio.operations"
local unread = require "mkio.plan.unread"
local dig = require "mkrun.value".dig

---@class mkio.plan.Rests
---@field named table<string, table<string, integer[]>>   kind -> value -> the
---  writes that name it, by their place
---@field targets table<string, integer[]>   path -> writes
---@field extents table<string, mkio.plan.Extent>   path -> what they change
---@field lists table<string, integer[]>     path of a list that a write empties
---@field comments table<string, integer[]>  text of an invite -> writes
local Rests = {}
Rests.__index = Rests

--- Kinds by which a write rests on all of a thing.  Of other kinds only the
--- name and the id count.
local WHOLE <const> = { invites = true, my_tokens = true, owned = true,
  methods = true, roles = true, rbac = true }

local function add(map, key, i)
  map[key] = map[key] or {}
  local list = map[key]
  if list[#list] ~= i then list[#list + 1] = i end
end

local function email_key(text)
  return type(text) == "string" and address.key(text)
end

--- Returns an object, or an empty one: the file of a plan may have anything.
local function members(part) return type(part) == "table" and part or {} end

local more = {}

more["invites.create"] = function(found, body)
  local email = email_key(dig(body, "spec", "email"))
  found[#found + 1] = { "invites", email }
  found[#found + 1] = { "users", email }
end

more["my_tokens.create"] = function(found, body)
  found[#found + 1] = { "my_tokens", dig(body, "description") }
  for _, resources in pairs(members(dig(body, "permissions"))) do
    for id in pairs(members(resources)) do
      found[#found + 1] = { "rbac", id }
      found[#found + 1] = { "projects", id }
    end
  end
end

more["organization.create"] = function(found, body)
  found[#found + 1] = { "my_organizations", dig(body, "spec", "name") }
end

--- Whoever goes may have come into teams, and got tokens and invites.
more["users.remove"] = function(found, _, at, write)
  found[#found + 1] = { "members", at.user_id }
  found[#found + 1] = { "owned", email_key(write.name) }
  found[#found + 1] = { "invites", email_key(write.name) }
end

more["webhooks.put"] = function(found, _, at)
  found[#found + 1] = { "projects", at.project_name }
end

local function named_by(operation, at, write)
  local body, found = write.body, {}
  if type(body) == "table" then
    found = unread.named(operation, body)
  end
  if more[operation.key] then more[operation.key](found, body, at, write) end
  return found
end

local function is_list(path)
  local operation = operations.match("GET", path)
  return operation and operation.list ~= nil
end

--- Returns the path of the thing that a write changes, or nil.
local function target_of(operation, at, path)
  if operation.key == "tokens.revoke" then return path end
  return change.target(operation, at)
end

--- Operations that change parts of a thing, and leave the others.
local PARTIAL <const> = {
  ["organization.patch"] = extents.of_body,
  ["payment_methods.patch"] = extents.of_entries,
  ["profile.patch"] = extents.of_body, ["projects.patch"] = extents.of_body,
  ["teams.patch"] = extents.of_entries,
}

local function add_target(self, i, operation, target, body)
  if not target then return end
  if is_list(target) then return add(self.lists, target, i) end
  add(self.targets, target, i)
  local extent_of = PARTIAL[operation.key]
  local extent = extent_of and type(body) == "table" and extent_of(body)
  self.extents[target] = extents.join(self.extents[target], extent or true)
end

local function add_write(self, i, write, path)
  local operation, at = operations.match(write.method, path)
  if not operation then return end
  add_target(self, i, operation, target_of(operation, at, path), write.body)
  local comment = operation.key == "invites.create"
    and dig(write.body, "spec", "comment")
  if type(comment) == "string" then add(self.comments, comment, i) end
  for _, pair in ipairs(named_by(operation, at, write)) do
    local kind, value = pair[1], pair[2]
    if type(value) == "string" then
      self.named[kind] = self.named[kind] or {}
      add(self.named[kind], value, i)
    end
  end
end

--- Returns the invites whose text has the name of the organization.
local function greeting(self, thing)
  if thing.kind ~= "organization" or thing.name == "" then return nil end
  for text, by in pairs(self.comments) do
    if text:find(thing.name, 1, true) then return by end
  end
end

--- The scope that each new project comes into, as whoever grants it means.
local GROWING <const> = "allProjectsScope"

--- Returns how much of a thing counts for a write that names it.
local function extent_of_name(kind, value)
  if kind == "members" then return { "/spec/members/" .. value } end
  if kind == "scopes" and value ~= GROWING then return { "/spec/resources" } end
  return WHOLE[kind] or json.array {}
end

--- Tells whether writes rest on a thing.
---@param thing mkio.plan.Thing
---@return integer[]? by     the writes, by their place; nil if none does
---@return mkio.plan.Extent? extent   how much of it counts
function Rests:on(thing)
  local by, extent = self.targets[thing.path], self.extents[thing.path]
  local list = not thing.is_login
    and self.lists[thing.path:match "^(.*)/[^/]*$"]
  if list then by, extent = by or list, true end
  for _, key in ipairs(thing.keys) do
    local kind, value = key[1], key[2]
    local found = value and dig(self.named, kind, value)
    if found then
      by = by or found
      extent = extents.join(extent, extent_of_name(kind, value))
    end
  end
  if by then return by, extent end
  by = greeting(self, thing)
  return by, by and json.array {}
end

--- Tells whether a thing may come into a list on which writes would rest.
---@param path string      of the list
---@param kinds string[]   by which writes name its things
---@return boolean
function Rests:watch(path, kinds)
  for _, kind in ipairs(kinds) do
    if self.named[kind] then return true end
  end
  return self.lists[path] ~= nil
end

local M = {}

--- Collects what writes rest on.
---@param writes {method: string, url: string, body: any, name: string}[]
---@param base string   URL of the API
---@return mkio.plan.Rests
function M.new(writes, base)
  local self = setmetatable({ named = {}, targets = {}, extents = {},
    lists = {}, comments = {} }, Rests)
  for i, write in ipairs(writes) do
    local path = write.url:sub(#base + 1):gsub("[?#].*", "")
    add_write(self, i, write, path)
  end
  return self
end

return M
