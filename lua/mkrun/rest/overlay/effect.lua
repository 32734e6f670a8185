--- Computes what a document is after a write whose meaning is declared.  Pure
--- functions: `mkrun.rest.overlay` calls them.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local meaning = require "mkrun.rest.meaning"
local patch = require "mkrun.patch"

local M = {}

local function is_object(value)
  return type(value) == "table" and not json.is_array(value)
end

--- Sets the member at a path of names, "a.b", of a document that may be
--- changed.  The member may be named "a.b" itself.
---@param document table
---@param place string
---@param value any
function M.put(document, place, value)
  if document[place] ~= nil then
    document[place] = value
    return
  end
  local names = {}
  for name in place:gmatch "[^.]+" do names[#names + 1] = name end
  for i = 1, #names - 1 do
    local inner = document[names[i]]
    if not is_object(inner) then
      if value == nil then return end
      inner = json.object {}
      document[names[i]] = inner
    end
    document = inner
  end
  document[names[#names]] = value
end

--- Returns a copy of a body without the secrets that GET does not show.
local function without_secrets(m, body)
  if not is_object(body) then return body end
  local copy = patch.copy(body)
  for _, place in ipairs(m.resource.secrets) do M.put(copy, place, nil) end
  return copy
end

--- Adds the members that tell a thing apart, where it lacks them.
local function add_keys(m, document)
  for _, key in ipairs(m.resource.keys) do
    local place = m.resource.members[key]
    if m.at[key] and meaning.member(document, place) == nil then
      M.put(document, place, m.at[key])
    end
  end
end

local function add_defaults(m, document)
  for name, value in pairs(m.operation.defaults or {}) do
    if document[name] == nil then document[name] = patch.copy(value) end
  end
end

--- Tells whether a body repeats a member of a document.
local function repeats(body, before)
  for name, value in pairs(is_object(before) and body or {}) do
    if patch.equal(before[name], value) then return true end
  end
  return false
end

--- Returns the members of a document that only the server sets: those that the
--- body of the operation does not have.  If that takes any members, all stay,
--- unless the body repeats what is there: then it is the whole document.
local function kept_of(m, before, body)
  local shape, kept = m.operation.shape, json.object {}
  local is_open = not shape or shape.kind ~= "object"
  if is_open and repeats(body, before) then return kept end
  local fields = is_open and {} or shape.fields
  for name, value in pairs(is_object(before) and before or {}) do
    if not fields[name] then kept[name] = value end
  end
  return kept
end

local acts = {}

function acts.replace(m, before, body)
  if body ~= nil and not is_object(body) then return body end
  local after = kept_of(m, before, body or {})
  for name, value in pairs(without_secrets(m, body or {})) do
    after[name] = value
  end
  add_defaults(m, after)
  add_keys(m, after)
  return after
end

function acts.make(m, _, body)
  return acts.replace(m, nil, body)
end

function acts.merge(m, before, body)
  if before == nil then return nil, 404 end
  return patch.merge(before, without_secrets(m, body))
end

acts["json-patch"] = function(_, before, body)
  if before == nil then return nil, 404 end
  local ok, after, _, code = pcall(patch.apply, before, body)
  if ok and after ~= nil then return after end
  return nil, ok and code == "test" and 409 or 400
end

function acts.remove(_, before)
  if before == nil then return nil, 404 end
  return nil
end

--- Returns the place of an item in a list, or nil.
local function place_in(m, list, item)
  for i, other in ipairs(list) do
    local is_same = type(other) == "table"
    for _, key in ipairs(is_same and m.resource.keys or {}) do
      is_same = is_same and patch.equal(other[key], item[key])
    end
    if is_same then return i end
  end
end

--- Returns an item of a body as the document shows it: without its mark.
---@param m mkrun.rest.Meaning
---@param item table
---@param old? table   the item before
---@return table
function M.item(m, item, old)
  local shape, shown = m.operation.item, json.object {}
  local fields = shape and shape.kind == "object" and shape.fields or {}
  for name, value in pairs(old or {}) do
    if not fields[name] then shown[name] = value end
  end
  for name, value in pairs(without_secrets(m, item)) do
    if (m.operation.mark or {})[name] == nil then shown[name] = value end
  end
  return shown
end

--- Returns the list of items in a document, copied.
local function list_in(m, document)
  local list = document[m.operation.inside]
  return json.array(type(list) == "table"
    and table.move(list, 1, #list, 1, {}) or {})
end

local function with_items(change)
  return function(m, before)
    if type(before) ~= "table" then return nil, 404 end
    local after, list = json.object {}, list_in(m, before)
    for name, value in pairs(before) do after[name] = value end
    for _, item in ipairs(m.items) do
      change(list, place_in(m, list, item), m, item)
    end
    after[m.operation.inside] = list
    return after
  end
end

acts["item-put"] = with_items(function(list, i, m, item)
  list[i or #list + 1] = M.item(m, item, i and list[i])
end)

acts["item-remove"] = with_items(function(list, i)
  if i then table.remove(list, i) end
end)

--- Returns what a document is after a write.
---@param m mkrun.rest.Meaning
---@param before any    nil: nothing is there
---@param body any      decoded
---@return any after    nil: nothing is there any more
---@return integer? status   of the API's refusal, if it would refuse the write
function M.after(m, before, body) return acts[m.act](m, before, body) end

return M
