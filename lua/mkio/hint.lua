--- The next thing to try, for each way that a request can be refused.
-- SPDX-License-Identifier: MIT

local permissions = require "mkio.permissions"
local value = require "mkio.value"

local M = {}

--- Ask for a document on the side; a failure here is of no interest.
local function glance(session, path)
  local document = session.client:request("GET", path, {})
  return type(document) == "table" and document or nil
end

local function grants(role, wanted)
  for _, entry in ipairs(value.dig(role, "spec", "capabilities") or {}) do
    local capability = type(entry) == "table" and entry.capability or entry
    if wanted[capability] then return true end
  end
  return false
end

local function roles_with(session, wanted)
  local roles = glance(session, "/api/v1/organization/roles")
  local names = {}
  for _, role in ipairs(value.dig(roles, "value") or {}) do
    if grants(role, wanted) then
      names[#names + 1] = value.dig(role, "metadata", "name")
    end
  end
  table.sort(names)
  return names
end

local by_status = {}

by_status[401] = function(session)
  local claims = session.token and session.token:claims()
  local expires = claims and tonumber(claims.exp)
  if expires and expires < os.time() then
    return "the token expired at " .. os.date("!%Y-%m-%dT%H:%M:%SZ", expires)
  end
  return session.token and "the token is revoked or not of this server"
    or "set MKIO_TOKEN or use --token-file"
end

by_status[403] = function(session, operation)
  if #operation.can == 0 then return nil end
  local needed = table.concat(operation.can, " or ")
  local answer = glance(session, "/api/v1/user/rbac")
  local rbac = value.dig(answer, "rbac")
  if not rbac then return "it needs " .. needed end
  for _, capability in ipairs(operation.can) do
    if permissions.anywhere(rbac, capability) then
      return ("the token has %s, but not for this"):format(capability)
    end
  end
  local roles = roles_with(session, value.set(operation.can))
  local hint = "the token lacks " .. needed
  if #roles == 0 then return hint end
  return ("%s; %s it"):format(hint, #roles == 1
    and "the role " .. roles[1] .. " has"
    or "the roles " .. table.concat(roles, ", ") .. " have")
end

by_status[404] = function(_, operation)
  return operation.path:find "{project_name}"
    and "does the token see the project?" or nil
end

by_status[429] = function(_, operation)
  local read = operation.method == "GET"
  return ("MK.IO allows %s a minute"):format(
    read and "2000 reads" or "1000 writes")
end

local by_code = {
  tls = "is --cacert needed?",
  connect = "is the base URL right?",
  resolve = "is the base URL right?",
  timeout = "--timeout sets the limit",
}

---@param session mkio.Session
---@param operation mkio.Operation
---@param problem mkio.Error
---@return string? hint
function M.of(session, operation, problem)
  local by = by_status[problem.status]
  if by then return by(session, operation, problem) end
  if not problem.status then return by_code[problem.code] end
end

return M
