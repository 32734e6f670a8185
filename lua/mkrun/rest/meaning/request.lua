--- Tells what a request of a declared provider means, and reads its documents.
--- `mkrun.rest.meaning` has these functions for others.
-- SPDX-License-Identifier: MIT

local ids = require "mkrun.rest.meaning.id"
local operations = require "mkrun.rest.operations"
local patch = require "mkrun.patch"
local value = require "mkrun.value"

---@class mkrun.rest.Meaning
---@field operation mkrun.rest.DeclaredOperation
---@field at table<string, string>   decoded path parameters
---@field resource mkrun.rest.DeclaredResource
---@field act string        see `mkrun.rest.DeclaredOperation`
---@field target? string    path that GET gives afterwards; nil for "make" and
---  "ask", and for a resource that only a list shows
---@field collection? string   path of the list that it belongs to
---@field shown? string     path of the read that shows whether it happened
---@field items? table[]    "item-put" and "item-remove": the items of the body
---@field name string       for people: "news/jobs"

local M = {}

--- Returns the pattern of a path template, which is made once.
local patterns = setmetatable({}, { __mode = "k" })

local function pattern_of(operation)
  local pattern = patterns[operation]
  if not pattern then
    pattern = "^" .. operation.path:gsub("[%-.+*?%%^$()%[%]]", "%%%0")
      :gsub("{[%w_]+}", "([^/]+)") .. "$"
    patterns[operation] = pattern
  end
  return pattern
end

--- Returns the decoded parameters of a path, or nil if it is another path.
local function parameters_of(operation, path)
  local found = { path:match(pattern_of(operation)) }
  if not found[1] then return nil end
  local at = {}
  for i, name in ipairs(operation.parameters) do
    at[name] = operations.unescape(found[i])
  end
  return at
end

local function has_mark(mark, item)
  if type(item) ~= "table" then return false end
  for name, member in pairs(mark or {}) do
    if not patch.equal(item[name], member) then return false end
  end
  return true
end

--- Returns the items of a body with a list of items, if each has the mark of
--- this operation and its keys.
local function items_of(operation, resource, body)
  local items = type(body) == "table" and body[operation.inside]
  if type(items) ~= "table" or items[1] == nil then return nil end
  for _, item in ipairs(items) do
    if not has_mark(operation.mark, item) then return nil end
    for _, key in ipairs(resource.keys) do
      if value.present(item[key]) == nil then return nil end
    end
  end
  return items
end

--- Finds the operation of a request.
---@return mkrun.rest.DeclaredOperation? operation
---@return table<string, string>? at
---@return table[]? items
local function find(provider, method, path, body)
  for _, operation in ipairs(provider.operations.ranked) do
    local at = operation.method == method and parameters_of(operation, path)
    if at and not operation.inside then return operation, at end
    local items = at and items_of(operation,
      provider.resources[operation.resource], body)
    if items then return operation, at, items end
  end
end

--- Returns the path of an operation for parameters, or nil if one is missing.
---@param operation? mkrun.rest.DeclaredOperation
---@param at table<string, string>
---@return string?
function M.path(operation, at)
  for _, name in ipairs(operation and operation.parameters or {}) do
    if type(at[name]) ~= "string" or at[name] == "" then return nil end
  end
  return operation and operations.expand(operation.path, at)
end

--- Returns the path of the document that a write changes.  The verb says that
--- GET of the same path gives it, unless a list alone shows the resource.
local function target_of(resource, operation, path)
  local act = operation.act
  if act == "make" or act == "ask" or act == "list" then return nil end
  local verbs = resource.verbs
  local is_listed_only = verbs.list and not verbs.get and not operation.inside
  return not is_listed_only and path or nil
end

local function shown_by(provider, operation, at, target, collection)
  local shown = provider.operations.by_key[operation.shown_by]
  return M.path(shown, at) or target or collection
end

local function text_of(item) return ids.text(item) or tostring(item) end

