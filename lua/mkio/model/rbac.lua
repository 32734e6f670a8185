--- Computes rights from teams, scopes and roles.  The rights are computed for
--- each request, so that a change of a team takes effect at once.
--- `mkio.model.router` and `tokens` call this module.
---
--- Rights are a map as in the answer of `GET /user/rbac`: resource type ->
--- resource id -> family -> verbs.  A restricted token's permissions have the
--- same form.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local list = require "mkio.model.list"
local roles = require "mkio.model.roles"
local roster = require "mkio.model.roster"

---@alias mkio.model.Rights table<string, table<string, table>>

local M = {}

--- Splits a capability into family and verb.  For example,
--- `core.project.create` becomes `core.project` and `create`.
local function split(capability)
  return capability:match "^(.+)%.([^.]+)$"
end

local function member(map, key)
  map[key] = map[key] or json.object {}
  return map[key]
end

--- Returns the resources that a scope covers now.  A scope of all projects
--- covers each existing project.
---@param organization table
---@param scope table
---@return {type: string, id: string}[]
function M.resources(organization, scope)
  if not scope.allProjects then return scope.resources end
  return list.map(organization.projects, function(project)
    return { type = "core.project", id = project.id }
  end)
end

local function grant(sets, resource, capability)
  local family, verb = split(capability)
  local families = roles.families[resource.type]
  if not (families and families[family]) then return end
  local by_id = member(sets, resource.type)
  member(member(by_id, resource.id), family)[verb] = true
end

local function grant_role(sets, role, resources)
  for _, resource in ipairs(resources) do
    for _, capability in ipairs(role.capabilities) do
      grant(sets, resource, capability)
    end
  end
end

local function grant_team(sets, state, organization, team)
  for scope_name, granted in pairs(team.scopes) do
    local scope = list.find(organization.scopes, "name", scope_name)
    for _, role_name in ipairs(granted.roles) do
      local role = list.find(state.roles, "name", role_name)
      grant_role(sets, role, M.resources(organization, scope))
    end
  end
end

--- Turns sets of verbs, which are inside `depth` nested maps, into sorted
--- lists.
local function listed(sets, depth)
  if depth == 0 then
    local verbs = json.array {}
    for verb in pairs(sets) do verbs[#verbs + 1] = verb end
    table.sort(verbs)
    return verbs
  end
  local out = json.object {}
  for key, inner in pairs(sets) do out[key] = listed(inner, depth - 1) end
  return out
end

--- Computes all rights of a user in an organization.
---@param state table
---@param organization table
---@param user_id string
---@return mkio.model.Rights
function M.of_user(state, organization, user_id)
  local sets = {}
  for team in pairs(roster.teams(organization, user_id)) do
    grant_team(sets, state, organization, team)
  end
  return listed(sets, 3)
end

--- Returns true if a scope covers a resource now.
local function covers(organization, scope, resource_type, id)
  if scope.allProjects then
    return resource_type == "core.project"
      and list.find(organization.projects, "id", id) ~= nil
  end
  for _, resource in ipairs(scope.resources) do
    if resource.type == resource_type and resource.id == id then return true end
  end
  return false
end

--- Returns true if at least one of the named roles has the capability.
local function gives(state, names, capability)
  for _, name in ipairs(names) do
    local role = list.find(state.roles, "name", name)
    if list.contains(role.capabilities, capability) then return true end
  end
  return false
end

--- Returns true if a user has `capability` on one resource.  The result is the
--- same as that of `has` with all the user's rights, but is cheaper to compute.
---@param state table
---@param organization table
---@param user_id string
---@param resource_type string
---@param id string   the id of the resource
---@param capability string
---@return boolean
function M.user_has(state, organization, user_id, resource_type, id, capability)
  local families = roles.families[resource_type]
  if not (families and families[split(capability)]) then return false end
  for team in pairs(roster.teams(organization, user_id)) do
    for name, granted in pairs(team.scopes) do
      local scope = list.find(organization.scopes, "name", name)
      if gives(state, granted.roles, capability)
        and covers(organization, scope, resource_type, id) then
        return true
      end
    end
  end
  return false
end

--- Returns the verbs that the rights contain for one family on one resource, or
--- nil.
local function verbs_at(rights, resource_type, id, family)
  local by_id = rights[resource_type]
  local families = by_id and by_id[id]
  return families and families[family]
end

--- Calls `visit(type, id, family, verb)` for each right until `visit` returns
--- true.
local function any(rights, visit)
  for resource_type, by_id in pairs(rights) do
    for id, families in pairs(by_id) do
      for family, verbs in pairs(families) do
        for _, verb in ipairs(verbs) do
          if visit(resource_type, id, family, verb) then return true end
        end
      end
    end
  end
  return false
end

--- Returns true if `rights` include `capability` on one resource.
---@param rights mkio.model.Rights
---@param resource_type string
---@param id string   the id of the resource
---@param capability string
---@return boolean
function M.has(rights, resource_type, id, capability)
  local family, verb = split(capability)
  local verbs = verbs_at(rights, resource_type, id, family)
  return verbs ~= nil and list.contains(verbs, verb)
end

--- Returns true if `rights` include `capability` on any resource.
---@param rights mkio.model.Rights
---@param capability string
---@return boolean
function M.has_somewhere(rights, capability)
  local wanted_family, wanted_verb = split(capability)
  return any(rights, function(_, _, family, verb)
    return family == wanted_family and verb == wanted_verb
  end)
end

--- Returns true if a role of the user has `capability`, under any scope.
---@param state table
---@param organization table
---@param user_id string
---@param capability string
---@return boolean
function M.in_some_role(state, organization, user_id, capability)
  for team in pairs(roster.teams(organization, user_id)) do
    for _, granted in pairs(team.scopes) do
      for _, name in ipairs(granted.roles) do
        local role = list.find(state.roles, "name", name)
        if list.contains(role.capabilities, capability) then return true end
      end
    end
  end
  return false
end

--- Returns the rights that both `rights` and `permissions` contain.
---@param rights mkio.model.Rights
---@param permissions mkio.model.Rights
---@return mkio.model.Rights
function M.intersect(rights, permissions)
  local sets = {}
  any(permissions, function(resource_type, id, family, verb)
    local verbs = verbs_at(rights, resource_type, id, family)
    if verbs and list.contains(verbs, verb) then
      local families = member(member(sets, resource_type), id)
      member(families, family)[verb] = true
    end
  end)
  return listed(sets, 3)
end

--- Returns the first permission for which `has` returns false, as
--- "type/id/family.verb".
---@param permissions mkio.model.Rights
---@param has fun(resource_type: string, id: string, capability: string):
---  boolean
---@return string?  nil if `has` returns true for all permissions
function M.excess(permissions, has)
  local found
  any(permissions, function(resource_type, id, family, verb)
    if not verb:find(".", 1, true)
      and has(resource_type, id, family .. "." .. verb) then
      return false
    end
    found = ("%s/%s/%s.%s"):format(resource_type, id, family, verb)
    return true
  end)
  return found
end

return M
