--- Makes the operations of a declared provider from its rows.
---
--- The verb of a row, the second part of its key, says what the operation
--- means; see `ACTS`.
-- SPDX-License-Identifier: MIT

local body = require "mkrun.rest.declare.body"
local fault = require "mkrun.rest.declare.fault"
local operations = require "mkrun.rest.operations"
local shape = require "mkrun.rest.shape"

---@class mkrun.rest.DeclaredOperation: mkrun.rest.Operation
---@field resource string   "users"
---@field verb string       "put"
---@field act? "read"|"list"|"replace"|"make"|"merge"|"json-patch"|"item-put"|
---  "item-remove"|"remove"|"ask"   nil: its meaning is not declared
---@field shape? mkrun.rest.Shape   of the request body
---@field item? mkrun.rest.Shape    `inside`: of one item, without keys and mark
---@field pages table       how a list answers, see `mkrun.rest.pages`
---@field parameters string[]   names of the path's parameters, in their order
---@field id? string        "create": member of the answer with the new id
---@field inside? string    member of the document that lists the items
---@field mark? table<string, any>   members that each item of the body has
---@field undo? string|false   key of the operation that undoes this one
---@field why? string       reason for `undo = false`
---@field shown_by? string  key of the read that shows whether it happened
---@field defaults? table<string, any>   members that the server fills in
---@field only? table<integer, true>   statuses of success

local M = {}

--- Methods that a verb may have, and its act.
local VERBS <const> = {
  get = { act = "read", GET = true },
  list = { act = "list", GET = true },
  put = { act = "replace", PUT = true, POST = true },
  create = { act = "make", POST = true },
  delete = { act = "remove", DELETE = true, POST = true },
  patch = { act = "merge", PATCH = true, PUT = true, POST = true },
}

local PATCH_TYPES <const> = {
  ["application/merge-patch+json"] = "merge",
  ["application/json-patch+json"] = "json",
}

local TYPE_OF <const> = {
  merge = "application/merge-patch+json", json = "application/json-patch+json",
}

local METHODS <const> = { GET = true, HEAD = true, POST = true, PUT = true,
  PATCH = true, DELETE = true }

--- Fields of `list`, of a provider or of a row.
M.LIST = { items = "string", next = "string", page = "string",
  page_size = "string", offset = "string", limit = "string",
  size = "integer", first = "integer", total = "string" }

local FIELDS <const> = {
  [1] = "string", [2] = "string", [3] = "string", body = "string table",
  ok = "table integer", safe = "boolean", undo = "string boolean",
  why = "string", shown_by = "string", list = "table", query = "table",
  content_type = "string", defaults = "table", id = "string",
  patch = "string", meaning = "boolean", reads = "boolean",
  inside = "string", mark = "table", auth = "string", empty = "boolean",
}

