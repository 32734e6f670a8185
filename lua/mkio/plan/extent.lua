--- How much of a thing a plan rests on: all of it, or its name and id and some
--- parts, such as one member of a team.  `mkio.plan.rests` and
--- `mkio.plan.parts` call this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local patch = require "mkrun.patch"
local dig = require "mkrun.value".dig

local M = {}

---@alias mkio.plan.Extent true|string[]   true: all; else JSON Pointers, sorted

--- Members and scopes of a team count one by one: "/spec/members/ID".
local DEPTH <const> = 3

--- Returns the extent of two extents together.
---@param a? mkio.plan.Extent
---@param b? mkio.plan.Extent
---@return mkio.plan.Extent?
function M.join(a, b)
  if not (a and b) then return a or b end
  if a == true or b == true then return true end
  local set, list = {}, json.array {}
  for _, pointers in ipairs { a, b } do
    for _, pointer in ipairs(pointers) do set[pointer] = true end
  end
  for pointer in pairs(set) do list[#list + 1] = pointer end
  table.sort(list)
  return list
end

local function shortened(pointer)
  local segments = patch.parse(pointer)
  if not segments then return nil end
  return patch.pointer { table.unpack(segments, 1, DEPTH) }
end

--- Returns the extent of a list of patch entries.
---@param entries table[]
---@return mkio.plan.Extent
function M.of_entries(entries)
  local extent = json.array {}
  for _, entry in ipairs(entries) do
    local pointer = shortened(tostring(dig(entry, "path")))
    if not pointer then return true end
    extent = M.join(extent, { pointer })
  end
  return extent
end

--- Returns the extent of a body whose members replace those of a document.
---@param body table<string, any>
---@return mkio.plan.Extent
function M.of_body(body)
  local extent = json.array {}
  for section, members in pairs(body) do
    local names = type(members) == "table" and members or {}
    for name in pairs(names) do
      extent = M.join(extent, { patch.pointer { section, tostring(name) } })
    end
  end
  return extent
end

--- Tells whether a pointer leads into what one of the pointers before it names.
local function is_within(pointers, i)
  for j = 1, i - 1 do
    local start = pointers[j] .. "/"
    if pointers[i]:sub(1, #start) == start then return true end
  end
  return false
end

local function put(document, segments, value)
  local at = document
  for i = 1, #segments - 1 do
    at[segments[i]] = at[segments[i]] or {}
    at = at[segments[i]]
  end
  at[segments[#segments]] = value
end

--- Returns the parts of a document that are within an extent, and who or what
--- the document is about.
---@param document table
---@param extent mkio.plan.Extent
---@return table
function M.cut(document, extent)
  if extent == true then return document end
  local cut = { metadata = { id = dig(document, "metadata", "id"),
    name = dig(document, "metadata", "name") },
    spec = { email = dig(document, "spec", "email") } }
  for i, pointer in ipairs(extent) do
    local segments = not is_within(extent, i) and patch.parse(pointer) or {}
    local value = segments[1] and patch.get(document, pointer)
    if segments[1] and value ~= nil then put(cut, segments, value) end
  end
  return cut
end

return M
