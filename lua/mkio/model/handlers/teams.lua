--- Handlers of teams.  A team has members, and roles under scopes.
---
--- The API's documents leave some cases open.  These handlers refuse an unknown
--- user, scope or role with status 400.  A PUT without `members` or `scopes`
--- empties the field.  The two predefined teams can be changed, but not deleted
--- or left without members.  The team `Administrators` cannot lose the role
--- `administrator`.
-- SPDX-License-Identifier: MIT

local dialect = require "mkio.model.dialect"
local errors = require "mkio.model.errors"
local json = require "mkrun.json"
local list = require "mkio.model.list"
local roster = require "mkio.model.roster"
local schema = require "mkio.schema"

local predefined = { Administrators = true, Everyone = true }

local M = {}

local function get(context)
  return list.get(context.organization.teams, "name",
    context.params.team_name, "team")
end

local function member_views(world, members)
  local out = json.object {}
  for id, member in pairs(members) do
    local user = world:user(id)
    out[id] = {
      isTeamAdmin = member.isTeamAdmin, name = user.name, email = user.email,
    }
  end
  return out
end

local function view(world, team)
  return {
    kind = "Team",
    metadata = { id = team.id, name = team.name },
    spec = {
      description = team.description,
      members = member_views(world, team.members), scopes = team.scopes,
    },
  }
end

local function check_members(context, members)
  for id in pairs(members) do
    if not list.contains(context.organization.members, id) then
      errors.bad_request("unknown_member",
        "/spec/members: no user '%s' in this organization", id)
    end
  end
end

local function check_scopes(context, scopes)
  for name, granted in pairs(scopes) do
    if not list.find(context.organization.scopes, "name", name) then
      errors.bad_request("unknown_scope", "/spec/scopes: no scope '%s'", name)
    end
    for _, role in ipairs(granted.roles) do
      if not list.find(context.world.state.roles, "name", role) then
        errors.bad_request("unknown_role",
          "/spec/scopes/%s/roles: no role '%s'", name, role)
      end
    end
  end
end

local function check_predefined(name, spec)
  if not predefined[name] then return end
  if not next(spec.members or {}) then
    errors.bad_request("predefined_team",
      "the team '%s' cannot be left without members", name)
  end
  local granted = spec.scopes and spec.scopes.managementScope
  if name == "Administrators" and not
    (granted and list.contains(granted.roles, "administrator")) then
    errors.bad_request("predefined_team",
      "'Administrators' cannot lose the role 'administrator'")
  end
end

--- Returns `spec` if the team may get this spec.  Otherwise refuses with status
--- 400.
local function checked(context, name, spec)
  check_members(context, spec.members or {})
  check_scopes(context, spec.scopes or {})
  check_predefined(name, spec)
  return spec
end

local function replace(context, team, spec)
  team.description = spec.description
  roster.replace(context.organization, team, spec.members or json.object {})
  team.scopes = spec.scopes or json.object {}
end

M["teams.list"] = function(context)
  return 200, list.kind("TeamList", context.organization.teams,
    function(team) return view(context.world, team) end)
end

M["teams.get"] = function(context)
  return 200, view(context.world, get(context))
end

local function new_team(world, name)
  return { id = world:id(), name = name, members = json.object {} }
end

M["teams.put"] = function(context)
  local world, teams = context.world, context.organization.teams
  local name = context.params.team_name
  local spec = checked(context, name, context.body.spec)
  local team, status = list.find(teams, "name", name), 200
  if not team then
    team, status = new_team(world, name), 201
    teams[#teams + 1] = team
  end
  replace(context, team, spec)
  return status, view(world, team)
end

M["teams.patch"] = function(context)
  local team = get(context)
  local document = dialect.apply({ spec = {
    description = team.description, members = team.members,
    scopes = team.scopes,
  } }, context.body)
  local ok, pointer, expected = schema.check("TeamPutSchema", document)
  if not ok then
    errors.bad_request("bad_patch", "the result does not fit: %s: %s",
      pointer, expected)
  end
  replace(context, team, checked(context, team.name, document.spec))
  return 200, view(context.world, team)
end

M["teams.delete"] = function(context)
  local team = get(context)
  if predefined[team.name] then
    errors.bad_request("predefined_team",
      "the team '%s' cannot be deleted", team.name)
  end
  roster.replace(context.organization, team, json.object {})
  list.take(context.organization.teams, "name", team.name)
  return 204
end

return M
