--- Finds an operation by a name that people type: "teams.patch", a method and a
--- path, or a capability.  The flows `why_403` and `access_report` call this
--- module.
-- SPDX-License-Identifier: MIT

local access = require "mkio.flow.common.access"
local errors = require "mkrun.rest.error"
local names = require "mkrun.rest.suggestion"
local operations = require "mkio.operations"
local value = require "mkrun.value"

local M = {}

--- Returns the API path.  `text` is a URL, a path, or a path without "/api/v1".
local function path_of(text)
  local path = text:gsub("^%a[%w+.-]*://[^/?#]*", ""):gsub("[?#].*", "")
  if path:find "^/api/" or path:find "^/%.well%-known/" then return path end
  return "/api/v1/" .. path:gsub("^/", "")
end

local function by_path(method, path)
  local operation, parameters = operations.match(method, path)
  if operation then return operation, parameters end
  if parameters then
    return nil, ("there is no operation %s %s, but others on that path")
      :format(method, path)
  end
  return nil, ("there is no operation %s %s"):format(method, path)
end

--- Returns a hint for an unknown key: the keys of the same resource, or the
--- names of all resources.
local function near(key)
  local resource, same, resources = key:match "^[^.]*", {}, {}
  for _, operation in ipairs(operations.all) do
    local other = operation.key:match "^[^.]*"
    if other == resource then same[#same + 1] = operation.key end
    resources[other] = true
  end
  if #same > 0 then return "there is " .. value.quoted(same) end
  return "the first word is one of "
    .. table.concat(value.names(resources), ", ")
end

--- The operations that `by_capability` skips.  `projects.list` is skipped
--- because other operations need the same capability and are about one project.
local EVERYWHERE <const> = { ["projects.list"] = true }

--- Returns the first operation that needs a capability.  In the result, `can`
--- has only this capability.  If no operation needs the capability, the result
--- is an invented operation: on the organization for the family `core`, and on
--- a project for all other families, which are about media.
local function by_capability(text)
  local path = text:find "^core%." and "/api/v1/organization"
    or "/api/v1/projects/{project_name}"
  for _, operation in ipairs(operations.all) do
    if value.set(operation.can)[text] and not EVERYWHERE[operation.key] then
      return setmetatable({ can = { text } }, { __index = operation })
    end
  end
  return { key = text, method = "", path = path, can = { text } }
end

--- Finds an operation.
---@param text string   "teams.patch", "PATCH /api/v1/...", "PATCH", or a
---  capability such as "core.team.update"
---@param rest? string  the path, if `text` is the method only
---@return mkrun.rest.Operation? operation
---@return table<string, string>|string parameters   the path parameters; a
---  message if there is no such operation
function M.find(text, rest)
  local method, path = text:match "^(%a+)%s+(%S+)$"
  if not method and rest and rest:find "/" then method, path = text, rest end
  if method then return by_path(method:upper(), path_of(path)) end
  local operation = operations.by_key[text]
  if operation then return operation, {} end
  if text:find "^%w+%.[%w.]+%.%a+$" then return by_capability(text), {} end
  return nil, ("there is no operation '%s': %s"):format(text, near(text))
end

--- Returns the name of the project that an operation is about.  The name comes
--- from the operation's path or from `given`.
---@param parameters table<string, string>  the path parameters from `find`
---@param given? string    a project named on the command line
---@return string? project
---@return string? fault   a message if the path and `given` differ
function M.project(parameters, given)
  local named = parameters.project_name
  if named == "{project_name}" then named = nil end
  if given and named and given ~= named then
    return nil, ("the path is about the project '%s', not '%s'")
      :format(named, given)
  end
  return given or named
end

--- Raises an error if no operation needs and no role contains the capability.
--- The error suggests the nearest capability.  Otherwise a misspelt capability
--- would be reported as a capability that nobody has.
---@param wanted string[]  a list whose first element is the capability
---@param roles table[]    the roles that the token may read
function M.check_capability(wanted, roles)
  local known = {}
  for _, operation in ipairs(operations.all) do
    for _, name in ipairs(operation.can) do known[name] = true end
  end
  for _, role in ipairs(roles) do
    for _, name in ipairs(access.capabilities(role)) do known[name] = true end
  end
  local name = wanted[1]
  if not name or known[name] then return end
  errors.refuse("missing", ("there is no capability '%s'"):format(name),
    names.hint(name, value.names(known)) or "mkrun access-report shows those "
      .. "that there are")
end

return M
