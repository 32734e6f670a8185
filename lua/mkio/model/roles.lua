--- The roles of the service as data: the capabilities of each role, and the
--- resource type that each family of capabilities belongs to.
--- `mkio.model.seed` and `rbac` use it.
---
--- The API's examples use the names `reader`, `user` and `managementReader`.
--- Their capabilities and the role `administrator` are the sandbox's own.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local M = {}

local all = "create delete get update"

--- Capabilities on the organization: family -> verbs.
local organization = {
  ["core.customer"] = "create get update",
  ["core.invite"] = all,
  ["core.location"] = "get",
  ["core.project"] = "assign create get update",
  ["core.role"] = "get",
  ["core.scope"] = "get",
  ["core.subscription"] = "create get update",
  ["core.team"] = all,
  ["core.token"] = "get revoke",
  ["core.user"] = "get remove",
}

--- Capabilities on one project: family -> verbs.
local project = {
  ["ams.asset"] = all,
  ["ams.assetfilter"] = all,
  ["ams.contentkeypolicy"] = all,
  ["ams.job"] = all,
  ["ams.liveevent"] = all,
  ["ams.streamingendpoint"] = all,
  ["ams.streaminglocator"] = all,
  ["ams.transform"] = all,
  ["core.project"] = "get update",
  ["core.subscription"] = "create get",
  ["mkio.metrics"] = "get update",
  ["webhooks.config"] = all,
}

--- The families of each resource type.
M.families = {
  ["core.customer"] = organization,
  ["core.project"] = project,
}

local function collect(names, families, wanted)
  for family, verbs in pairs(families) do
    for verb in verbs:gmatch "%a+" do
      if wanted(family, verb) then names[family .. "." .. verb] = true end
    end
  end
end

--- Returns the sorted capabilities for which `wanted(family, verb)` is true.
local function capabilities(groups, wanted)
  local names, sorted = {}, json.array {}
  for _, families in ipairs(groups) do collect(names, families, wanted) end
  for name in pairs(names) do sorted[#sorted + 1] = name end
  table.sort(sorted)
  return sorted
end

local function everything() return true end

local function reading(_, verb) return verb == "get" end

local function using(family, verb)
  return verb == "get" or family:sub(1, 4) == "ams."
    or family == "webhooks.config"
end

--- Returns the roles of a new state, without ids.
---@return table[]
function M.list()
  return {
    { name = "administrator", categories = { "management", "project" },
      description = "everything",
      capabilities = capabilities({ organization, project }, everything) },
    { name = "managementReader", categories = { "management" },
      description = "sees the organization, changes nothing",
      capabilities = capabilities({ organization }, function(family, verb)
        return verb == "get" and family ~= "core.project"
          and family ~= "core.token"
      end) },
    { name = "reader", categories = { "project" },
      description = "sees a project, changes nothing",
      capabilities = capabilities({ project }, reading) },
    { name = "user", categories = { "project" },
      description = "works in a project",
      capabilities = capabilities({ project }, using) },
  }
end

return M
