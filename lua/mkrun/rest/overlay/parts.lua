--- Finds, in the answers of reads, what a plan rests on, for `--apply` to read
--- again.  These are methods of `mkrun.rest.overlay`.
---
--- Of a thing count the members that its writes can set: a server may show what
--- changes by itself, such as the number of messages in a queue.
-- SPDX-License-Identifier: MIT

local bodies = require "mkrun.rest.declare.body"
local changes = require "mkrun.rest.overlay.change"
local documents = require "mkrun.rest.overlay.documents"
local effect = require "mkrun.rest.overlay.effect"
local json = require "mkrun.json"
local meaning = require "mkrun.rest.meaning"
local pages = require "mkrun.rest.overlay.pages"
local patch = require "mkrun.patch"
local requests = require "mkrun.layer.request"
local sys = require "mkrun.sys"

local M = {}

--- Returns the list members that items inside a document make up: of the
--- resources that write into documents of this path.
local function inner_lists(overlay, path)
  local names = {}
  for _, resource in pairs(overlay.provider.resources) do
    for _, operation in pairs(resource.inside and resource.verbs or {}) do
      local m = operation.path == path and operation.inside
      if m then names[m] = resource end
    end
  end
  return names
end

--- Returns what of a document counts for a plan.
local function essence_of(overlay, resource, document)
  if type(document) ~= "table" then return document end
  local shape, copy = changes.shape_of(resource), patch.copy(document)
  local counted = shape.kind == "object" and bodies.reduce(shape, copy) or copy
  if counted ~= copy then
    for name in pairs(inner_lists(overlay, resource.path)) do
      counted[name] = copy[name]
    end
    for _, key in ipairs(resource.keys) do
      local place = resource.members[key]
      local member = meaning.member(copy, place)
      if member ~= nil then effect.put(counted, place, member) end
    end
  end
  for _, place in ipairs(resource.ignore) do effect.put(counted, place, nil) end
  return changes.shown(resource, counted)
end

local function encoded(document)
  return assert(json.encode(document, { sort = true }))
end

local function pick_of(overlay, resource, name, document)
  local pick = { kind = resource.kind, name = name, digest = false }
  if document ~= nil then
    pick.was = essence_of(overlay, resource, document)
    pick.digest = sys.sha256(encoded(pick.was))
  end
  return pick
end

local function decoded(response)
  return response.status == 200 and json.decode(response.body) or nil
end

--- Returns what a read means, and its document or items.
local function taken_apart(self, request, response)
  local path = self:path(request)
  local m = self:reading(path)
  if not m then return nil end
  local document = decoded(response)
  if m.act == "list" then
    return m, document and meaning.items(nil, m.operation, document), path
  end
  return m, document, path
end

local function name_of(resource, at)
  local words = {}
  for i, key in ipairs(resource.keys) do words[i] = at[key] end
  return table.concat(words, "/")
end

--- Returns the part of an answer that a plan depends on, as text; nil if no
--- plan depends on this answer.
---@param self mkrun.rest.Overlay
---@param request table
---@param response table
---@return string?
function M.essence(self, request, response)
  local m, found = taken_apart(self, request, response)
  if not m then return nil end
  if found == nil then return tostring(response.status) end
  if m.act == "read" then
    return encoded(essence_of(self, m.resource, found))
  end
  local list = json.array {}
  for i, item in ipairs(found) do
    list[i] = essence_of(self, m.resource, item)
  end
  return encoded(list)
end

--- Returns nil: an item of a list may have less than the thing itself.
---@return nil
function M.covered_by() return nil end

--- Returns the URLs of the items of a list, as a set; nil for another answer.
---@param self mkrun.rest.Overlay
---@param request table
---@param response table
---@return table<string, true>?
function M.items(self, request, response)
  local m, found = taken_apart(self, request, response)
  if not m or m.act ~= "list" or not found then return nil end
  local urls = {}
  for _, item in ipairs(found) do
    local path = documents.path_of(m.resource, item, m.at)
    if path then urls[self.base .. path] = true end
  end
  return urls
end

---@class mkrun.rest.Rests   what planned writes rest on
---@field targets table<string, integer[]>   path -> writes, by their place
---@field made {resource: mkrun.rest.DeclaredResource, body: any, by: integer}[]
---@field lists table<string, true>          paths of lists that get items

