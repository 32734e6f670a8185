--- 403: which capability the token lacks, and which roles have it.
-- SPDX-License-Identifier: MIT

local permissions = require "mkio.permissions"
local value = require "mkio.value"

local function grants(role, wanted)
  for _, entry in ipairs(value.dig(role, "spec", "capabilities") or {}) do
    local capability = type(entry) == "table" and entry.capability or entry
    if wanted[capability] then return true end
  end
  return false
end

local function roles_with(glance, wanted)
  local names = {}
  for _, role in ipairs(glance.list "roles.list") do
    if grants(role, wanted) then
      names[#names + 1] = value.dig(role, "metadata", "name")
    end
  end
  table.sort(names)
  return names
end

---@param glance mkio.Glance
---@param call mkio.SentCall
---@return string? hint
return function(glance, call)
  local can = call.operation.can
  if #can == 0 then return nil end
  local needed = table.concat(can, " or ")
  local rbac = value.dig(glance.document "rbac.get", "rbac")
  if not rbac then return "it needs " .. needed end
  for _, capability in ipairs(can) do
    if permissions.anywhere(rbac, capability) then
      return ("the token has %s, but not for this"):format(capability)
    end
  end
  local roles = roles_with(glance, value.set(can))
  local hint = "the token lacks " .. needed
  if #roles == 0 then return hint end
  return ("%s; %s it"):format(hint, #roles == 1
    and "the role " .. roles[1] .. " has"
    or "the roles " .. table.concat(roles, ", ") .. " have")
end
