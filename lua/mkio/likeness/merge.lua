--- Merges the files of a SPEC for `--like`, as `onboard` does: objects field by
--- field, the elements of a list by what tells them apart.  `mkio.sandbox.like`
--- calls this module.
-- SPDX-License-Identifier: MIT

local address = require "mkrun.address"
local json = require "mkrun.json"
local patch = require "mkrun.patch"
local value = require "mkrun.value"

--- The member that tells the elements of a list apart.
local KEYS <const> = { paymentMethods = "displayName", projects = "name",
  webhooks = "name", teams = "name", members = "email", invites = "email" }

--- Members that say nothing about the sandbox.  The first file's stay.
local FIRST <const> = { ["$schema"] = true, ignore = true,
  tokens = true }

--- Returns a path with one more segment.
local function deeper(at, segment)
  local copy = table.move(at, 1, #at, 1, {})
  copy[#copy + 1] = segment
  return copy
end

local function same(a, b)
  if json.is_array(a) and json.is_array(b) and type(a[1]) == "string" then
    return value.same_set(a, b)
  end
  return patch.equal(a, b)
end

local merge

local function key_of(element, name)
  local key = element[name]
  return key and name == "email" and address.key(key) or key
end

--- Returns the place of a conflict, or nil.
local function merge_list(have, part, name, at)
  local known = {}
  for _, element in ipairs(have) do
    local key = key_of(element, name)
    if key then known[key] = element end
  end
  for i, element in ipairs(part) do
    local found = known[key_of(element, name)]
    local wrong = found and merge(found, element, deeper(at, i - 1), name)
    if wrong then return wrong end
    if not found then have[#have + 1] = element end
  end
end

--- Returns true if a list has objects: the 'teams' of an invite are texts.
local function has_objects(list)
  return json.is_array(list) and type(list[1]) == "table"
end

--- Returns the place of a conflict, or nil.
local function merge_member(have, part, name, at)
  if have[name] == nil then
    have[name] = part[name]
  elseif KEYS[name]
    and (has_objects(have[name]) or has_objects(part[name])) then
    return merge_list(have[name], part[name], KEYS[name], at)
  elseif type(have[name]) == "table" and not json.is_array(have[name])
    and type(part[name]) == "table" and not json.is_array(part[name]) then
    return merge(have[name], part[name], at)
  elseif not FIRST[name] and not same(have[name], part[name]) then
    return at
  end
end

--- Adds the members of an object.  Returns the place of a conflict, or nil.
---@param key? string  the member that is the same by its key
function merge(have, part, at, key)
  for _, name in ipairs(value.names(part)) do
    local wrong = name ~= key
      and merge_member(have, part, name, deeper(at, name))
    if wrong then return wrong end
  end
end

local M = {}

--- Adds a file to those before it.
---@param whole? table   is changed; nil: the file is the first one
---@param part table     a file whose form is right
---@return table? whole
---@return string? pointer  where the file differs from one before it
---@return string? fault
function M.add(whole, part)
  if not whole then return part end
  if whole.exported ~= part.exported then
    return nil, "/exported", "true in all files or in none expected"
  end
  local wrong = merge(whole, part, {})
  if not wrong then return whole end
  return nil, patch.pointer(wrong), "another file says something else"
end

return M
