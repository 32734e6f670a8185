--- Applies the API's dialect of JSON Patch to a team: `add`, `remove` and
--- `replace` of RFC 6902, removal of a role by name, and two substitutions.
--- The handler `teams` and `mkio.dialect` call this module.
---
--- A patch is applied as a whole or not at all.  Where the API's documents do
--- not say what happens, this module decides:
--- * a faulty entry is refused with status 400;
--- * `remove` of a role removes each occurrence of the role;
--- * `stringReplace` replaces all occurrences of the plain text `search`;
--- * `numberReplace` changes a number only if its text equals `search`.
-- SPDX-License-Identifier: MIT

local errors = require "mkio.model.errors"
local json = require "mkrun.json"
local patch = require "mkrun.patch"

local M = {}

local function refuse(index, entry, detail)
  errors.bad_request("bad_patch", "%s", ("operation %d (%s %s): %s")
    :format(index, entry.op, entry.path, detail))
end

--- Applies one operation of RFC 6902.
local function standard(document, index, entry, operation)
  local changed, message = patch.apply(document, json.array { operation })
  if changed == nil then
    refuse(index, entry, (message:gsub("^operation 1 %b(): ", "")))
  end
  return changed
end

local function read(document, index, entry)
  local value, message = patch.get(document, entry.path)
  if value == nil then refuse(index, entry, message) end
  return value
end

--- Splits the path of a role: "/spec/scopes/X/roles/NAME" gives
--- "/spec/scopes/X/roles" and "NAME".  Returns nothing for other paths.
local function role_path(path)
  local roles, name = path:match "^(/spec/scopes/[^/]+/roles)/([^/]+)$"
  if roles then return roles, (name:gsub("~1", "/"):gsub("~0", "~")) end
end

local function remove_role(document, index, entry, roles_path, name)
  local roles, message = patch.get(document, roles_path)
  if roles == nil then refuse(index, entry, message) end
  local rest = json.array {}
  for _, role in ipairs(roles) do
    if role ~= name then rest[#rest + 1] = role end
  end
  if #rest == #roles then
    refuse(index, entry, ("no role '%s'"):format(name))
  end
  return standard(document, index, entry,
    { op = "replace", path = roles_path, value = rest })
end

local STANDARD <const> = { add = true, remove = true, replace = true }

--- Returns true if RFC 6902 defines the entry's operation.  RFC 6902 does not
--- define the removal of a role by name.
local function is_standard(entry)
  return STANDARD[entry.op]
    and not (entry.op == "remove" and role_path(entry.path))
end

local apply = {}

function apply.remove(document, index, entry)
  return remove_role(document, index, entry, role_path(entry.path))
end

--- Replaces every `search` in `text` by `value`.  All three are plain text, not
--- Lua patterns.
local function substitute(text, search, value)
  local parts, at = {}, 1
  while true do
    local first, last = text:find(search, at, true)
    if not first then break end
    parts[#parts + 1] = text:sub(at, first - 1)
    at = last + 1
  end
  parts[#parts + 1] = text:sub(at)
  return table.concat(parts, value)
end

function apply.stringReplace(document, index, entry)
  local text = read(document, index, entry)
  if type(text) ~= "string" then
    refuse(index, entry, "a string is expected at the path")
  elseif type(entry.value) ~= "string" or (entry.search or "") == "" then
    refuse(index, entry, "a string to search and one to put in are expected")
  end
  return standard(document, index, entry, {
    op = "replace", path = entry.path,
    value = substitute(text, entry.search, entry.value),
  })
end

function apply.numberReplace(document, index, entry)
  local value = read(document, index, entry)
  if type(entry.value) ~= "number" or not entry.search then
    refuse(index, entry, "a text to search and a number are expected")
  elseif tostring(value) ~= entry.search then
    return document
  end
  return standard(document, index, entry,
    { op = "replace", path = entry.path, value = entry.value })
end

local function is_below_spec(entry)
  return entry.path == "/spec" or entry.path:sub(1, 6) == "/spec/"
end

--- Applies the entries from `first` to `last`, all of RFC 6902, in one call, so
--- that the document is copied only once.
local function apply_run(document, entries, first, last)
  local operations = json.array {}
  for i = first, last do
    local entry = entries[i]
    operations[#operations + 1] =
      { op = entry.op, path = entry.path, value = entry.value }
  end
  if not operations[1] then return document end
  local changed, message = patch.apply(document, operations)
  if changed ~= nil then return changed end
  local index = first - 1 + math.tointeger(message:match "^operation (%d+)")
  refuse(index, entries[index], (message:gsub("^operation %d+ %b(): ", "")))
end

--- Applies the patch entries to a copy of the document and returns the copy.
--- Refuses with status 400 if an entry cannot be applied.
---@param document table  `{spec = {description, members, scopes}}`
---@param entries table[]   the API's patch document
---@return table document
function M.apply(document, entries)
  local first = 1
  for index, entry in ipairs(entries) do
    local is_allowed = is_below_spec(entry)
    if not is_allowed or not is_standard(entry) then
      document = apply_run(document, entries, first, index - 1)
      if not is_allowed then
        refuse(index, entry, "only what is below /spec can be changed")
      end
      document, first = apply[entry.op](document, index, entry), index + 1
    end
  end
  return apply_run(document, entries, first, #entries)
end

return M
