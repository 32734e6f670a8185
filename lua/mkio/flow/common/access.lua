--- Who can do what: teams, scopes and roles of an organization put together.
---
--- A grant is one line of that: this team gives its members this role under
--- this scope.
-- SPDX-License-Identifier: MIT

local progress = require "mkrun.progress"
local task = require "mkrun.task"

local permissions = require "mkio.permissions"
local value = require "mkrun.value"

local M = {}

---@class mkio.Grant
---@field team string
---@field scope? string
---@field role? string
---@field members table<string, table>   of the team, by user id

--- The capabilities of a role, sorted.
---@param role table
---@return string[]
function M.capabilities(role)
  local set = {}
  for _, entry in ipairs(value.dig(role, "spec", "capabilities") or {}) do
    set[type(entry) == "table" and entry.capability or entry] = true
  end
  return value.names(set)
end

--- Has the role one of these capabilities?
---@param role? table
---@param wanted string[]
---@return boolean
function M.role_has(role, wanted)
  local held = value.set(role and M.capabilities(role))
  for _, capability in ipairs(wanted) do
    if held[capability] then return true end
  end
  return false
end

--- A list of resources by the name of each.
---@param resources table[]
---@return table<string, table>
function M.by_name(resources)
  local map = {}
  for _, resource in ipairs(resources) do
    map[resource.metadata.name] = resource
  end
  return map
end

--- Every grant of the teams, in the order of team, scope and role; a team
--- that grants nothing has one without a scope.
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

---@class mkio.Place   where a right must be held to be of use
---@field type? "core.customer"|"core.project"   nil: on any resource
---@field id? string     of the resource; nil: any of the type
---@field wide boolean   holding it on the organization will do too

--- Where the rights for an operation must be held.  That a right of the family
--- `core` may be held on the organization for all its projects is inferred:
--- the API's documents do not say.
---@param operation mkrun.rest.Operation
---@param id? string  of the project, where it is known
---@return mkio.Place
function M.place(operation, id)
  local below = operation.path:find "{project_name}"
    and operation.key ~= "projects.put"
  if operation.key == "projects.list" then return { wide = true } end
  if not below then return { type = "core.customer", wide = true } end
  local wide = false
  for _, capability in ipairs(operation.can) do
    wide = wide or capability:find "^core%." ~= nil
  end
  return { type = "core.project", id = id, wide = wide }
end

--- Do these rights hold the capability at such a place?
---@param rights table      as permissions of a token
---@param capability string
---@param place mkio.Place
---@return boolean
function M.held(rights, capability, place)
  if not place.type then return permissions.anywhere(rights, capability) end
  return permissions.has(rights, place.type, place.id, capability)
    or place.wide
      and permissions.has(rights, "core.customer", nil, capability)
end

--- Does a scope cover such a place?
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

--- Ask several things at once, and show how many have been answered; the
--- answers by their names.
---@param questions table<string, fun(): any>
---@return table<string, any>
function M.ask(questions)
  local names, answers = value.names(questions), {}
  local bar <close> = progress.new("reading", #names)
  task.map(names, function(name)
    answers[name] = questions[name]()
    bar:step(name)
  end)
  return answers
end

--- Names of projects and of the organization by id.
---@param organization table
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
