--- Finds what an array of the state holds without looking at each element.
---
--- An array is read once for each key that is asked for; elements that are
--- added at its end later are read then.  What is removed stays in a large
--- array until half of it is gone, or until somebody asks for all of it by
--- `whole`: removing n elements one by one takes n steps, not n * n.
---
--- So that the places of elements hold, nobody else removes one, and the value
--- by which an element is found does not change.
-- SPDX-License-Identifier: MIT

local M = {}

---@alias mkio.sandbox.Key string|fun(item: any): any  a field, or what makes
---                                the value that an element is found by

--- The key of arrays of strings.
function M.itself(item) return item end

--- An array of no more elements is looked through, and closed up at once.
local FEW <const> = 16

---@class mkio.sandbox.Note
---@field maps table<mkio.sandbox.Key, table>  places by value
---@field gone table<integer, true>  places of what is removed
---@field lost integer               how many these are

---@type table<table, mkio.sandbox.Note>
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

--- The places by the values of `key`, with what was added since.
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

--- The first place, or the last one, of several that is not gone.
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

--- The first element whose `key` is `value`, and its place.
---@param items any[]
---@param key mkio.sandbox.Key
---@param value any
---@return any? item
---@return integer? place
function M.find(items, key, value) return find(items, key, value, false) end

--- The last one.
---@param items any[]
---@param key mkio.sandbox.Key
---@param value any
---@return any? item
---@return integer? place
function M.find_last(items, key, value)
  return find(items, key, value, true)
end

--- Keep, in place, what `wanted(item, place)` says yes to.
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

--- The array with nothing in it that is removed.
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

--- Remove what `find` found.
---@param items any[]
---@param place integer
function M.remove(items, place)
  local note = note_of(items)
  note.gone[place], note.lost = true, note.lost + 1
  if #items <= FEW or note.lost * 2 > #items then M.whole(items) end
end

return M
