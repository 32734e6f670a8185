--- Reads an OpenAPI document: follows its references, and lists its operations.
--- The other modules of this folder call it.  A document is a stranger's: each
--- access takes any value where the standard wants an object.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local M = {}

--- At most so many references in a row are followed.
local MOST_HOPS <const> = 32

--- More rows than these nobody reads, and matching an address would be slow.
M.MOST_OPERATIONS = 3000

local METHODS <const> = { "get", "post", "put", "patch", "delete" }

--- Returns a value if it is an object of JSON, else an empty table.
---@param value any
---@return table
function M.object(value)
  if type(value) ~= "table" or json.is_array(value) then return {} end
  return value
end

--- Returns a value if it is an array of JSON, else an empty table.
---@param value any
---@return any[]
function M.array(value)
  return json.is_array(value) and value or {}
end

--- Returns a value if it is a text that is not empty, else nil.
---@param value any
---@return string?
function M.text(value)
  return type(value) == "string" and value ~= "" and value or nil
end

--- Returns the names of an object's members, sorted.
---@param value any
---@param most? integer  an object with more members counts as empty
---@return string[]
function M.names(value, most)
  local names = {}
  for name in pairs(M.object(value)) do
    if #names == most then return {} end
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

--- Returns the value at a JSON Pointer that begins with "#", or nil.
local function at(root, reference)
  local value = root
  for token in reference:gmatch "/([^/]*)" do
    if type(value) ~= "table" then return nil end
    token = token:gsub("%%(%x%x)", function(hex)
      return string.char(tonumber(hex, 16))
    end):gsub("~1", "/"):gsub("~0", "~")
    if json.is_array(value) then
      value = value[(math.tointeger(tonumber(token)) or -1) + 1]
    else
      value = M.object(value)[token]
    end
  end
  return value
end

--- Follows a reference within the document, also one to another reference.
---@param root table    the document
---@param value any     an object, perhaps with "$ref"
---@return table object  empty if the reference leads nowhere, in a circle, or
---  into another file
function M.resolve(root, value)
  for _ = 1, MOST_HOPS do
    local object = M.object(value)
    local reference = object["$ref"]
    if type(reference) ~= "string" then return object end
    if reference:sub(1, 1) ~= "#" then return {} end
    value = at(root, reference)
  end
  return {}
end

local WANTED <const> = ": a document of OpenAPI 3.0 or 3.1 expected"

--- Says why a document is none that this module reads, or returns nil.
---@param root any
---@return string? fault
function M.fault(root)
  local document = M.object(root)
  local old, version = document.swagger, document.openapi
  if old ~= nil then
    return ("this is Swagger %s: OpenAPI 3.0 or 3.1 expected; a converter such "
      .. "as swagger2openapi makes one of it")
      :format(tostring(old):sub(1, 20))
  elseif type(version) ~= "string" then
    return "no member 'openapi' with a version" .. WANTED
  elseif not version:find "^3%.[01]%f[^%d]" then
    return ("OpenAPI %s: 3.0 or 3.1 expected"):format(version:sub(1, 20))
  elseif next(M.object(document.paths)) == nil then
    return "no member 'paths' with a path in it" .. WANTED
  end
end

---@class mkrun.new.Operation
---@field method string     "GET"
---@field path string       "/pets/{pet_id}", as the document has it
---@field node table        the Operation Object
---@field parameters table[]  Parameter Objects of the path and the operation

local MOST_PARAMETERS <const> = 100

local function parameters_of(root, item, node)
  local found = {}
  for _, owner in ipairs { item, node } do
    for i, parameter in ipairs(M.array(owner.parameters)) do
      if i > MOST_PARAMETERS then break end
      found[#found + 1] = M.resolve(root, parameter)
    end
  end
  return found
end

local function add_operations(root, path, operations)
  local item = M.resolve(root, root.paths[path])
  for _, method in ipairs(METHODS) do
    if type(item[method]) == "table" and not json.is_array(item[method]) then
      local node = item[method]
      operations[#operations + 1] = { method = method:upper(), path = path,
        node = node, parameters = parameters_of(root, item, node) }
    end
  end
end

--- Longer paths, or of more parts, nobody has.
local LONGEST_PATH <const>, MOST_PARTS <const> = 500, 40

--- A path that a request can have: no query, no fragment, no odd byte.
local function is_plain(path)
  local _, parts = path:sub(1, LONGEST_PATH):gsub("/", "")
  return #path <= LONGEST_PATH and parts <= MOST_PARTS
    and path:find "^/[%w%-._~!$&'()*+,;=:@%%/{}]*$" ~= nil
    and not path:find "//" and not (path .. "/"):find "/%.%.?/"
    and not path:gsub("{[^{}/]+}", ""):find "[{}]"
end

--- Lists the operations of a document by their paths, in the order of the
--- alphabet.
---@param root table
---@return mkrun.new.Operation[]? operations  nil: there are too many
---@return string[]|string left_out  paths that no request can have, or what is
---  wrong
function M.operations(root)
  local operations, left_out = {}, {}
  for _, path in ipairs(M.names(root.paths)) do
    if path:sub(1, 2) == "x-" then
      goto continue
    elseif is_plain(path) then
      add_operations(root, path, operations)
    else
      left_out[#left_out + 1] = path
    end
    if #operations > M.MOST_OPERATIONS then
      return nil, ("more than %d operations: cut the document down to the "
        .. "paths that you need"):format(M.MOST_OPERATIONS)
    end
    ::continue::
  end
  if #operations == 0 then return nil, "no path in it has an operation" end
  return operations, left_out
end

return M
