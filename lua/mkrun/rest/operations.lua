--- Converts a table of rows to the operations of an API.  A provider calls this
--- module.  The client, the sandbox, hints and `undo` use the result.
---
--- A row is `{key, method, path}`.  The defaults are: `ok` {200}, an answer
--- with a body, any valid token, and a body of style "spec".  Without `safe`,
--- all methods but POST may be repeated.
-- SPDX-License-Identifier: MIT

---@class mkrun.rest.Operation
---@field key string       name of the operation in code: "teams.patch"
---@field method string
---@field path string      template: "/api/v1/projects/{project_name}"
---@field ok integer[]     the statuses of success
---@field body? string     request schema ("[X]" is an array of X)
---@field style "flat"|"spec"|"patch"|"none"   layout of the request body
---@field content_type? string   media type of the request body
---@field empty boolean    true: the answer to a success has no body
---@field list? "pagination"|"kind"|"value"    shape of an answer with a list
---@field paged boolean    true: takes $top, $skiptoken, $orderby and $filter
---@field query table<string, string>   name of an option -> query parameter
---@field can string[]     capabilities; the token needs at least one of these
---@field auth "none"|"token"|"capability"
---@field safe boolean|"entries"  true: the request may be repeated if no answer
---  came; "entries": the patch entries in the body decide about a repeat

local function full_path(short, prefixes)
  if short:sub(1, 1) == "/" then return short end
  return (short:gsub("^%a%w*", prefixes, 1))
end

local function capabilities(can)
  return type(can) == "string" and { can } or can or {}
end

local function query_of(row, paging)
  local query = {}
  for name, parameter in pairs(row.paged and paging or {}) do
    query[name] = parameter
  end
  for name, parameter in pairs(row.query or {}) do query[name] = parameter end
  return query
end

local function is_safe(row)
  if row.safe ~= nil then return row.safe end
  return row[2] ~= "POST"
end

---@return mkrun.rest.Operation
local function operation(row, api)
  local can = capabilities(row.can)
  return {
    key = row[1], method = row[2], path = full_path(row[3], api.prefixes),
    ok = row.ok or { 200 }, empty = row.empty or false,
    body = row.body, style = row.style or (row.body and "spec" or "none"),
    content_type = row.content_type or (row.body and "application/json"),
    list = row.list, paged = row.paged or false,
    query = query_of(row, api.paging), can = can,
    auth = row.auth or (can[1] and "capability" or "token"),
    safe = is_safe(row),
  }
end

local M = {}

--- Percent-encodes all characters of `text` that are not unreserved (RFC 3986).
---@param text string
---@return string
function M.escape(text)
  return (text:gsub("[^%w%-._~]", function(byte)
    return ("%%%02X"):format(byte:byte())
  end))
end

--- Decodes percent-encoding.  A percent sign without two hexadecimal digits is
--- kept.
---@param text string
---@return string
function M.unescape(text)
  return (text:gsub("%%(%x%x)", function(hex)
    return string.char(tonumber(hex, 16))
  end))
end

--- Encodes a name as a path segment.  Raises for "." and "..", because URL
--- parsers remove these segments even when encoded.  Raises for "", because the
--- path would name the whole collection.
local function segment(name, value)
  if type(value) ~= "string" or value == "" or value:find "^%.%.?$" then
    error(("bad parameter '%s' (a name expected, got %s)")
      :format(name, type(value) == "string" and "'" .. value .. "'"
        or type(value)), 0)
  end
  return M.escape(value)
end

--- Fills a path template: `{team_name}` becomes the encoded `team_name` of
--- `parameters`.  Raises if a parameter is missing or malformed.
---@param path string
---@param parameters? table<string, string>
---@return string
function M.expand(path, parameters)
  return (path:gsub("{([%w_]+)}", function(name)
    return segment(name, parameters and parameters[name])
  end))
end

local function pattern_of(path)
  local names = {}
  local pattern = path:gsub("[%-.]", "%%%0"):gsub("{([%w_]+)}", function(name)
    names[#names + 1] = name
    return "([^/]+)"
  end)
  return "^" .. pattern .. "$", names
end

local function parameters_of(operation_, path)
  local pattern, names = pattern_of(operation_.path)
  local found = { path:match(pattern) }
  if not found[1] then return nil end
  local parameters = {}
  for i, name in ipairs(names) do parameters[name] = M.unescape(found[i]) end
  return parameters
end

--- Returns true if `status` means success.
---@param status integer
---@param operation_ mkrun.rest.Operation
---@return boolean
function M.is_ok(operation_, status)
  for _, ok in ipairs(operation_.ok) do
    if ok == status then return true end
  end
  return false
end

local function match(all, method, path)
  local exists = false
  for _, candidate in ipairs(all) do
    local parameters = parameters_of(candidate, path)
    if parameters and candidate.method == method then
      return candidate, parameters
    end
    exists = exists or parameters ~= nil
  end
  return nil, exists
end

---@class mkrun.rest.Operations
---@field all mkrun.rest.Operation[]   in the order of the rows
---@field by_key table<string, mkrun.rest.Operation>
---@field match fun(method: string, path: string): mkrun.rest.Operation?,
---  table<string, string>|boolean   finds the operation of a method and a path
---  without query, and the decoded path parameters; returns `nil, true` if only
---  other methods have this path
---@field escape fun(text: string): string
---@field unescape fun(text: string): string
---@field expand fun(path: string, parameters: table<string, string>?): string
---@field is_ok fun(operation: mkrun.rest.Operation, status: integer): boolean

--- Makes the operations of one API.
---@param api {rows: table[], prefixes: table<string, string>,
---  paging: table<string, string>}   `prefixes`: first word of a short path ->
---  path; `paging`: option -> query parameter of a list
---@return mkrun.rest.Operations
function M.new(api)
  local all, by_key = {}, {}
  for i, row in ipairs(api.rows) do
    all[i] = operation(row, api)
    by_key[row[1]] = all[i]
  end
  return {
    all = all, by_key = by_key, escape = M.escape, unescape = M.unescape,
    expand = M.expand, is_ok = M.is_ok,
    match = function(method, path) return match(all, method, path) end,
  }
end

return M
