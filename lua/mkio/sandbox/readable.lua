--- Shows the state of a sandbox as tables that a person can read: objects by
--- their names, people by their addresses, and no secrets.  `mkrun test` gives
--- them to tests.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local M = {}

--- Copies a value without nulls, which mean the same as nothing.
local function plain(value)
  if value == json.null then return nil end
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, member in pairs(value) do copy[key] = plain(member) end
  return copy
end

local function team_of(team, emails)
  local members = {}
  for id, member in pairs(team.members) do
    members[emails[id] or id] = { isTeamAdmin = member.isTeamAdmin }
  end
  return { description = team.description, members = members,
    scopes = plain(team.scopes) }
end

local function project_of(project, names)
  local webhooks = {}
  for _, rule in ipairs(project.webhooks) do
    webhooks[rule.name] = plain(rule.spec)
    webhooks[rule.name].authentication = nil
  end
  return { displayName = project.displayName, isActive = project.isActive,
    locationName = names[project.locationId],
    paymentMethod = names[project.paymentMethodId], webhooks = webhooks }
end

local function token_of(token, emails)
  return { type = token.type, user = emails[token.userId],
    expires = token.expires, revoked = plain(token.revoked),
    permissions = plain(token.permissions), description = token.description }
end

--- Divides the tokens into those that work, by description, and a list of those
--- that were revoked.  Leaves logins out.
local function tokens_of(state, emails)
  local living, revoked = {}, {}
  for _, token in ipairs(state.tokens) do
    local shown = token_of(token, emails)
    if shown.revoked then
      revoked[#revoked + 1] = shown
    elseif token.type ~= "login" then
      living[token.description or token.id] = shown
    end
  end
  return living, revoked
end

local function names_in(state, home)
  local names, emails = {}, {}
  for _, location in ipairs(state.locations) do
    names[location.id] = location.name
  end
  for _, method in ipairs(home.paymentMethods) do
    names[method.id] = method.displayName or method.id
  end
  for _, user in ipairs(state.users) do emails[user.id] = user.email end
  return names, emails
end

--- Returns the first organization of a state.
---@param state table
---@return table world  organization, members, teams, projects, invites, tokens,
---  revoked_tokens, payment_methods, and providers: name -> path -> document
function M.of(state)
  local home = state.organizations[1]
  local names, emails = names_in(state, home)
  local world = { organization = plain(home.spec), members = {}, teams = {},
    projects = {}, invites = {}, payment_methods = {} }
  for _, user in ipairs(state.users) do
    for _, id in ipairs(home.members) do
      if id == user.id then world.members[user.email] = { name = user.name } end
    end
  end
  for _, team in ipairs(home.teams) do
    world.teams[team.name] = team_of(team, emails)
  end
  for _, project in ipairs(home.projects) do
    world.projects[project.name] = project_of(project, names)
  end
  for _, invite in ipairs(home.invites) do
    world.invites[invite.email] =
      { comment = invite.comment, teams = plain(invite.teams) }
  end
  for _, method in ipairs(home.paymentMethods) do
    world.payment_methods[names[method.id]] =
      { termsAccepted = method.termsAndConditionsAccepted }
  end
  world.tokens, world.revoked_tokens = tokens_of(state, emails)
  world.providers = plain(state.providers or {})
  return world
end

return M
