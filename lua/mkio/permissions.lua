--- Compares and searches permissions.  A permission allows a user or a token to
--- call some operations on a resource.
---
--- A permission table maps resource type -> resource id -> family -> list of
--- verbs.  `rbac` in the answer to GET /user/rbac and `permissions` of a
--- restricted token have this form.  For example, the capability
--- "core.project.get" is the verb "get" of the family "core.project".
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local shape = require "mkrun.rest.shape"
local value = require "mkrun.value"

local M = {}

--- An option of a shape: at least one entry.
local SOME <const> = { min = 1 }

--- The shape of a permission table in a file.  Each level has at least one
--- entry, because the API does not say what a token without permissions may do.
M.shape = shape.map(shape.map(shape.map(shape.list(
  shape.text { min = 1 }, SOME), SOME), SOME), SOME)

--- Calls `visit(type, id, family, verbs)` for each list of verbs in the
--- permission table, in sorted order.
---@param permissions table
---@param visit fun(type: string, id: string, family: string, verbs: string[])
function M.walk(permissions, visit)
  for _, type_ in ipairs(value.names(permissions)) do
    for _, id in ipairs(value.names(permissions[type_])) do
      local families = permissions[type_][id]
      for _, family in ipairs(value.names(families)) do
        visit(type_, id, family, families[family])
      end
    end
  end
end

local function split(capability) return capability:match "^(.*)%.([^.]+)$" end

local function member(map, key, new)
  map[key] = map[key] or new {}
  return map[key]
end

--- Returns true if `rbac` contains a capability on a resource.
---@param rbac table
---@param type_ string      the type of the resource, such as "core.project"
---@param id? string        the id of the resource (default: any resource)
---@param capability string a text such as "core.project.get"
---@return boolean
function M.has(rbac, type_, id, capability)
  local family, verb = split(capability)
  if id then
    return value.set(value.dig(rbac, type_, id, family))[verb] == true
  end
  for other in pairs(value.dig(rbac, type_) or {}) do
    if M.has(rbac, type_, other, capability) then return true end
  end
  return false
end

--- Returns true if `rbac` contains a capability on a resource of any type.
---@param rbac table
---@param capability string a text such as "core.project.get"
---@return boolean
function M.anywhere(rbac, capability)
  local wanted_family, wanted_verb = split(capability)
  local found = false
  M.walk(rbac, function(_, _, family, verbs)
    found = found
      or family == wanted_family and value.set(verbs)[wanted_verb] or false
  end)
  return found
end

--- Returns the permissions in `wanted` that are not in `rbac`, as texts.
---@param wanted table
---@param rbac table
---@return string[]  texts such as "core.project/ID: ams.asset.update"
function M.missing(wanted, rbac)
  local missing = {}
  M.walk(wanted, function(type_, id, family, verbs)
    local held = value.set(value.dig(rbac, type_, id, family))
    for _, verb in ipairs(verbs) do
      if not held[verb] then
        missing[#missing + 1] =
          ("%s/%s: %s.%s"):format(type_, id, family, verb)
      end
    end
  end)
  return missing
end

--- Returns permissions as a list of texts, one for each verb.
local function flat(permissions)
  local list = {}
  M.walk(permissions, function(type_, id, family, verbs)
    for _, verb in ipairs(verbs) do
      list[#list + 1] = table.concat({ type_, id, family, verb }, "\0")
    end
  end)
  return list
end

--- Returns true if two permission tables contain the same permissions.
---@param a table
---@param b table
---@return boolean
function M.equal(a, b) return value.same_set(flat(a), flat(b)) end

--- Returns a copy of `permissions` in which the names of resources are replaced
--- by ids.  A name that `ids` does not contain is kept.
---@param permissions table
---@param ids table<string, table<string, string>>  type -> name -> id
---@return table
function M.resolve(permissions, ids)
  local resolved = json.object {}
  for type_, resources in pairs(permissions) do
    resolved[type_] = json.object {}
    for name, families in pairs(resources) do
      resolved[type_][value.dig(ids, type_, name) or name] = families
    end
  end
  return resolved
end

--- Adds a capability on a resource to a permission table.
---@param map table   is changed
---@param type_ string
---@param id string   id or name of the resource
---@param capability string
function M.add(map, type_, id, capability)
  local family, verb = split(capability)
  local by_id = member(map, type_, json.object)
  local families = member(by_id, id, json.object)
  table.insert(member(families, family, json.array), verb)
end

--- Tells whether a capability that is given on the organization is valid for
--- all its projects, too.  The API's documents do not say so.  This function
--- assumes it of the families `core`.
---@param capability string
---@return boolean
function M.is_wide(capability) return capability:find "^core%." ~= nil end

---@class mkio.Place   the resource on which a right must be held
---@field type? "core.customer"|"core.project"   nil means any type
---@field id? string     id of the resource; nil means any resource of the type
---@field wide boolean   true if a right on the organization is also sufficient

--- Returns the resource on which an operation needs its rights.  The API's
--- documents do not say whether a right of the family `core` on the
--- organization is valid for all its projects.  This function assumes that the
--- right is valid for all projects.
---@param operation mkrun.rest.Operation
---@param id? string  the id of the project, if known
---@return mkio.Place
function M.place(operation, id)
  local below = operation.path:find "{project_name}"
    and operation.key ~= "projects.put"
  if operation.key == "projects.list" then return { wide = true } end
  if not below then return { type = "core.customer", wide = true } end
  local wide = false
  for _, capability in ipairs(operation.can) do
    wide = wide or M.is_wide(capability)
  end
  return { type = "core.project", id = id, wide = wide }
end

return M
