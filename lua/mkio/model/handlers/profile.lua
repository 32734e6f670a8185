--- Handlers of the user's own profile, in its current and its deprecated shape,
--- and of the user's own rights.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local list = require "mkio.model.list"
local roster = require "mkio.model.roster"

local M = {}

local function active_organization(context)
  local organization = context.organization
  return organization and organization.id or ""
end

local function view(context)
  local user = context.user
  return {
    kind = "Profile", metadata = { id = user.id },
    spec = {
      name = user.name, avatar = user.avatar, company = user.company,
      country = user.country, jobRole = user.jobRole,
      phoneNumber = user.phoneNumber, contactEmail = user.email,
      loginEmail = user.email, isActive = true, features = json.object {},
      activeOrganizationId = active_organization(context),
    },
  }
end

local function old_view(context)
  local user, customers = context.user, json.object {}
  for _, organization in ipairs(context.world.state.organizations) do
    if list.contains(organization.members, user.id) then
      customers[organization.id] = organization.spec.name
    end
  end
  return {
    metadata = { id = user.id },
    spec = {
      name = user.name, avatar = user.avatar, company = user.company,
      country = user.country, jobrole = user.jobRole,
      phonenumber = user.phoneNumber, contact_email = user.email,
      customer_id = active_organization(context), customers = customers,
      is_active = true, is_admin = false, signup_problem = json.null,
    },
  }
end

M["profile.get"] = function(context) return 200, view(context) end

M["profile.patch"] = function(context)
  for name, value in pairs(context.body.spec) do context.user[name] = value end
  return 200, view(context)
end

M["old_profile.get"] = function(context) return 200, old_view(context) end

--- Replaces the profile in its deprecated shape.  Null clears a field.  The
--- current shape has no null, so a cleared field becomes "".
M["old_profile.put"] = function(context)
  local user, spec = context.user, context.body.spec
  local function text(value) return value ~= json.null and value or "" end
  user.name, user.country = spec.name, spec.country
  user.company, user.jobRole = text(spec.company), text(spec.jobrole)
  user.phoneNumber = spec.phonenumber
  return 200, old_view(context)
end

--- Returns the teams that give the user rights.  The API's documents do not
--- describe this part of the answer.
local function team_views(context)
  local out, organization = json.object {}, context.organization
  if not organization then return out end
  for team in pairs(roster.teams(organization, context.user.id)) do
    out[team.name] = { id = team.id, scopes = team.scopes }
  end
  return out
end

M["rbac.get"] = function(context)
  return 200, {
    teams = team_views(context), rbac = json.object(context.rights()),
  }
end

return M
