--- Merges the documents of several SPEC files into one.  The shape of a SPEC
--- says how: objects field by field, the elements of a keyed list by their key.
--- Two files must not say two things.  `mkio.flow.onboard.files` calls this
--- module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local patch = require "mkrun.patch"

local places = require "mkio.flow.onboard.places"
local value = require "mkrun.value"

---@class mkio.Merging
---@field places mkio.Places
---@field file string      the file whose document is merged now
---@field conflicts mkio.SpecFault[]
local Merging = {}
Merging.__index = Merging

--- Returns a path with one more segment.
local function deeper(at, segment)
  local copy = table.move(at, 1, #at, 1, {})
  copy[#copy + 1] = segment
  return copy
end

--- Notes that a part comes from the file.
function Merging:note(at, from)
  self.places:note(patch.pointer(at), self.file, patch.pointer(from))
end

--- Never tells the values, which may be secrets.
function Merging:conflict(at, from)
  local file, pointer = self.places:find(patch.pointer(at))
  self.conflicts[#self.conflicts + 1] = { file = file, pointer = pointer,
    other = ("%s: %s"):format(self.file, patch.pointer(from)),
    text = "the values differ" }
end

local function is_list(part) return type(part) == "table" and part[1] ~= nil end

--- Returns a copy of a part in which the lists of texts are sorted: their order
--- says nothing.
local function in_order(part)
  if type(part) ~= "table" then return part end
  if is_list(part) and type(part[1]) == "string" then
    return json.array(value.names(value.set(part)))
  end
  local copy = {}
  for key, member in pairs(part) do copy[key] = in_order(member) end
  return json.is_array(part) and json.array(copy) or json.object(copy)
end

--- Returns true if two values say the same.
local function same(a, b)
  return json.encode(in_order(a), { sort = true })
    == json.encode(in_order(b), { sort = true })
end

--- Copies a part, so that merging changes no document of a file.
local function copy_of(part)
  if type(part) ~= "table" then return part end
  local copy = {}
  for key, member in pairs(part) do copy[key] = copy_of(member) end
  return json.is_array(part) and json.array(copy) or json.object(copy)
end

local merge

local function merge_members(self, wanted, have, part, at, from)
  for _, name in ipairs(value.names(part)) do
    local there, here = deeper(at, name), deeper(from, name)
    if have[name] == nil then
      have[name] = copy_of(part[name])
      self:note(there, here)
    else
      local inner = wanted.fields and wanted.fields[name] or wanted.value
      if name ~= wanted.key then
        have[name] = merge(self, inner, have[name], part[name], there, here)
      end
    end
  end
  return have
end

--- Returns the value that tells an element of a keyed list apart.
local function key_of(wanted, element)
  local fold = wanted.folds[wanted.key]
  local key = element[wanted.key]
  return fold and fold(key) or key
end

local function merge_elements(self, wanted, have, part, at, from)
  local index = {}
  for i, element in ipairs(have) do index[key_of(wanted, element)] = i end
  for i, element in ipairs(part) do
    local known, here = index[key_of(wanted, element)], deeper(from, i - 1)
    if known then
      merge(self, wanted.item, have[known], element, deeper(at, known - 1),
        here)
    else
      have[#have + 1] = copy_of(element)
      self:note(deeper(at, #have - 1), here)
    end
  end
  return have
end

--- Adds the elements that are not there yet.
local function unite(self, have, part, at, from)
  local seen = value.set(have)
  for i, element in ipairs(part) do
    if not seen[element] then
      have[#have + 1] = element
      self:note(deeper(at, #have - 1), deeper(from, i - 1))
    end
  end
  return have
end

--- Merges a part of another file into what is there.
---@param self mkio.Merging
---@param wanted mkrun.rest.Shape
---@param have any      is changed
---@param part any
---@param at table      path of `have`
---@param from table    path of `part` in its file
---@return any merged
function merge(self, wanted, have, part, at, from)
  if wanted.merge == "first" then return have end
  if wanted.merge == "union" then return unite(self, have, part, at, from) end
  local is_whole = wanted.merge == "whole"
  if wanted.key and wanted.kind == "array" then
    return merge_elements(self, wanted, have, part, at, from)
  elseif not is_whole and (wanted.fields or wanted.value)
    and have ~= json.null and part ~= json.null then
    return merge_members(self, wanted, have, part, at, from)
  end
  if not same(have, part) then self:conflict(at, from) end
  return have
end

local M = {}

--- Merges documents whose form is right.
---@param wanted mkrun.rest.Shape  the shape of a SPEC
---@param parts {file: string, document: table}[]
---@return table document
---@return mkio.SpecFault[] conflicts  places where two files differ
function M.run(wanted, parts)
  local self = setmetatable({ places = places.new(), conflicts = {} }, Merging)
  local merged = json.object {}
  self.places:note("", parts[1].file, "")
  for _, part in ipairs(parts) do
    self.file = part.file
    merge_members(self, wanted, merged, part.document, {}, {})
  end
  self.places:keep(merged)
  return merged, self.conflicts
end

return M
