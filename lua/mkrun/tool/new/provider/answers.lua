--- Reads what the answers of a document say: statuses, lists and their pages,
--- errors.
-- SPDX-License-Identifier: MIT

local document = require "mkrun.tool.new.provider.document"
local schema = require "mkrun.tool.new.provider.schema"

local M = {}

local MOST_ANSWERS <const>, MOST_TYPES <const> = 60, 20

--- Returns the schema of JSON among the types of a body, and its media type.
---@param root table
---@param body table   a Request Body or Response Object, references followed
---@param wanted? string[]  media types, the best first
---@return any schema   nil: there is no JSON
---@return string? media_type  of JSON, or the first of the others
function M.json(root, body, wanted)
  local content = document.object(body.content)
  for _, name in ipairs(wanted or {}) do
    if content[name] ~= nil then
      return document.object(document.resolve(root, content[name])).schema
        or {}, name
    end
  end
  local names = {}
  for _, name in ipairs(document.names(content, MOST_TYPES)) do
    if name:find "^[%w.+*-]+/[%w.+*-]+[%w.=; -]*$" then
      names[#names + 1] = name
    end
  end
  for _, pattern in ipairs { "^application/json%f[;\0]", "[/+]json%f[;\0]",
    "^%*/%*$" } do
    for _, name in ipairs(names) do
      if name:find(pattern) then
        return document.resolve(root, content[name]).schema or {}, name
      end
    end
  end
  return nil, names[1]
end

--- Returns the statuses of success of an operation, sorted.
---@param operation mkrun.new.Operation
---@return integer[]
function M.statuses(operation)
  local found = {}
  local responses = operation.node.responses
  for _, name in ipairs(document.names(responses, MOST_ANSWERS)) do
    if name:find "^2%d%d$" then found[#found + 1] = math.tointeger(name) end
  end
  return found
end

--- Returns the schema of an operation's answer of success, or nil.
---@param root table
---@param operation mkrun.new.Operation
---@return any
function M.success(root, operation)
  local responses = document.object(operation.node.responses)
  for _, name in ipairs(document.names(responses, MOST_ANSWERS)) do
    if name:find "^2[%dX][%dX]$" then
      local found = M.json(root, document.resolve(root, responses[name]))
      if found ~= nil then return found end
    end
  end
  local otherwise = document.resolve(root, responses.default)
  return (M.json(root, otherwise))
end

local ITEMS <const> = { "items", "value", "values", "data", "results",
  "records", "entries", "content", "elements", "resources" }

--- Returns the member that has the items, and how many it could be.
local function items_member(root, members, name)
  local arrays, count, only = {}, 0, nil
  for _, member in ipairs(document.names(members)) do
    if schema.is_array(root, members[member]) then
      arrays[member], count, only = true, count + 1, member
    end
  end
  if count == 1 then return only, 1 end
  for _, member in ipairs { name, table.unpack(ITEMS) } do
    if arrays[member] then return member, count end
  end
  return nil, count
end

local NEXT <const> = { "next", "@odata.nextLink", "nextLink", "next_link",
  "next_url", "nextUrl", "next_page_url", "nextPageUrl" }

--- Members with a link to the next page.
local function next_member(root, members)
  for _, name in ipairs(NEXT) do
    local word = members[name] and select(2, schema.members(root,
      members[name]))
    if word == "string" then return name end
  end
  for _, outer in ipairs { "links", "_links", "paging", "pagination" } do
    local inner = members[outer] and schema.members(root, members[outer])
    if inner and inner.next then return outer .. ".next" end
  end
end

---@class mkrun.new.List
---@field items? string      member with the items; nil: the answer is the array
---@field next? string       member with the link to the next page
---@field is_guess? boolean  it could be another member
---@field item? any          schema of an item

--- Says how an answer is a list.
---@param root table
---@param answer any         schema
---@param name string        of the resource: the items may have it, too
---@return mkrun.new.List? list
---@return boolean? is_list  false: it is something else; nil: nothing says so
function M.list(root, answer, name)
  if answer == nil then return nil, nil end
  local members, word, items = schema.members(root, answer)
  if word == "array" then return { item = items }, true end
  if next(members) == nil then return nil, nil end
  local member, count = items_member(root, members, name)
  if not member then return nil, false end
  local _, _, item = schema.members(root, members[member])
  return { items = member, next = next_member(root, members), item = item,
    is_guess = count > 1 }, true
end

--- Returns true if an answer that holds a list is one: it says which page it
--- is, or has hardly more than the items, which are objects.
---@param root table
---@param answer any
---@param list mkrun.new.List
---@return boolean
function M.is_mere_list(root, answer, list)
  if not list.items or list.next then return true end
  local members = schema.members(root, answer)
  local count = #document.names(members)
  for _, name in ipairs(ITEMS) do
    if list.items == name then return count <= 8 end
  end
  return count <= 2 and next((schema.members(root, list.item))) ~= nil
end

local CODES <const> = { "code", "error_code", "errorCode", "type", "error",
  "status" }
local DETAILS <const> = { "detail", "message", "error_description", "reason",
  "description", "title", "msg" }

local function first_text(root, members, names, prefix, but)
  for _, name in ipairs(names) do
    if members[name] and name ~= but then
      local _, word = schema.members(root, members[name])
      if word == "string" or word == "integer" then return prefix .. name end
    end
  end
end

local function error_members(root, answer)
  local members, prefix = schema.members(root, answer), ""
  local inner = members.error and schema.members(root, members.error)
  if inner and next(inner) then members, prefix = inner, "error." end
  local detail = first_text(root, members, DETAILS, prefix)
    or prefix == "" and first_text(root, members, { "error" }, prefix)
  if not detail then return nil end
  return first_text(root, members, CODES, prefix, detail), detail
end

--- Says which members of an operation's error answers hold the code and the
--- words.
---@param root table
---@param operation mkrun.new.Operation
---@return string? code
---@return string? detail   nil: nothing says so
function M.error(root, operation)
  local responses = document.object(operation.node.responses)
  for _, name in ipairs(document.names(responses, MOST_ANSWERS)) do
    if name:find "^[45]" or name == "default" then
      local answer = M.json(root, document.resolve(root, responses[name]))
      local code, detail = nil, nil
      if answer ~= nil then code, detail = error_members(root, answer) end
      if detail then return code, detail end
    end
  end
end

local PAGES <const> = { "page", "page_number", "pageNumber" }
local OFFSETS <const> = { "offset", "start", "skip", "$skip" }
local SIZES <const> = { "page_size", "pageSize", "per_page", "perPage", "limit",
  "size", "$top", "count" }

local function first_of(names, query)
  for _, name in ipairs(names) do
    if query[name] then return name end
  end
end

--- Says by which parameters of the query a list has pages.
---@param operation mkrun.new.Operation
---@return {name: string, value: string}[]  fields of `list`; empty: none
function M.paging(operation)
  local query = {}
  for _, parameter in ipairs(operation.parameters) do
    if parameter["in"] == "query" and type(parameter.name) == "string" then
      query[parameter.name] = true
    end
  end
  local page, offset = first_of(PAGES, query), first_of(OFFSETS, query)
  local size = first_of(SIZES, query)
  if page then
    return { { name = "page", value = page },
      size and { name = "page_size", value = size } or nil }
  elseif offset and size then
    return { { name = "offset", value = offset },
      { name = "limit", value = size } }
  end
  return {}
end

return M
