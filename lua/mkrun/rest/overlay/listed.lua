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
local function items_after(own, m, items, planned, is_last)
  local by_path, list, seen = {}, json.array {}, {}
  for _, known in ipairs(planned) do by_path[known.path] = known end
  for _, item in ipairs(items) do
    local path, at = documents.path_of(m.resource, item, m.at)
    local known = by_path[path]
    if known then seen[known] = true end
    local is_gone = at and own:has_gone_parent(m.resource, at)
    if not known and not is_gone then
      list[#list + 1] = item
    elseif known and not is_gone and known.after ~= nil then
      list[#list + 1] = changed_item(item, known)
    end
  end
  for _, known in ipairs(is_last and planned or {}) do
    local is_new = known.before == nil and known.after ~= nil
      and not own:has_gone_parent(m.resource, known.at)
    if is_new and not seen[known] then list[#list + 1] = known.after end
  end
  return list
end

--- Returns an answer with other items, of which there are `total` on all pages
--- (default: as many more or less as on this one).
local function with_items(m, response, document, list, total)
  local rule = m.operation.pages
  if not rule.items then return answers.with(response, list) end
  local count = rule.total and meaning.member(document, rule.total)
  if math.type(count) == "integer" then
    local items = meaning.items(nil, m.operation, document)
    effect.put(document, rule.total, total or count + #list - #items)
  end
  effect.put(document, rule.items, list)
  return answers.with(response, document)
end

--- Reads all items of the list that a request asks for a page of.
---@param overlay mkrun.rest.Overlay
---@param request table
---@param m mkrun.rest.Meaning   of the list
---@return table[]
function M.all(overlay, request, m)
  local rule = m.operation.pages
  local page = pages.is_numbered(rule) and pages.first(request, rule)
    or request
  local all, seen = {}, {}
  while page and not seen[requests.key(page)] do
    seen[requests.key(page)] = true
    local response = overlay:hydrate(page)
    local document = response.status == 200 and json.decode(response.body)
    local items = document and meaning.items(nil, m.operation, document) or {}
    table.move(items, 1, #items, #all + 1, all)
    page = pages.next(overlay, page, response)
  end
  return all
end

--- Returns the page that a request asks for by its number.  The planned changes
--- move items from one page to another.
local function numbered(own, request, m, planned, items)
  local rule = m.operation.pages
  local whole = items_after(own, m, items, planned, true)
  local start = pages.start(request, rule)
  local size = pages.size(request, rule) or #whole
  local list = json.array(start < #whole and table.move(whole, start + 1,
    math.min(start + size, #whole), 1, {}) or {})
  return list, #whole
end

--- Asks for a list; of what is new with this plan, nothing is asked for.
---@return table? response
---@return string|true|nil message   true: the list has nothing yet
---@return string? code
local function asked(overlay, request, m, path, live)
  if overlay.is_alone or overlay.documents:is_new_place(path) then
    return empty(m), true
  end
  local response, message, code = live(request)
  local is_new = response and response.status == 404
    and overlay.documents:has_new_parent(m.resource, m.at)
  if is_new then return empty(m), true end
  return response, message, code
end

--- Asks for the first page in place of one after the last, of which the server
--- says 404: with the planned changes, the list may have that page.
local function instead(overlay, request, m, response)
  local rule = m.operation.pages
  local is_after = response.status == 404 and pages.is_numbered(rule)
    and pages.start(request, rule) > 0
  return is_after and overlay:hydrate(pages.first(request, rule)) or response
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
  local response, message, code = asked(overlay, request, m, path, live)
  if not response then return nil, message, code end
  if planned[1] then response = instead(overlay, request, m, response) end
  local document = response.status == 200 and json.decode(response.body)
  local items = document and meaning.items(nil, m.operation, document)
  local is_same = not planned[1] and not own:has_gone()
  if not items or is_same then return response end
  if pages.is_numbered(m.operation.pages) then
    local is_new = message == true
    return with_items(m, response, document, numbered(own, request, m, planned,
      is_new and items or M.all(overlay, request, m)))
  end
  local is_last = pages.next(overlay, request, response) == nil
  return with_items(m, response, document,
    items_after(own, m, items, planned, is_last))
end

--- Finds what is at a path in the list of the API.
---@param overlay mkrun.rest.Overlay
---@param request table   has the token
---@param m mkrun.rest.Meaning
---@param path string
---@return table? item
function M.find(overlay, request, m, path)
  local listing = overlay:reading(m.collection)
  if not listing then return nil end
  local page = overlay:reading_of(request, m.collection)
  for _, item in ipairs(M.all(overlay, page, listing)) do
    if documents.path_of(m.resource, item, m.at) == path then return item end
  end
end

return M
