--- Makes the hint for status 403: the capability that the token lacks, and the
--- roles that have the capability.  `mkio.hint` calls this module.
-- SPDX-License-Identifier: MIT

local permissions = require "mkio.permissions"
local value = require "mkrun.value"

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

--- Returns the command that explains the refusal, such as "mkrun why-403
--- webhooks.put evening-news".
local function flow_for(call)
  local project = call.operation.path:find "{project_name}"
    and call.path:match "^/api/v1/projects/([^/?]+)"
  return ("mkrun why-403 %s%s"):format(call.operation.key,
    project and " " .. project or "")
end

--- Returns the hint for status 403, or nil.
---@param glance mkio.Glance
---@param call mkrun.rest.SentCall
---@param problem mkrun.rest.Error
---@return string? hint
return function(glance, call, problem)
  local can = call.operation.can
  if #can == 0 then return nil end
  local needed = table.concat(can, " or ")
  local rbac = value.dig(glance.document "rbac.get", "rbac")
  if not rbac then return "it needs " .. needed end
  for _, capability in ipairs(can) do
    if permissions.anywhere(rbac, capability) then
      return ("the token has %s, but not for this; %s tells more")
        :format(capability, flow_for(call))
    end
  end
  local roles = roles_with(glance, value.set(can))
  local said = tostring(problem.detail):find(needed, 1, true)
  local hint = said and "" or "the token lacks " .. needed .. "; "
  if #roles > 0 then
    hint = ("%s%s it; "):format(hint, #roles == 1
      and "the role " .. roles[1] .. " has"
      or "the roles " .. table.concat(roles, ", ") .. " have")
  end
  return ("%s%s tells more"):format(hint, flow_for(call))
end
