--- Lists the fields of a planned change: the fields that are sent for a new
--- thing, and the fields that differ for an existing one.  `mkrun.plan.show`
--- calls it.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local patch = require "mkrun.patch"

local M = {}

local HIDDEN <const> = "(secret)"

--- Fields that the server sets and that a user need not see.
local IGNORED <const> = { ["metadata.updated"] = true }

---@class mkrun.PlannedField
---@field path string   "spec.scopes.newsScope.roles"
---@field before? any   nil for a new thing
---@field after? any    nil for a deleted field

local function is_branch(value)
  return type(value) == "table" and not json.is_array(value)
    and next(value) ~= nil
end

--- Maps the path of each leaf of a document to its value.  A list is one leaf.
local function flatten(value, path, leaves)
  if not is_branch(value) then
    leaves[path] = value
    return leaves
  end
  for name, inner in pairs(value) do
    flatten(inner, path == "" and name or path .. "." .. name, leaves)
  end
  return leaves
end

local function leaves_of(value)
  if value == nil then return {} end
  local leaves = flatten(value, "", {})
  leaves[""] = nil -- an empty document
  return leaves
end

local function sorted(fields)
  table.sort(fields, function(a, b) return a.path < b.path end)
  return fields
end

local function spec_of(document)
  local spec = type(document) == "table" and document.spec
  return spec or document
end

--- Adds the e-mail address of each user who is sent as an id, if it is known.
local function add_emails(fields, change)
  local shown = leaves_of(spec_of(change.after))
  for _, field in ipairs(fields) do shown[field.path] = nil end
  for i = 1, #fields do
    local who = fields[i].path:match "^(.*)%.[^.]*$"
    local path = who and who .. ".email"
    if path and shown[path] then
      fields[#fields + 1] = { path = path, after = shown[path] }
      shown[path] = nil
    end
  end
end

local function new_fields(change)
  local fields = {}
  for path, value in pairs(leaves_of(spec_of(change.body))) do
    fields[#fields + 1] = { path = path, after = value }
  end
  add_emails(fields, change)
  sorted(fields)
  if change.id then
    fields[#fields + 1] = { path = "id", after = change.id }
  end
  for _, name in ipairs(change.reveals or {}) do
    fields[#fields + 1] = { path = name, after = HIDDEN }
  end
  return fields
end

local function old_fields(change)
  local fields = {}
  for path, value in pairs(leaves_of(spec_of(change.before))) do
    fields[#fields + 1] = { path = path, before = value }
  end
  return sorted(fields)
end

--- Adds a field for each secret in the body: secrets cannot be compared.
local function sent_secrets(change, fields)
  for path, value in pairs(leaves_of(change.body)) do
    if value == HIDDEN then
      fields[#fields + 1] = { path = path, after = HIDDEN }
    end
  end
end

--- Removes an empty map if the other document has members in this map.
local function drop_empty(leaves, others)
  for path, value in pairs(leaves) do
    local is_empty = type(value) == "table" and next(value) == nil
    for other in pairs(is_empty and others or {}) do
      if other:sub(1, #path + 1) == path .. "." then leaves[path] = nil end
    end
  end
end

local function changed_fields(change)
  local before, after = leaves_of(change.before), leaves_of(change.after)
  local fields = {}
  drop_empty(before, after)
  drop_empty(after, before)
  for path, value in pairs(before) do
    if not IGNORED[path] and not patch.equal(value, after[path]) then
      fields[#fields + 1] = { path = path, before = value,
        after = after[path] }
    end
  end
  for path, value in pairs(after) do
    if not IGNORED[path] and before[path] == nil then
      fields[#fields + 1] = { path = path, after = value }
    end
  end
  sent_secrets(change, fields)
  return sorted(fields)
end

local by_action = {
  create = new_fields, delete = old_fields, update = changed_fields,
}

--- Lists the fields of a change.
---@param change table  from the model
---@return mkrun.PlannedField[]
function M.of(change) return by_action[change.action](change) end

return M
