--- Lists the fields of a planned change: the fields that are sent for a new
--- resource, or the fields that change in an existing resource.
--- `mkrun.plan.show` calls this module.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local json = require "mkrun.json"
local patch = require "mkrun.patch"
local scrub = require "mkrun.journal.scrub"

local M = {}

local HIDDEN <const> = "(secret)"

--- Fields that a plan does not show, because only the server sets these fields.
local IGNORED <const> = config.provider().documents.ignored

---@class mkrun.PlannedField
---@field path string   path of the field: "spec.scopes.newsScope.roles"
---@field before? any   value before the change; nil for a new field
---@field after? any    value after the change; nil for a deleted field
---@field who? string   e-mail address of the person whose field changes, if no
---  other field of the change tells it
---@field whose? string   what gets the id that the value is: "artist Kari"

local function is_branch(value)
  return type(value) == "table" and not json.is_array(value)
    and next(value) ~= nil
end

--- Maps the path of each leaf of a document to the leaf's value.  A list counts
--- as one leaf.
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
  leaves[""] = nil -- an empty document has no fields
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

--- Adds the e-mail address of each user whose id is sent, if the address is
--- known.
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
  local sent = change.items or spec_of(change.body)
  for path, value in pairs(leaves_of(sent)) do
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

--- Adds a field for each secret in the body, because a secret cannot be
--- compared with the old secret.
local function sent_secrets(change, fields)
  for path, value in pairs(leaves_of(change.body)) do
    if value == HIDDEN then
      fields[#fields + 1] = { path = path, after = HIDDEN }
    end
  end
end

--- Removes the field of an empty object if the other document has members in
--- the same object.
local function drop_empty(leaves, others)
  for path, value in pairs(leaves) do
    local is_empty = type(value) == "table" and next(value) == nil
    for other in pairs(is_empty and others or {}) do
      if other:sub(1, #path + 1) == path .. "." then leaves[path] = nil end
    end
  end
end

--- Tells whose each field is: the path of a member has the user's id only.
local function add_people(fields, change)
  local shown, before, after = {}, leaves_of(change.before),
    leaves_of(change.after)
  for _, field in ipairs(fields) do shown[field.path] = true end
  for _, field in ipairs(fields) do
    local path = (field.path:match "^(.*)%.[^.]*$" or "") .. ".email"
    local email = after[path] or before[path]
    if not shown[path] and type(email) == "string" then field.who = email end
  end
  return fields
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
  return sorted(add_people(fields, change))
end

local by_action = {
  create = new_fields, delete = old_fields, update = changed_fields,
}

--- Copies a JSON value that is to be shown, without the user and the password
--- in its URLs, and without values of secret names in their queries.
---@param value any
---@return any
function M.shown(value)
  if type(value) == "string" then return scrub.member("", value) end
  if type(value) ~= "table" then return value end
  local copy = json.is_array(value) and json.array() or json.object()
  for name, member in pairs(value) do copy[name] = M.shown(member) end
  return copy
end

--- Returns what gets each id of a provider that a plan made up.
---@param writes mkrun.PlannedWrite[]
---@return table<string, string>   id -> "artist Kari"
function M.owners(writes)
  local owners = {}
  for _, write in ipairs(writes) do
    local change = write.change
    if write.provider and change.id then
      owners[change.id] = change.kind .. " " .. change.name
    end
  end
  return owners
end

--- Lists the fields of a planned change, with values that may be shown.
---@param change table  planned change, as the model of the API computed it
---@param owners? table<string, string>   see `owners`
---@return mkrun.PlannedField[]
function M.of(change, owners)
  local list = by_action[change.action](change)
  for _, field in ipairs(list) do
    local id = field.after
    if id == nil then id = field.before end
    field.whose = owners and id ~= change.id and type(id) == "string"
      and owners[id] or nil
    field.before, field.after = M.shown(field.before), M.shown(field.after)
  end
  return list
end

--- Says whose id the value of a field is: ", the id of artist Kari".
---@param field mkrun.PlannedField
---@return string   "" if it is none that the plan made up
function M.owner_text(field)
  return field.whose and ", the id of " .. field.whose or ""
end

--- Returns the path of a field for people, and whose it is.
---@param field mkrun.PlannedField
---@return string
function M.label(field)
  return field.who and ("%s (%s)"):format(field.path, field.who) or field.path
end

return M
