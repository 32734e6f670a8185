--- Computes which user has which rights, from the teams, scopes and roles of an
--- organization.  The flows `access_report`, `why_403` and others call this
--- module.
---
--- A grant is the fact that a team gives its members a role under a scope.
-- SPDX-License-Identifier: MIT

local progress = require "mkrun.progress"
local task = require "mkrun.task"

local permissions = require "mkio.permissions"
local value = require "mkrun.value"

local M = {}

---@class mkio.Grant
---@field team string     the name of the team
---@field scope? string   the name of the scope; nil if the team grants nothing
---@field role? string    the name of the role; nil if the team grants nothing
---@field members table<string, table>   the members of the team, by user id

--- Returns the capabilities of a role, sorted.
---@param role table  the document of the role
---@return string[]
function M.capabilities(role)
  local set = {}
  for _, entry in ipairs(value.dig(role, "spec", "capabilities") or {}) do
    set[type(entry) == "table" and entry.capability or entry] = true
  end
  return value.names(set)
end

--- Returns true if the role has at least one of the capabilities.
---@param role? table
---@param wanted string[]  capabilities
---@return boolean
function M.role_has(role, wanted)
  local held = value.set(role and M.capabilities(role))
  for _, capability in ipairs(wanted) do
    if held[capability] then return true end
  end
  return false
end

--- Returns a map from the name of each resource to the resource.
---@param resources table[]
---@return table<string, table>
function M.by_name(resources)
  local map = {}
  for _, resource in ipairs(resources) do
    map[resource.metadata.name] = resource
  end
  return map
end

--- Returns all grants of the teams, sorted by team, scope and role.  A team
--- without grants has one entry without a scope.
---@param teams table[]
---@return mkio.Grant[]
function M.grants(teams)
  local list, map = {}, M.by_name(teams)
  for _, team in ipairs(value.names(map)) do
    local spec, before = value.dig(map[team], "spec") or {}, #list
    local members = value.present(spec.members) or {}
    for _, scope in ipairs(value.names(value.present(spec.scopes))) do
      local roles = value.set(value.dig(spec.scopes, scope, "roles"))
      for _, role in ipairs(value.names(roles)) do
        list[#list + 1] =
          { team = team, scope = scope, role = role, members = members }
      end
    end
    if #list == before then list[#list + 1] =
      { team = team, members = members } end
  end
  return list
end

M.place = permissions.place

--- Returns true if the rights contain the capability on a resource.
---@param rights table      rights in the form of a token's permissions
---@param capability string
---@param place mkio.Place
---@return boolean
function M.held(rights, capability, place)
  if not place.type then return permissions.anywhere(rights, capability) end
  return permissions.has(rights, place.type, place.id, capability)
    or place.wide
      and permissions.has(rights, "core.customer", nil, capability)
end

--- Returns true if a scope covers a resource.
---@param scope? table
---@param place mkio.Place
---@return boolean
function M.covers(scope, place)
  for _, resource in ipairs(value.dig(scope, "spec", "resources") or {}) do
    if not place.type or resource.type == place.type
        and (not place.id or resource.id == place.id)
      or place.wide and resource.type == "core.customer" then
      return true
    end
  end
  return false
end

--- Calls several functions at the same time, and shows a progress bar.
---@param questions table<string, fun(): any>  functions that read, by name
---@return table<string, any> answers  the functions' results, by the same names
function M.ask(questions)
  local names, answers = value.names(questions), {}
  local bar <close> = progress.new("reading", #names)
  task.map(names, function(name)
    answers[name] = questions[name]()
    bar:step(name)
  end)
  return answers
end

--- Returns the names of the organization and its projects.  The key of each
--- name is the id.
---@param organization table  the document of the organization
---@param projects table[]
---@return table<string, string>
function M.resource_names(organization, projects)
  local names = { [organization.metadata.id] =
    value.dig(organization, "spec", "name") }
  for _, project in ipairs(projects) do
    names[project.metadata.id] = project.metadata.name
  end
  return names
end

return M
