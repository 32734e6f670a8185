--- Finds names in the state of a sandbox, for a shell that completes a command
--- line.  The host calls this module.
---
--- The state is only read: nothing is locked, repeated or changed.  Texts of
--- the state other than the names listed here stay in it.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local value = require "mkrun.value"

local M = {}

--- Calls `visit(item, organization)` for each item of a list in each
--- organization.
local function each(state, field, visit)
  for _, organization in ipairs(state.organizations) do
    for _, item in ipairs(organization[field]) do visit(item, organization) end
  end
end

--- Returns a finder of the names in a list of the organizations.
local function listed(field, member)
  return function(state, add)
    each(state, field, function(item) add(item[member]) end)
  end
end

local function organizations(state, add)
  for _, organization in ipairs(state.organizations) do
    add(organization.spec.name)
  end
end

local function members(state, add)
  for _, user in ipairs(state.users) do add(user.email, user.name) end
end

local function tokens(state, add)
  for _, token in ipairs(state.tokens) do
    if token.type ~= "login" then add(token.description) end
  end
end

local function scopes(state, add)
  each(state, "teams", function(team)
    for _, name in ipairs(value.names(team.scopes)) do add(name) end
  end)
end

local function rules(state, add)
  each(state, "projects", function(project)
    for _, rule in ipairs(project.webhooks) do add(rule.name, project.name) end
  end)
end

--- The members of teams, as --only names them: TEAM/EMAIL.
local function team_members(state, add)
  local people = {}
  for _, user in ipairs(state.users) do people[user.id] = user end
  each(state, "teams", function(team)
    for _, id in ipairs(value.names(team.members)) do
      local user = people[id]
      if user then add(team.name .. "/" .. user.email, user.name) end
    end
  end)
end

local function team_scopes(state, add)
  each(state, "teams", function(team)
    for _, name in ipairs(value.names(team.scopes)) do
      add(team.name .. "/" .. name)
    end
  end)
end

local function project_rules(state, add)
  each(state, "projects", function(project)
    for _, rule in ipairs(project.webhooks) do
      add(project.name .. "/" .. rule.name)
    end
  end)
end

local PARTS <const> = {
  organization = organizations, projects = listed("projects", "name"),
  paymentMethods = listed("paymentMethods", "displayName"),
  webhooks = project_rules, teams = listed("teams", "name"),
  members = team_members, scopes = team_scopes,
  invites = listed("invites", "email"), tokens = tokens,
}

--- The parts of a SPEC, as --only names them: KIND/NAME, as
--- `mkio.flow.common.selection` reads it.
local function parts(state, add)
  for kind, find in pairs(PARTS) do
    find(state, function(name, about)
      if name then add(kind .. "/" .. name, about) end
    end)
  end
end

local FINDERS <const> = {
  team = PARTS.teams, project = PARTS.projects, rule = rules,
  user = members, member = members, who = members, email = PARTS.invites,
  organization = organizations, token = tokens, description = tokens,
  scope = scopes, only = parts, except = parts,
}

local function add_all(finder, state, list)
  local seen = {}
  finder(state, function(name, about)
    if type(name) ~= "string" or seen[name] then return end
    seen[name] = true
    list[#list + 1] = { name, type(about) == "string" and about or "" }
  end)
  table.sort(list, function(a, b) return a[1] < b[1] end)
end

--- Returns the names that an argument may have.
---@param text string    content of the file of --sandbox
---@param words string[]  words for the argument, the best first: the name of
---  the option, the name of its value; the first that is known counts
---@return string[][] list  pairs of a name and a text about it; empty if the
---  text is no state, or no word is known
function M.find(text, words)
  local list = {}
  for _, word in ipairs(words) do
    local finder = FINDERS[word:lower()]
    local state = finder and json.decode(text)
    if finder then
      pcall(add_all, finder, state, list)
      return list
    end
  end
  return list
end

return M
