--- Says what only MK.IO's library knows of a script's needs: the operation of a
--- request, and the files and variables that a SPEC names.  The host passes
--- this module to `mkrun.host.confine`.
-- SPDX-License-Identifier: MIT

local operations = require "mkio.operations"
local value = require "mkrun.value"

local M = {}

--- Returns the key of the operation of a request: "teams.patch".
---@param method string
---@param path string   below the base URL
---@return string?  nil if there is no such operation
function M.operation(method, path)
  local found = operations.match(method, path)
  return found and found.key
end

--- Returns true if there is an operation with this key.
---@param key string
---@return boolean
function M.is_operation(key) return operations.by_key[key] ~= nil end

--- Returns the keys of all operations, sorted.
---@return string[]
function M.operations()
  return value.names(operations.by_key)
end

---@class mkio.FilesIn
---@field read string[]   paths
---@field write string[]
---@field env string[]    names of variables

local function add(list, name)
  if type(name) == "string" then list[#list + 1] = name end
end

--- Adds what {"file": ...} and {"env": ...} name: sources, and the files of
--- tokens, which a run reads before it writes them.
local function add_sources(found, part)
  if type(part) ~= "table" then return end
  add(found.read, part.file)
  add(found.env, part.env)
  for _, member in pairs(part) do add_sources(found, member) end
end

--- Finds the files and variables that a SPEC names.  The SPEC is not checked
--- yet, so a value may have any type.
---@param spec any   the decoded SPEC
---@return mkio.FilesIn
function M.files_in(spec)
  local found = { read = {}, write = {}, env = {} }
  if type(spec) ~= "table" then return found end
  add_sources(found, spec)
  for _, token in ipairs(type(spec.tokens) == "table" and spec.tokens or {}) do
    if type(token) == "table" then add(found.write, token.file) end
  end
  return found
end

return M
