--- Makes the resources of a declared provider from its operations and from what
--- the declaration tells of them.
-- SPDX-License-Identifier: MIT

local body = require "mkrun.rest.declare.body"
local fault = require "mkrun.rest.declare.fault"
local rows = require "mkrun.rest.declare.rows"
local sense = require "mkrun.rest.declare.sense"
local value = require "mkrun.value"

---@class mkrun.rest.DeclaredResource
---@field name string       "queues"
---@field kind string       "queue"; for people
---@field one string        "queue"; as a parameter of a path names it
---@field keys string[]     parameters of an item's path, in their order; or
---  the members that tell an item inside a document apart
---@field members table<string, string>   key -> member of an item
---@field verbs table<string, mkrun.rest.DeclaredOperation>
---@field path? string      template of an item's path
---@field identify? string[]   members by which `ensure` knows an item whose id
---  is the server's
---@field id? string        member with the server's id
---@field secrets string[]  members of answers: "password_hash", "login.key"
---@field answered string[]   those of `secrets` that are declared as members of
---  answers, and not only of bodies
---@field ignore string[]   members that `ensure` does not compare
---@field lost? string      what a delete loses, for people
---@field inside? string    member of the document that lists the items

local M = {}

local FIELDS <const> = { kind = "string", keys = "table",
  identify = "table string", id = "string", secrets = "table string",
  ignore = "table string", lost = "string" }

--- Names that the connected provider has already.
local TAKEN <const> = { call = true, client = true, session = true,
  provider = true, at = true }

--- Returns the word for one of many: "queue" for "queues".
local function singular(name)
  local word = name:gsub("_", " ")
  if word:find "ies$" then return (word:gsub("ies$", "y")) end
  if word:find "[sx]ses$" or word:find "xes$" or word:find "ches$" then
    return (word:gsub("es$", ""))
  end
  return (word:gsub("([^su])s$", "%1"))
end

local OF_ITEMS <const> = { "get", "put", "patch", "delete" }

--- Returns the operation that has the path of an item.
local function item_operation(verbs)
  for _, verb in ipairs(OF_ITEMS) do
    if verbs[verb] then return verbs[verb] end
  end
end

--- Raises if the paths of an item differ in their parameters.
local function check_paths(where, verbs)
  local first = item_operation(verbs)
  for _, verb in ipairs(OF_ITEMS) do
    local other = verbs[verb]
    if other and other.act and other.path ~= first.path then
      fault.raise(where, "'%s' and '%s' have different paths: %s, %s",
        first.key, other.key, first.path, other.path)
    end
  end
end

--- Reads `keys`: a list of parameters, or parameter -> member.
local function key_members(where, declared, parameters)
  local members, known = {}, {}
  for _, name in ipairs(parameters) do known[name] = true end
  for key, member in pairs(declared or {}) do
    local name = math.type(key) == "integer" and member or key
    if type(member) ~= "string" then
      fault.raise(where, "'keys': names expected")
    elseif not known[name] then
      fault.unknown(where, "'keys': parameter", name, known)
    end
    members[name] = member
  end
  return members
end

local function complete_keys(where, resource, declared, operation)
  resource.keys = operation and operation.parameters or {}
  local members = key_members(where, declared.keys, resource.keys)
  local last = resource.keys[#resource.keys]
  for _, name in ipairs(resource.keys) do
    members[name] = members[name]
      or name == last and resource.id or name
  end
  resource.members = members
end

--- Returns true if a row reads the document that lists the items.
local function reads_document(all, operation)
  for _, other in ipairs(all) do
    if other.method == "GET" and other.path == operation.path then
      return true
    end
  end
  return false
end

local function complete_inside(where, all, resource, declared)
  local operation = item_operation(resource.verbs)
  if not declared.keys or not declared.keys[1] then
    fault.raise(where, "'keys' expected: the members that tell the items of "
      .. "'%s' apart", operation.inside)
  end
  if not reads_document(all, operation) then
    fault.raise(where, "a row GET %s expected: it reads the document with '%s'",
      operation.path, operation.inside)
  end
  resource.inside = operation.inside
  resource.parameters = operation.parameters
  resource.keys = fault.texts(where, "keys", declared.keys)
  resource.members = {}
  for _, name in ipairs(resource.keys) do resource.members[name] = name end
  for _, other in pairs(resource.verbs) do
    if other.inside then rows.complete_inside(other, resource.keys) end
  end
end

local function id_of(resource, declared)
  local create = resource.verbs.create
  if not create then return declared.id end
  create.id = create.id or declared.id or "id"
  return create.id
end

--- Returns the secret members of a resource: the declared ones, and those of
--- its request bodies.
local function secrets_of(where, resource, declared)
  local set = value.set(fault.texts(where, "secrets", declared.secrets))
  for _, operation in pairs(resource.verbs) do
    for _, found in ipairs(body.secrets(operation.item or operation.shape)) do
      set[table.concat(found.names, ".")] = true
    end
  end
  return value.names(set)
end

local function complete(where, all, resource, declared)
  local verbs = resource.verbs
  local operation = item_operation(verbs)
  resource.kind = declared.kind or singular(resource.name)
  resource.one = singular(resource.name):gsub(" ", "_")
  resource.id = id_of(resource, declared)
  resource.path = operation and operation.path
  if operation and operation.inside then
    complete_inside(where, all, resource, declared)
  else
    check_paths(where, verbs)
    complete_keys(where, resource, declared, operation)
  end
  resource.identify = declared.identify
    and fault.texts(where, "identify", declared.identify)
  if resource.identify and not resource.identify[1] then
    fault.raise(where, "'identify': a member expected, got none")
  end
  resource.ignore = fault.texts(where, "ignore", declared.ignore or {})
  resource.secrets = secrets_of(where, resource, declared)
  resource.answered = fault.texts(where, "secrets", declared.secrets or {})
  resource.lost = declared.lost
  sense.check_resource(where, resource)
end

--- Makes the resources.
---@param where string   "provider 'rabbitmq'"
---@param operations mkrun.rest.Operations
---@param declared? table<string, table>
---@return table<string, mkrun.rest.DeclaredResource>
function M.of(where, operations, declared)
  local found = {}
  for _, operation in ipairs(operations.all) do
    local name = operation.resource
    if TAKEN[name] then
      fault.raise(("%s, row '%s'"):format(where, operation.key),
        "a resource cannot be named '%s'", name)
    end
    found[name] = found[name] or { name = name, verbs = {} }
    found[name].verbs[operation.verb] = operation
  end
  for name, fields in pairs(declared or {}) do
    if not found[name] then fault.unknown(where, "resource", name, found) end
    local own = ("%s, resource '%s'"):format(where, name)
    if type(fields) ~= "table" then fault.raise(own, "a table expected") end
    fault.fields(own, fields, FIELDS)
  end
  for name, resource in pairs(found) do
    complete(("%s, resource '%s'"):format(where, name), operations.all,
      resource, (declared or {})[name] or {})
  end
  return found
end

return M
