--- Defines the roles of the service: the capabilities of each role, and the
--- resource type that each family of capabilities belongs to.
--- `mkio.model.seed` and `rbac` call this module.
---
--- The API's examples contain the names `reader`, `user` and
--- `managementReader`.  The capabilities of these roles and the role
--- `administrator` are our guess.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local M = {}

local all = "create delete get update"

--- The capabilities that an organization has: each family with its verbs.
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

--- The capabilities that a project has: each family with its verbs.
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

--- Maps each resource type to its families of capabilities.
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

--- Returns the capabilities for which `wanted(family, verb)` is true, sorted.
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

--- Returns the roles of a new state.  The roles have no ids yet.
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