--- Returns the name of an item inside a document: "www.acme.example./A".
local function item_name(resource, item)
  local words = {}
  for _, key in ipairs(resource.keys) do
    words[#words + 1] = text_of(item[key])
  end
  return table.concat(words, "/")
end

--- Returns the name of what a POST makes: the members that identify it.
local function made_name(resource, body)
  local words = {}
  for _, name in ipairs(resource.identify or { "name" }) do
    local member = value.dig(body, name)
    if type(member) ~= "table" and member ~= nil then
      words[#words + 1] = text_of(member)
    end
  end
  return words[1] and table.concat(words, "/") or nil
end

local function name_of(resource, operation, at, body, items)
  local words = {}
  for i, name in ipairs(operation.parameters) do words[i] = at[name] end
  if operation.act == "make" then
    words[#words + 1] = made_name(resource, body)
  elseif items then
    words[#words + 1] = items[2] and ("%d %ss"):format(#items, resource.kind)
      or item_name(resource, items[1])
  end
  return table.concat(words, "/")
end

--- Tells what a request means.
---@param provider mkrun.rest.DeclaredProvider
---@param method string   in capital letters
---@param path string     below the base URL; a query does not count
---@param body? any       decoded; needed for items inside documents
---@return mkrun.rest.Meaning?   nil if the meaning is not declared
function M.of(provider, method, path, body)
  path = path:match "^[^?#]*"
  local operation, at, items = find(provider, method, path, body)
  if not operation or not operation.act then return nil end
  local resource = provider.resources[operation.resource]
  local target = target_of(resource, operation, path)
  local collection = not operation.inside
    and M.path(resource.verbs.list, at) or nil
  return {
    operation = operation, at = at, resource = resource, act = operation.act,
    target = target, collection = collection, items = items,
    shown = shown_by(provider, operation, at, target, collection),
    name = name_of(resource, operation, at, body, items),
  }
end

--- Returns a member by its path of names: "a.b" is the member b of a, unless
--- the document has a member "a.b", such as "@odata.nextLink".
---@param document any
---@param place string
---@return any
function M.member(document, place)
  if type(document) == "table" and document[place] ~= nil then
    return value.present(document[place])
  end
  for name in place:gmatch "[^.]+" do
    if type(document) ~= "table" then return nil end
    document = document[name]
  end
  return value.present(document)
end

--- Returns the array in the answer to a list.
---@param _ mkrun.rest.DeclaredProvider
---@param operation mkrun.rest.DeclaredOperation
---@param document any
---@return table[]?   nil if there is none
function M.items(_, operation, document)
  local member = operation.pages.items
  local items = document
  if member then items = M.member(document, member) end
  if type(items) ~= "table" or items[1] == nil and next(items) ~= nil then
    return nil
  end
  return items
end

--- Returns the path parameters of an item in a list.
---@param resource mkrun.rest.DeclaredResource
---@param item table
---@param at? table<string, string>   parameters of the list's path
---@return table<string, string>?   nil if the item lacks one
function M.at_of(resource, item, at)
  local found = {}
  for _, key in ipairs(resource.keys) do
    local member = M.member(item, resource.members[key])
    if member == nil then member = at and at[key] end
    found[key] = ids.text(member)
    if not found[key] then return nil end
  end
  return found
end

--- Returns the id at the end of the Location of an answer.
local function located(m, response)
  local link = m.resource.path and ids.location(response)
  if not link then return nil end
  local found = { link:match(pattern_of(m.resource):sub(2)) }
  local keys, id = m.resource.keys, nil
  for i, key in ipairs(found[1] and keys or {}) do
    id = operations.unescape(found[i])
    if i < #keys and id ~= m.at[key] then return nil end
  end
  return id
end

--- Returns what the answer to a POST tells of the thing that it made: its body,
--- or else its field Location.
---@param m mkrun.rest.Meaning
---@param document any     the body of the answer, or an item of the list
---@param response? table  the answer
---@return {id: string}?
function M.created(m, document, response)
  local place = m.operation.id
  local id = place and (ids.text(M.member(document, place))
    or located(m, response))
  return id and { id = id } or nil
end

--- Returns the item of a document that has the same keys as another.
---@param resource mkrun.rest.DeclaredResource
---@param document any   the document with the list
---@param wanted table   has the keys
---@return table?
function M.item(resource, document, wanted)
  local items = value.dig(document, resource.inside)
  for _, item in ipairs(type(items) == "table" and items or {}) do
    local is_same = type(item) == "table"
    for _, key in ipairs(is_same and resource.keys or {}) do
      is_same = is_same and patch.equal(item[key], wanted[key])
    end
    if is_same then return item end
  end
end

return M
