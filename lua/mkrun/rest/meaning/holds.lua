--- Tells which resources of a provider are in the things of another one, by
--- their paths.  `mkrun.rest.meaning` calls it.
-- SPDX-License-Identifier: MIT

local M = {}

--- Tells whether a parameter of a path names things of a resource: {vhost}, or
--- {vhost_id}, names one of the "vhosts".
---@param resource mkrun.rest.DeclaredResource
---@param parameter string
---@return boolean
function M.is_named(resource, parameter)
  local word = parameter:gsub("_id$", ""):gsub("_name$", "")
  return resource.kind == word or resource.name == word
    or resource.one == word
end

--- Tells whether the things of a resource are in those of another one.
local function is_in(other, resource)
  if other == resource or not other.path or not resource.path then
    return false
  elseif other.inside then
    return other.path == resource.path
  elseif other.path:sub(1, #resource.path + 1) == resource.path .. "/" then
    return true
  end
  for _, name in ipairs(other.keys) do
    if M.is_named(resource, name) then return true end
  end
  return false
end

--- Returns what goes with a removed thing and does not come back with it, such
--- as "its policies, queues".  Returns nil if the paths tell of nothing.
---@param provider mkrun.rest.DeclaredProvider
---@param resource mkrun.rest.DeclaredResource
---@return string?
function M.lost(provider, resource)
  local names = {}
  for name, other in pairs(provider.resources) do
    if is_in(other, resource) then
      names[#names + 1] = name:gsub("_", " ")
    end
  end
  table.sort(names)
  return names[1] and "its " .. table.concat(names, ", ") or nil
end

return M
