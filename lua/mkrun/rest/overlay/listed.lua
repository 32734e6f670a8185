--- Puts planned changes onto the answers of lists, and finds things in lists.
--- `mkrun.rest.overlay` calls this module.
-- SPDX-License-Identifier: MIT

local answers = require "mkrun.rest.overlay.answer"
local documents = require "mkrun.rest.overlay.documents"
local effect = require "mkrun.rest.overlay.effect"
local json = require "mkrun.json"
local meaning = require "mkrun.rest.meaning"
local pages = require "mkrun.rest.overlay.pages"
local patch = require "mkrun.patch"
local requests = require "mkrun.layer.request"

local M = {}

--- Returns the answer of a list that has nothing.
local function empty(m)
  local member, list = m.operation.pages.items, json.array {}
  if not member then return answers.of(200, list) end
  local document = json.object {}
  effect.put(document, member, list)
  return answers.of(200, document)
end

--- Returns an item as a list shows it after a write: with the members that the
--- write changed.
local function changed_item(item, known)
  local before, after = known.before, known.after
  if type(before) ~= "table" or type(after) ~= "table" then return after end
  local copy = patch.copy(item)
  for name, value in pairs(after) do
    if not patch.equal(value, before[name]) then copy[name] = value end
  end
  for name in pairs(before) do
    if after[name] == nil then copy[name] = nil end
  end
  return copy
end

--- Returns the items of a page after the planned writes.
local function items_after(m, items, planned, is_last)
  local by_path, list, seen = {}, json.array {}, {}
  for _, known in ipairs(planned) do by_path[known.path] = known end
  for _, item in ipairs(items) do
    local known = by_path[documents.path_of(m.resource, item, m.at)]
    if known then seen[known] = true end
    if not known then
      list[#list + 1] = item
    elseif known.after ~= nil then
      list[#list + 1] = changed_item(item, known)
    end
  end
  for _, known in ipairs(is_last and planned or {}) do
    local is_new = known.before == nil and known.after ~= nil
    if is_new and not seen[known] then list[#list + 1] = known.after end
  end
  return list
end

--- Returns an answer with other items.
local function with_items(m, response, document, list)
  local member = m.operation.pages.items
  if not member then return answers.with(response, list) end
  local total, items = m.operation.pages.total, meaning.items(nil, m.operation,
    document)
  local count = total and meaning.member(document, total)
  if math.type(count) == "integer" then
    effect.put(document, total, count + #list - #items)
  end
  effect.put(document, member, list)
  return answers.with(response, document)
end

--- Answers a list.
---@param overlay mkrun.rest.Overlay
---@param request table
---@param m mkrun.rest.Meaning
---@param path string
---@param live function   asks the API
---@return table? response
---@return string? message
---@return string? code
function M.answer(overlay, request, m, path, live)
  local own = overlay.documents
  local planned = own:of_list(m.resource, m.at)
  local response, message, code
  if overlay.is_alone or own:is_new_place(path) then
    response = empty(m)
  else
    response, message, code = live(request)
  end
  if not response then return nil, message, code end
  if response.status == 404 and own:has_new_parent(m.at) then
    response = empty(m)
  end
  local document = response.status == 200 and json.decode(response.body)
  local items = document and meaning.items(nil, m.operation, document)
  if not items or not planned[1] then return response end
  local is_last = pages.next(overlay, request, response) == nil
  return with_items(m, response, document,
    items_after(m, items, planned, is_last))
end

--- Finds what is at a path in the list of the API.
---@param overlay mkrun.rest.Overlay
---@param request table   has the token
---@param m mkrun.rest.Meaning
---@param path string
---@return table? item
function M.find(overlay, request, m, path)
  local page = overlay:reading_of(request, m.collection)
  local listing, seen = overlay:reading(m.collection), {}
  while listing and page and not seen[requests.key(page)] do
    seen[requests.key(page)] = true
    local response = overlay:hydrate(page)
    local document = response.status == 200 and json.decode(response.body)
    for _, item in ipairs(document
      and meaning.items(nil, listing.operation, document) or {}) do
      if documents.path_of(m.resource, item, m.at) == path then return item end
    end
    page = pages.next(overlay, page, response)
  end
end

return M
