--- Puts the new ids of things that `undo` has made again in the place of their
--- old ones, in what it sends and compares after that.
--- `mkio.flow.undo.provider` calls this module.
---
--- An id stands as a whole value or as a whole segment of a path.  A number is
--- an id only in a member or parameter that names the thing, such as
--- `artist_id`, or in one of any other name that ends in "id".
-- SPDX-License-Identifier: MIT

local alike = require "mkrun.journal.alike"
local json = require "mkrun.json"
local operations = require "mkrun.rest.operations"

---@class mkio.UndoRename
---@field api mkio.UndoApi
---@field resource string    name of the resource: "artists"
---@field kind string
---@field old string
---@field new string
---@field name string        what was made again, for people
---@field collection string  path of the list in which it is

---@class mkio.UndoRenames
---@field by_old table<string, mkio.UndoRename[]>
---@field used table<mkio.UndoRename, true>   those that were put somewhere
local Renames = {}
Renames.__index = Renames

local M = {}

local ENDS <const> = { "^[iI][dD]s?$", "[_-][iI][dD]s?$", "%f[I]I[dD]s?$" }

--- Returns a name without an "id" at its end, and true if it had that.
local function without_id(name)
  for _, pattern in ipairs(ENDS) do
    local at = name:find(pattern)
    if at then return name:sub(1, at - 1), true end
  end
  return name, false
end

--- Returns a name without what names of things differ in: "artist" of
--- "artist_id", "artistIds" and "artists".
local function stem(name)
  local bare = without_id(name):lower():gsub("[^%w]", "")
  return (bare:gsub("name$", ""):gsub("ies$", "y"):gsub("s$", ""))
end

local function is_of_other(api, name)
  for resource in pairs(api.provider.resources) do
    if stem(resource) == name then return true end
  end
  return false
end

--- Returns true if a member or parameter of this name may hold the id.
local function refers(rename, name)
  if not rename.old:find "^%d+$" then return true end
  if not name then return false end
  local own = stem(name)
  if own == stem(rename.resource) or own == stem(rename.kind) then
    return true
  end
  local _, is_id = without_id(name)
  return is_id and not is_of_other(rename.api, own)
end

--- Returns the new id of a thing, or nil.
function Renames:find(api, old, name)
  for _, rename in ipairs(self.by_old[old] or {}) do
    if rename.api == api and refers(rename, name) then
      self.used[rename] = true
      return rename.new
    end
  end
end

--- Returns a value with new ids.
---@param api mkio.UndoApi
---@param value any
---@param name? string   name of the member that has the value
---@return any
function Renames:value(api, value, name)
  if type(value) == "table" then
    local is_list = json.is_array(value)
    local copy = is_list and json.array {} or json.object {}
    for key, member in pairs(value) do
      copy[key] = self:value(api, member, is_list and name or key)
    end
    return copy
  end
  local is_id = type(value) == "string" or math.type(value) == "integer"
  local new = is_id and self:find(api, tostring(value), name)
  if not new then return value end
  return type(value) == "string" and new or math.tointeger(tonumber(new)) or new
end

--- Returns the names of the parameters of a path, by the number of the segment.
local function parameters(api, method, path)
  local meaning, names, i = api.subject.meaning(method, path), {}, 0
  for segment in (meaning and meaning.operation.path or ""):gmatch "[^/]+" do
    i = i + 1
    names[i] = segment:match "^{(.*)}$"
  end
  return names
end

function Renames:of_collection(api, old, above)
  for _, rename in ipairs(self.by_old[old] or {}) do
    if rename.api == api and rename.collection == above then
      self.used[rename] = true
      return rename.new
    end
  end
end

--- Returns a path with new ids.
---@param api mkio.UndoApi
---@param method string
---@param path string
---@return string
function Renames:path(api, method, path)
  local names, i, above, now = parameters(api, method, path), 0, "", ""
  for segment in path:gmatch "[^/]+" do
    i = i + 1
    local old = operations.unescape(segment)
    local new = self:of_collection(api, old, now)
      or self:of_collection(api, old, above)
      or names[i] and self:find(api, old, names[i])
    above = above .. "/" .. segment
    now = now .. "/" .. (new and alike.escape(new) or segment)
  end
  return now
end

--- Returns a request with new ids.
---@param api mkio.UndoApi
---@param request table   as the inverse of a write in a journal
---@return table
function Renames:request(api, request)
  if not request.path then return request end
  local copy = {}
  for name, member in pairs(request) do copy[name] = member end
  copy.path = self:path(api, request.method, request.path)
  copy.body = self:value(api, request.body)
  return copy
end

local function link_with(self, api, link)
  local copy = {}
  for name, member in pairs(link) do copy[name] = member end
  copy.before = self:value(api, link.before)
  copy.inverse = self:request(api, link.inverse)
  copy.place = link.place and self:path(api, "GET", link.place)
  copy.item = link.item and self:value(api, link.item)
  return copy
end

--- Returns a chain with new ids in all that comes back.  What its writes have
--- set stays as they set it.
---@param api mkio.UndoApi
---@param chain mkio.UndoChain
---@return mkio.UndoChain
function Renames:chain(api, chain)
  if not next(self.by_old) then return chain end
  local copy = { provider = chain.provider, links = {} }
  for i, link in ipairs(chain.links) do
    copy.links[i] = link_with(self, api, link)
  end
  copy.first, copy.last = copy.links[1], copy.links[#copy.links]
  return copy
end

--- Notes a new id.
---@param rename mkio.UndoRename
function Renames:add(rename)
  if rename.old == rename.new then return end
  self.by_old[rename.old] = self.by_old[rename.old] or {}
  table.insert(self.by_old[rename.old], 1, rename)
end

--- Returns the things whose new ids a chain has, for people.
---@param api mkio.UndoApi
---@param chain mkio.UndoChain
---@return string[]
function Renames:named(api, chain)
  self.used = {}
  self:chain(api, chain)
  local names = {}
  for rename in pairs(self.used) do
    names[#names + 1] = rename.kind .. " " .. rename.name
  end
  table.sort(names)
  return names
end

--- Makes an empty list of renames.
---@return mkio.UndoRenames
function M.new() return setmetatable({ by_old = {}, used = {} }, Renames) end

return M