local function parameters_of(path)
  local names = {}
  for name in path:gmatch "{([^{}]*)}" do names[#names + 1] = name end
  return names
end

local function check_path(where, path)
  if path:sub(1, 1) ~= "/" or path:find "[?#%s%c]" then
    fault.raise(where, "path '%s': a path such as '/users/{name}' expected, "
      .. "without a query", path)
  end
  local seen = {}
  for _, name in ipairs(parameters_of(path)) do
    if not name:find "^[%a_][%w_]*$" or seen[name] then
      fault.raise(where, "path '%s': bad parameter '{%s}'", path, name)
    end
    seen[name] = true
  end
  if path:gsub("{[%w_]+}", ""):find "[{}]" then
    fault.raise(where, "path '%s': a brace without its parameter", path)
  end
end

local function check_head(where, row)
  for i, word in ipairs { "key", "method", "path" } do
    if type(row[i]) ~= "string" then
      fault.raise(where, "a row is { KEY, METHOD, PATH }: no %s", word)
    end
  end
  local key, method = row[1], row[2]
  if not key:find "^[%l][%l%d_]*%.[%l][%l%d_]*$" then
    fault.raise(where, "key RESOURCE.VERB expected, got '%s'", key)
  elseif not METHODS[method] then
    fault.unknown(where, "method", method, METHODS)
  end
  check_path(where, row[3])
end

local function check_method(where, verb, row)
  local known = VERBS[verb]
  if row.meaning == false or not known or known[row[2]] or row.inside then
    return
  end
  fault.raise(where, "'%s' cannot be a %s (meaning = false if it is)", verb,
    row[2])
end

local function check_inside(where, row, verb)
  if not row.inside then
    if row.mark then fault.raise(where, "'mark' goes with 'inside'") end
  elseif verb ~= "put" and verb ~= "delete" then
    fault.raise(where, "'inside' is for 'put' and 'delete', not for '%s'",
      verb)
  elseif row[2] == "GET" or row[2] == "DELETE" then
    fault.raise(where, "'inside' needs a method with a body, not %s", row[2])
  end
end

local function check_why(where, row)
  if row.undo == true then
    fault.raise(where, "'undo': the key of an operation, or false, expected")
  elseif row.why and row.undo ~= false then
    fault.raise(where, "'why' goes with undo = false")
  end
end

local function patch_kind(where, row)
  local kind = row.patch or PATCH_TYPES[row.content_type]
  if kind == "merge" or kind == "json" or kind == nil then return kind end
  fault.unknown(where, "kind of patch", kind, TYPE_OF)
end

--- Returns the act of a row, or nil if its meaning is not declared.
local function act_of(where, row, verb)
  if row.meaning == false then return nil end
  if row.inside then return verb == "put" and "item-put" or "item-remove" end
  if verb == "patch" then
    local kind = patch_kind(where, row)
    return kind and (kind == "json" and "json-patch" or "merge")
  end
  if VERBS[verb] then return VERBS[verb].act end
  return (row.reads or row[2] == "GET" or row[2] == "HEAD") and "ask" or nil
end

local function content_type(row, act)
  if row.content_type then return row.content_type end
  if row.patch then
    return act == "json-patch" and TYPE_OF.json or "application/json"
  end
  return nil -- operations.new has the default
end

local function is_safe(row, act)
  if row.safe ~= nil then return row.safe end
  return row.reads == true or row[2] ~= "POST" and act ~= "json-patch"
    and not (row[2] == "PATCH" and act == nil)
end

local function statuses(where, row)
  local list = row.ok
  if list == nil then return nil end
  if type(list) ~= "table" then list = { list } end
  local set = {}
  for _, status in ipairs(list) do
    if math.type(status) ~= "integer" or status < 200 or status > 299 then
      fault.raise(where, "'ok': statuses of 200 to 299 expected, got %s",
        tostring(status))
    end
    set[status] = true
  end
  return set, list
end

local function query_of(where, row)
  local query = {}
  for name, parameter in pairs(row.query or {}) do
    if type(parameter) ~= "string" then
      fault.raise(where, "'query': names expected")
    end
    query[math.type(name) == "integer" and parameter or name] = parameter
  end
  return query
end

--- An entry of a JSON Patch (RFC 6902).
local PATCH_ENTRY <const> = shape.object {
  ["op!"] = shape.text { one_of = { "add", "remove", "replace", "move",
    "copy", "test" } },
  ["path!"] = shape.text(), from = shape.text(),
  value = shape.nullable(shape.any()),
}

--- Returns the shape of the request body, or nil.
local function shape_of(where, row, act)
  if row.body ~= nil then
    return body.shape(where, row.body)
  elseif act == "json-patch" then
    return shape.list(PATCH_ENTRY)
  elseif act == "replace" or act == "make" or act == "merge"
    or act == "item-put" then
    return shape.map(shape.any())
  end
end

local function row_for_operations(row, act, list, query)
  return { row[1], row[2], row[3], ok = list, safe = is_safe(row, act),
    content_type = content_type(row, act), query = query,
    empty = row.empty, auth = row.auth }
end

--- Returns the row's fields for `mkrun.rest.operations`, and the operation's
--- further fields.
local function read_row(where, row)
  fault.fields(where, row, FIELDS)
  check_head(where, row)
  local resource, verb = row[1]:match "^(.-)%.(.*)$"
  check_method(where, verb, row)
  check_inside(where, row, verb)
  check_why(where, row)
  local act = act_of(where, row, verb)
  local only, list = statuses(where, row)
  fault.fields(where, row.list or {}, M.LIST, "field of 'list'")
  local plain = row_for_operations(row, act, list, query_of(where, row))
  local wanted = shape_of(where, row, act)
  if wanted and not row.inside then plain.body = wanted end
  return plain, { resource = resource, verb = verb, act = act, only = only,
    shape = wanted, list = row.list, parameters = parameters_of(row[3]),
    id = row.id, inside = row.inside, mark = row.mark, undo = row.undo,
    why = row.why, shown_by = row.shown_by, defaults = row.defaults,
    is_read = row.reads }
end

local function check_keys(rows, where)
  local seen = {}
  for i, row in ipairs(rows) do
    local key = type(row) == "table" and row[1]
    if not key then
      fault.raise(where, "row %d: a row is { KEY, METHOD, PATH }", i)
    elseif seen[key] then
      fault.raise(where, "row '%s' is there twice", tostring(key))
    end
    seen[key] = true
  end
end

local function check_named(where, all, by_key)
  for _, operation in ipairs(all) do
    local own = ("%s, row '%s'"):format(where, operation.key)
    for _, field in ipairs { "undo", "shown_by" } do
      local key = operation[field]
      if key and not by_key[key] then
        fault.unknown(own, ("'%s': row"):format(field), key, by_key)
      end
    end
    local shown = by_key[operation.shown_by]
    if shown and shown.method ~= "GET" then
      fault.raise(own, "'shown_by': '%s' is no GET", shown.key)
    end
  end
end

--- Sorts operations so that a path with fewer parameters is matched first, and
--- a row with a mark before one without.
local function by_rank(all)
  local list, place = table.move(all, 1, #all, 1, {}), {}
  for i, operation in ipairs(all) do place[operation] = i end
  local function rank(operation)
    return #operation.parameters * 2 + (operation.mark and 0 or 1)
  end
  table.sort(list, function(a, b)
    if rank(a) ~= rank(b) then return rank(a) < rank(b) end
    return place[a] < place[b]
  end)
  return list
end

--- Completes the operation of an `inside` row: its body is a list of items.
local function complete_inside(operation, keys)
  local item, fields = operation.shape, {}
  for _, key in ipairs(keys) do fields[key .. "!"] = shape.any() end
  for name in pairs(operation.mark or {}) do
    fields[name .. "!"] = shape.any()
  end
  local closed = item == nil or item.kind == "object"
  for _, name in ipairs(item and item.names or {}) do
    local bang = item.required[name] and "!" or ""
    fields[name .. bang] = item.fields[name]
  end
  operation.item = item
  local whole = shape.list(closed and shape.object(fields)
    or shape.map(shape.any()))
  operation.shape = shape.object { [operation.inside .. "!"] = whole }
  operation.body, operation.style = operation.shape, "spec"
  operation.content_type = operation.content_type or "application/json"
end

--- Makes the operations.
---@param where string   "provider 'rabbitmq'"
---@param rows table[]
---@return mkrun.rest.Operations   `ranked` is `all` in the order of matching
function M.operations(where, rows)
  check_keys(rows, where)
  local plain, more = {}, {}
  for i, row in ipairs(rows) do
    plain[i], more[i] =
      read_row(("%s, row '%s'"):format(where, tostring(row[1])), row)
  end
  local made = operations.new { rows = plain, prefixes = {}, paging = {} }
  for i, operation in ipairs(made.all) do
    for name, field in pairs(more[i]) do operation[name] = field end
  end
  check_named(where, made.all, made.by_key)
  made.ranked = by_rank(made.all)
  return made
end

M.complete_inside = complete_inside

return M