local function add(map, key, i)
  map[key] = map[key] or {}
  table.insert(map[key], i)
end

--- Collects what planned writes rest on.
---@param self mkrun.rest.Overlay
---@param writes {method: string, url: string, body: any}[]
---@return mkrun.rest.Rests
function M.rests(self, writes)
  local rests = { targets = {}, made = {}, lists = {} }
  for i, write in ipairs(writes) do
    local path = self:path(write)
    local m = meaning.of(self.provider, write.method, path, write.body)
    if m and m.act == "make" then
      table.insert(rests.made,
        { resource = m.resource, body = write.body, by = i })
    elseif m then
      add(rests.targets, path, i)
    end
    if m and m.collection then rests.lists[m.collection] = true end
  end
  return rests
end

--- Tells whether an item is what a POST of the plan is to make.
---@param made {resource: mkrun.rest.DeclaredResource, body: any}
---@param resource mkrun.rest.DeclaredResource   of the item
---@param item any
---@return boolean
function M.is_same_thing(made, resource, item)
  if made.resource ~= resource then return false end
  for _, place in ipairs(resource.identify or { "name" }) do
    local wanted = meaning.member(made.body, place)
    local found = meaning.member(item, place)
    if wanted == nil or not patch.equal(wanted, found) then return false end
  end
  return true
end

--- Returns the writes that rest on an item, or nil.
local function writes_on(rests, resource, path, item)
  local by = rests.targets[path]
  for _, made in ipairs(rests.made) do
    if M.is_same_thing(made, resource, item) then
      by = table.move(by or {}, 1, by and #by or 0, 1, {})
      table.insert(by, made.by)
    end
  end
  return by
end

local function item_path(m, item)
  return documents.path_of(m.resource, item, m.at)
end

local function item_name(m, item)
  local _, at = item_path(m, item)
  for _, place in ipairs(m.resource.identify or {}) do
    local member = meaning.member(item, place)
    if type(member) == "string" then return member end
  end
  return at and name_of(m.resource, at) or "?"
end

local function picks_of_list(self, request, m, items, rests, also)
  local picks = {}
  local is_all = also[request.url:match "^[^?#]*"]
  for _, item in ipairs(items) do
    local path = item_path(m, item)
    local by = path and writes_on(rests, m.resource, path, item)
    if path and (by or is_all or also[self.base .. path]) then
      local pick = pick_of(self, m.resource, item_name(m, item), item)
      pick.by = by
      picks[self.base .. path] = pick
    end
  end
  return picks
end

--- Returns those things in the answer to a read that a plan rests on, by their
--- URL.  Returns nil if the answer counts as a whole.
---@param self mkrun.rest.Overlay
---@param request table
---@param response table
---@param rests mkrun.rest.Rests
---@param also table<string, any>   URLs of things and lists that count, too
---@return table<string, table>?
function M.picked(self, request, response, rests, also)
  local m, found, path = taken_apart(self, request, response)
  if not m or found == nil and not self.provider.is_absent(response) then
    return nil
  end
  if m.act == "list" then
    if not m.resource.path or m.resource.inside then return nil end
    return picks_of_list(self, request, m, found or {}, rests, also)
  end
  local pick = pick_of(self, m.resource, m.name, found)
  pick.by = rests.targets[path]
  return { [self.base .. path] = pick }
end

--- Tells whether a plan rests on a list even where it rests on nothing in it:
--- something may come.
---@param self mkrun.rest.Overlay
---@param request table
---@param rests mkrun.rest.Rests
---@return boolean
function M.watches(self, request, rests)
  return rests.lists[self:path(request)] == true
end

--- Returns a text that is the same for all pages of a list that are asked for
--- by a number.  Returns nil for another read.
---@param self mkrun.rest.Overlay
---@param request table
---@return string?
function M.numbered(self, request)
  local m = self:reading(self:path(request))
  local rule = m and m.act == "list" and m.operation.pages
  if not rule or not pages.is_numbered(rule) then return nil end
  return requests.key(pages.first(request, rule))
end

--- Returns the request for the next page of a list, or nil.
---@param self mkrun.rest.Overlay
---@param request table
---@param response table
---@return table?
function M.next_page(self, request, response)
  return pages.next(self, request, response)
end

return M
