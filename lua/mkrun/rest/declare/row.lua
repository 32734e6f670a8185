--- Reads one row of a declared provider.  `mkrun.rest.declare.rows` calls it.
---
--- The verb of a row, the second part of its key, says what the operation
--- means; see `mkrun.row.verbs`.
-- SPDX-License-Identifier: MIT

local body = require "mkrun.rest.declare.body"
local fault = require "mkrun.rest.declare.fault"
local goes_with = require "mkrun.rest.declare.goes_with"
local sense = require "mkrun.rest.declare.sense"
local shape = require "mkrun.rest.shape"
local verbs = require "mkrun.row.verbs"

local M = {}

local VERBS <const> = verbs.MEANT

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

--- A dry run sends what only asks.
local function check_reads(where, row)
  local method = row[2]
  if row.reads and method ~= "POST" and method ~= "GET" and method ~= "HEAD"
  then
    fault.raise(where, "'reads' says of a POST that it only asks, not of a %s",
      method)
  end
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

--- Reads a row.  Raises if it is wrong.
---@param where string   "provider 'rabbitmq', row 'users.put'"
---@param row table
---@return table plain   the row for `mkrun.rest.operations`
---@return table more    the operation's further fields
function M.read(where, row)
  fault.fields(where, row, FIELDS)
  check_head(where, row)
  local resource, verb = row[1]:match "^(.-)%.(.*)$"
  check_method(where, verb, row)
  check_inside(where, row, verb)
  check_reads(where, row)
  check_why(where, row)
  goes_with.check(where, row, verb)
  sense.check_verb(where, verb, row)
  if verb == "patch" then
    sense.check_patch(where, row, patch_kind(where, row))
  end
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

return M
