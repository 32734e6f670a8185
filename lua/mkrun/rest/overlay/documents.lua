--- Keeps the documents that planned writes have changed, by their paths.
--- `mkrun.rest.overlay` has one set for each provider.
-- SPDX-License-Identifier: MIT

local made_id = require "mkrun.plan.made_id"
local meaning = require "mkrun.rest.meaning"

local M = {}

---@class mkrun.rest.PlannedDocument
---@field path string     path of the document: what GET of it gives
---@field resource mkrun.rest.DeclaredResource
---@field at table<string, string>   decoded parameters of its path
---@field before? any     what the API has; nil: nothing
---@field after? any      what it would have; nil: nothing

---@class mkrun.rest.Documents
---@field by_path table<string, mkrun.rest.PlannedDocument>
---@field list mkrun.rest.PlannedDocument[]   in the order of the first writes
---@field made table<string, true|"any">   ids that the plan made up
local Documents = {}
Documents.__index = Documents

--- Returns the planned document of a path.
---@param path string
---@return mkrun.rest.PlannedDocument?
function Documents:get(path) return self.by_path[path] end

--- Notes what a document would be after a write.
---@param path string
---@param resource mkrun.rest.DeclaredResource
---@param at table<string, string>
---@param before any   what the API has, if this is its first write
---@param after any
function Documents:set(path, resource, at, before, after)
  local known = self.by_path[path]
  if not known then
    known = { path = path, resource = resource, at = at, before = before }
    self.by_path[path] = known
    self.list[#self.list + 1] = known
  end
  known.after = after
end

--- Tells whether a path leads below a document that the API does not have, or
--- would have no more.
local function is_below_new(self, path)
  local above = path:match "^(.+)/[^/]*$"
  while above do
    local known = self.by_path[above]
    if known and (known.before == nil or known.after == nil) then
      return true
    end
    above = above:match "^(.+)/[^/]*$"
  end
  return false
end

--- Tells whether nothing can be at a path but what the plan puts there, because
--- the path needs something that only the plan makes.
---@param path string
---@return boolean
function Documents:is_new_place(path)
  if not self.list[1] then return false end
  return made_id.is_in(path, self.made) or is_below_new(self, path)
end

--- Tells whether parameters name a thing: one of them names its last key, and
--- all that both have are the same.  A queue in one virtual host is not the
--- queue of that name in another.
local function names_it(at, thing)
  local keys, is_named = thing.resource.keys, false
  local last = keys[#keys]
  for name, key in pairs(at) do
    if meaning.is_named(thing.resource, name) and key == thing.at[last] then
      is_named = true
    elseif name ~= last and thing.at[name] and thing.at[name] ~= key then
      return false
    end
  end
  return is_named
end

--- Tells whether a thing goes with another one that is removed: it is below it,
--- or a parameter of its path names it.
---@param thing {path: string, resource: table, at: table}
---@param removed {path: string, resource: table, at: table}
---@return boolean
function M.goes_with(thing, removed)
  local start = removed.path .. "/"
  if thing.path:sub(1, #start) == start then return true end
  return thing.resource ~= removed.resource and names_it(thing.at, removed)
end

--- Notes that what goes with a removed document is gone, too.
---@param path string   of the removed document
---@return string[] paths   of what went
function Documents:sweep(path)
  local removed, paths = self.by_path[path], {}
  for _, known in ipairs(self.list) do
    if known.after ~= nil and M.goes_with(known, removed) then
      known.after, paths[#paths + 1] = nil, known.path
    end
  end
  return paths
end

--- Tells whether parameters name a planned document of another resource for
--- which `is_so` is true.
local function has_parent(self, resource, at, is_so)
  for _, known in ipairs(self.list) do
    if known.resource ~= resource and is_so(known) and names_it(at, known) then
      return true
    end
  end
  return false
end

local function is_new(known)
  return known.before == nil and known.after ~= nil
end

local function is_gone(known) return known.after == nil end

--- Tells whether parameters name a thing of another resource that is new in
--- this plan.
---@param resource mkrun.rest.DeclaredResource
---@param at table<string, string>
---@return boolean
function Documents:has_new_parent(resource, at)
  return has_parent(self, resource, at, is_new)
end

--- Tells whether parameters name a thing of another resource that this plan
--- removes.
---@param resource mkrun.rest.DeclaredResource
---@param at table<string, string>
---@return boolean
function Documents:has_gone_parent(resource, at)
  return has_parent(self, resource, at, is_gone)
end

--- Tells whether this plan removes anything.
---@return boolean
function Documents:has_gone()
  for _, known in ipairs(self.list) do
    if is_gone(known) then return true end
  end
  return false
end

--- Returns the planned documents that belong to a list.
---@param resource mkrun.rest.DeclaredResource
---@param at table<string, string>   parameters of the list's path
---@return mkrun.rest.PlannedDocument[]
function Documents:of_list(resource, at)
  local found = {}
  for _, known in ipairs(self.list) do
    local belongs = known.resource == resource
    for name, key in pairs(belongs and at or {}) do
      belongs = belongs and known.at[name] == key
    end
    if belongs then found[#found + 1] = known end
  end
  return found
end

--- Returns the path of an item of a list.
---@param resource mkrun.rest.DeclaredResource
---@param item any
---@param at table<string, string>   parameters of the list's path
---@return string? path   nil if it cannot be known
---@return table<string, string>? at
function M.path_of(resource, item, at)
  if type(item) ~= "table" or not resource.path or resource.inside then
    return nil
  end
  local own = meaning.at_of(resource, item, at)
  if not own then return nil end
  return M.expand(resource, own), own
end

--- Returns the path of an item.
---@param resource mkrun.rest.DeclaredResource
---@param at table<string, string>
---@return string?
function M.expand(resource, at)
  if not resource.path then return nil end
  return meaning.path({ path = resource.path, parameters = resource.keys }, at)
end

--- Makes an empty set.
---@param made table<string, true|"any">
---@return mkrun.rest.Documents
function M.new(made)
  return setmetatable({ by_path = {}, list = {}, made = made }, Documents)
end

return M
