--- Applies planned changes to a document from the API.  The changes are the
--- difference between the model's answers without and with the plan.
--- `mkio.plan.overlay` calls this module.
---
--- Where the two answers of the model are equal, the API's document is not
--- changed.  So members that the model does not know are kept, and the order of
--- lists is kept.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local patch = require "mkrun.patch"

local dig = require "mkrun.value".dig

local M = {}

local function is_object(value)
  return type(value) == "table" and not json.is_array(value)
end

--- Returns the key of an element of a list: the element itself if it is a text,
--- or its id.
local function key_of(item)
  if type(item) == "string" then return item end
  if not is_object(item) then return nil end
  local metadata = is_object(item.metadata) and item.metadata or item
  return type(metadata.id) == "string" and metadata.id or nil
end

local function by_key(list)
  local map = {}
  for _, item in ipairs(list) do
    local key = key_of(item)
    if not key then return nil end
    map[key] = item
  end
  return map
end

local merge

local FIRST <const>, LAST <const> = {}, {}

--- Groups the new elements by the key of the element before them.  The group of
--- elements at the start of a page is FIRST.  The group is LAST if the element
--- before is on another page, or if the order does not matter.
local function new_items(planned, before, there, is_page)
  local places, place = {}, is_page and FIRST or LAST
  for _, item in ipairs(planned) do
    local key = key_of(item)
    if there[key] or before[key] then
      place = is_page and there[key] and key or LAST
    else
      places[place] = places[place] or {}
      table.insert(places[place], item)
    end
  end
  return places
end

--- Merges lists whose elements have keys.  If `page` is "open", a next page
--- follows, so nothing is added.
local function merge_lists(live, base, planned, page)
  local before, after, there = by_key(base), by_key(planned), by_key(live)
  if not (before and after and there) then return planned end
  local new = page == "open" and {}
    or new_items(planned, before, there, page ~= nil)
  local out = json.array {}
  local function add(items)
    for _, item in ipairs(items or {}) do out[#out + 1] = item end
  end
  add(new[FIRST])
  for _, item in ipairs(live) do
    local key = key_of(item)
    if after[key] then
      out[#out + 1] = merge(item, before[key] or after[key], after[key])
    elseif not before[key] then
      out[#out + 1] = item
    end
    add(new[key])
  end
  add(new[LAST])
  return out
end

local function merge_objects(live, base, planned)
  local out = json.object {}
  for name, member in pairs(live) do out[name] = member end
  for name in pairs(base) do
    if planned[name] == nil then out[name] = nil end
  end
  for name, member in pairs(planned) do
    out[name] = merge(live[name], base[name], member)
  end
  return out
end

function merge(live, base, planned)
  if patch.equal(base, planned) then return live end
  if live == nil or base == nil then return planned end
  if is_object(live) and is_object(base) and is_object(planned) then
    return merge_objects(live, base, planned)
  elseif json.is_array(live) and json.is_array(base)
    and json.is_array(planned) then
    return merge_lists(live, base, planned)
  end
  return planned
end

--- Returns a copy of `live` with the planned changes.
---@param live any      the API's answer
---@param base any      the model's answer without the plan
---@param planned any   the model's answer with the plan
---@return any
function M.documents(live, base, planned)
  return merge(live, base, planned)
end

--- Returns the numbers of a page after `here` elements were added to the page
--- and `all` elements were added to the whole list.
local function counted(supplemental, here, all)
  local function add(object, name, n)
    if type(object) == "table" and math.type(object[name]) then
      object[name] = object[name] + n
    end
  end
  local out = assert(json.decode(json.encode(supplemental)))
  add(out, "count", here)
  add(out.pagination, "end", here)
  add(out.pagination, "records", here)
  add(out.pagination, "total", all)
  return out
end

--- Returns one page of a list with the planned changes.  New elements go to the
--- last page, in the order of the planned list.
---@param live table      the page from the API
---@param base table      the model's whole list without the plan
---@param planned table   the model's whole list with the plan
---@param is_last boolean  true if this is the last page
---@return table
function M.page(live, base, planned, is_last)
  local out = json.object {}
  for name, member in pairs(live) do out[name] = member end
  out.value = merge_lists(live.value, base.value, planned.value,
    is_last and "last" or "open")
  if is_object(live.supplemental) then
    out.supplemental = counted(live.supplemental, #out.value - #live.value,
      #planned.value - #base.value)
  end
  return out
end

--- Returns the item of a list that the path of an operation names by its last
--- part.
---@param document any   the decoded list
---@param operation mkrun.rest.Operation   reads one thing
---@param name string    the name or the id of the thing
---@return table? item
function M.item(document, operation, name)
  local key = operation.path:find "_name}$" and "name" or "id"
  for _, item in ipairs(dig(document, "value") or {}) do
    if dig(item, "metadata", key) == name then return item end
  end
end

return M
