--- Finds elements in the state's arrays without a scan.  `mkio.model.list`,
--- `world`, `roster`, `invitations` and `departure` call this module.
---
--- The first search by a key builds an index of the array for this key.  Later
--- searches add the elements that were appended meanwhile.  An element that is
--- removed from a large array stays in the array until more than half of the
--- elements are removed, or until `whole` is called.  So the removal of n
--- elements takes n steps, not n * n.
---
--- The index stores places, so only this module may remove elements, and an
--- element's key value must not change.
-- SPDX-License-Identifier: MIT

local M = {}

---@alias mkio.model.Key string|fun(item: any): any  the name of a field, or a
---  function that returns an item's key value

--- A key function for arrays of strings: returns the element itself.
---@param item any
---@return any
function M.itself(item) return item end

--- The largest number of elements for which an array is scanned instead of
--- indexed.  Such an array also closes the gap of a removed element at once.
local FEW <const> = 16

---@class mkio.model.Note
---@field maps table<mkio.model.Key, table>  for each key, places by key value
---@field gone table<integer, true>  the places of removed elements
---@field lost integer               the number of removed elements

---@type table<table, mkio.model.Note>
local notes = setmetatable({}, { __mode = "k" })

local function note_of(items)
  local note = notes[items]
  if not note then
    note = { maps = {}, gone = {}, lost = 0 }
    notes[items] = note
  end
  return note
end

local function value_of(item, key)
  if type(key) == "string" then return item[key] end
  return key(item)
end

local function is_at(items, place, key, value)
  local item = items[place]
  return item ~= nil and value_of(item, key) == value
end

local function add_place(places, value, place)
  local before = places[value]
  if before == nil then
    places[value] = place
  elseif type(before) == "table" then
    before[#before + 1] = place
  else
    places[value] = { before, place }
  end
end

--- Returns a map from each value of `key` to the places of its elements.  First
--- adds to the map the elements that were appended since the last call.
local function places_by(items, note, key)
  local map, count = note.maps[key], #items
  if not map or map.count > count then
    map = { count = 0, places = {} }
    note.maps[key] = map
  end
  for place = map.count + 1, count do
    local value = value_of(items[place], key)
    if value ~= nil then add_place(map.places, value, place) end
  end
  map.count = count
  return map.places
end

--- Returns the first place in `list` whose element is not removed, or the last
--- such place if `is_last` is true.  Drops the places of removed elements.
local function choose(list, gone, is_last)
  while list[1] do
    local i = is_last and #list or 1
    if not gone[list[i]] then return list[i] end
    table.remove(list, i)
  end
end

local function look(items, key, value, is_last)
  local from, to, step = 1, #items, 1
  if is_last then from, to, step = to, from, -1 end
  for place = from, to, step do
    if is_at(items, place, key, value) then return items[place], place end
  end
end

local function find(items, key, value, is_last)
  if value == nil then return nil end
  local note = notes[items]
  if #items <= FEW and not (note and note.lost > 0) then
    return look(items, key, value, is_last)
  end
  note = note_of(items)
  local place = places_by(items, note, key)[value]
  if type(place) == "table" then place = choose(place, note.gone, is_last) end
  if not place or note.gone[place] then return nil end
  return items[place], place
end

--- Finds the first element whose key value is `value`.
---@param items any[]
---@param key mkio.model.Key
---@param value any
---@return any? item
---@return integer? place
function M.find(items, key, value) return find(items, key, value, false) end

--- Finds the last element whose key value is `value`.
---@param items any[]
---@param key mkio.model.Key
---@param value any
---@return any? item
---@return integer? place
function M.find_last(items, key, value)
  return find(items, key, value, true)
end

--- Removes from the array all elements except those for which
--- `wanted(item, place)` is true.
---@param items any[]
---@param wanted fun(item: any, place: integer): boolean?
function M.keep(items, wanted)
  local count, kept = #items, 0
  for place = 1, count do
    local item = items[place]
    if wanted(item, place) then
      kept = kept + 1
      items[kept] = item
    end
  end
  for place = kept + 1, count do items[place] = nil end
  notes[items] = nil
end

--- Closes the gaps that removed elements left in the array.  Returns the array.
---@param items any[]
---@return any[] items
function M.whole(items)
  local note = notes[items]
  if note and note.lost > 0 then
    local gone = note.gone
    M.keep(items, function(_, place) return not gone[place] end)
  end
  return items
end

--- Removes the element at a place that `find` or `find_last` returned.
---@param items any[]
---@param place integer
function M.remove(items, place)
  local note = note_of(items)
  note.gone[place], note.lost = true, note.lost + 1
  if #items <= FEW or note.lost * 2 > #items then M.whole(items) end
end

return M
