--- Describes a planned write for people, with every secret hidden.
--- `mkrun.rest.overlay` calls this module.
-- SPDX-License-Identifier: MIT

local bodies = require "mkrun.rest.declare.body"
local effect = require "mkrun.rest.overlay.effect"
local json = require "mkrun.json"
local meaning = require "mkrun.rest.meaning"
local scrub = require "mkrun.journal.scrub"
local shapes = require "mkrun.rest.generic.shapes"

local M = {}

local hide

local function hide_object(shape, value)
  local copy = json.object {}
  for name, inner in pairs(value) do
    local field = shape.fields and shape.fields[name]
    if field then
      copy[name] = hide(field, inner)
    else
      copy[name] = scrub.texts({ [name] = inner })[name]
    end
  end
  return copy
end

--- Copies a value of a shape and hides its secrets: those that are declared,
--- and whatever looks like one in a member that is not declared.
function hide(shape, value)
  if shape.kind == "secret" and value ~= json.null then return scrub.word end
  if type(value) ~= "table" then return scrub.texts(value) end
  if shape.kind == "object" then return hide_object(shape, value) end
  local inner = shape.kind == "array" and shape.item
    or shape.kind == "map" and bodies.has_secret(shape.value) and shape.value
  if not inner then return scrub.texts(value) end
  local copy = json.is_array(value) and json.array {} or json.object {}
  for name, item in pairs(value) do copy[name] = hide(inner, item) end
  return copy
end

local ANY <const> = { kind = "any" }

--- Returns true if a JSON Pointer is that of a place, or leads into it.
local function is_at(pointer, place)
  return (pointer .. "/"):sub(1, #place + 2) == "/" .. place .. "/"
end

local function hide_entries(resource, entries)
  for _, entry in ipairs(entries) do
    local path = type(entry) == "table" and tostring(entry.path) or ""
    for _, place in ipairs(resource.secrets) do
      if is_at(path, place) or is_at(path, (place:gsub("%.", "/"))) then
        entry.value = entry.value ~= nil and scrub.word or nil
      end
    end
  end
  return entries
end

--- Returns a copy of a body without secrets.
---@param m mkrun.rest.Meaning
---@param body any
---@return any
function M.body(m, body)
  if body == nil then return nil end
  local copy = hide(m.operation.shape or ANY, body)
  if m.act == "json-patch" and type(copy) == "table" then
    return hide_entries(m.resource, copy)
  end
  return M.cover(m.resource, copy)
end

local known_shapes = setmetatable({}, { __mode = "k" })

--- Returns the shape of all that the writes to a resource can set.
local function shape_of(resource)
  local shape = known_shapes[resource]
  if not shape then
    shape = shapes.of(resource)
    known_shapes[resource] = shape
  end
  return shape
end

M.shape_of = shape_of

--- Returns a value with a word in place of each text and number.  Its lists and
--- objects stay, because --apply sends a planned body with its secrets in it.
local function covered(value)
  if type(value) ~= "table" then return scrub.word end
  for name, member in pairs(value) do value[name] = covered(member) end
  return value
end

--- Hides the declared secrets of a document in place.
---@param resource mkrun.rest.DeclaredResource
---@param document any
---@return any document   the same
function M.cover(resource, document)
  if type(document) ~= "table" then return document end
  for _, place in ipairs(resource.secrets) do
    local member = meaning.member(document, place)
    if member ~= nil then effect.put(document, place, covered(member)) end
  end
  return document
end

--- Returns what may be shown of a document: a copy.
---@param resource mkrun.rest.DeclaredResource
---@param document any
---@return any
function M.shown(resource, document)
  if document == nil then return nil end
  return M.cover(resource, hide(shape_of(resource), document))
end

--- Returns the items that a write changes, as one document.
local function items_of(m, document)
  local found, last = json.object {}, nil
  for _, item in ipairs(m.items) do
    local words = {}
    last = meaning.item(m.resource, document, item)
    for i, key in ipairs(m.resource.keys) do words[i] = tostring(item[key]) end
    found[table.concat(words, "/")] = last and M.shown(m.resource, last)
  end
  if not m.items[2] then return last and M.shown(m.resource, last) end
  return next(found) and found or nil
end

local function action_of(m, before)
  if m.act == "make" then return "create" end
  if m.act == "remove" or m.act == "item-remove" then return "delete" end
  local is_new = before == nil and (m.act == "replace" or m.act == "item-put")
  return is_new and "create" or "update"
end

--- Returns the declared secrets that only the answer to a POST contains.  A
--- secret that only a body can have is in no answer.
local function reveals_of(m, body)
  local names = {}
  for _, place in ipairs(m.act == "make" and m.resource.answered or {}) do
    if meaning.member(body, place) == nil then names[#names + 1] = place end
  end
  return names[1] and names or nil
end

--- Returns the name of what has an id of the server's: what identifies it says
--- more than the id.
local function name_by(m, document)
  local words, keys = {}, m.resource.keys
  for i = 1, #keys - 1 do words[i] = m.at[keys[i]] end
  for _, place in ipairs(m.resource.identify or {}) do
    local member = meaning.member(document, place)
    if member == nil or type(member) == "table" then return nil end
    words[#words + 1] = tostring(member)
  end
  return table.concat(words, "/")
end

--- Returns the name of what a write changes, for people.
local function name_of(m, path, document, id)
  local is_by_id = m.resource.id and m.resource.identify and not m.items
  return is_by_id and name_by(m, document) or m.name ~= "" and m.name
    or id or path
end

--- Describes a write.
---@param m mkrun.rest.Meaning
---@param path string
---@param body any
---@param before any
---@param after any
---@param id? string   the id that the plan made up
---@return table change   `items`: what is shown of a body with a list of items
function M.describe(m, path, body, before, after, id)
  local was, is = M.shown(m.resource, before), M.shown(m.resource, after)
  if m.items then was, is = items_of(m, before), items_of(m, after) end
  local name = name_of(m, path, was or is, id)
  return {
    action = action_of(m, was), kind = m.resource.kind, name = name,
    before = was, after = is, body = M.body(m, body),
    items = m.items and is or nil,
    lost = action_of(m, was) == "delete" and m.resource.lost or nil,
    is_patch = m.act == "json-patch", id = id, reveals = reveals_of(m, body),
  }
end

return M
