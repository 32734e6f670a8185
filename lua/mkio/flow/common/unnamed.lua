--- Finds what is in the organization and is not named in a SPEC.  The flows
--- `onboard` and `drift` call this module.
---
--- | kind     | what counts as named                                         |
--- |----------|--------------------------------------------------------------|
--- | projects | those of `projects`, and those in the permissions of `tokens` |
--- | webhooks | the rules of each project that has the key `webhooks`        |
--- | teams    | those of `teams` and of `invites`, and the predefined ones   |
--- | members  | those of each team that has the key `members`                |
--- | scopes   | those of each team that has the key `scopes`                 |
--- | invites  | those of `invites`, and those to the members of `teams`; if  |
--- |          | the SPEC has no `invites`, those to a team with `members`    |
--- |          | are looked at                                                |
--- | tokens   | those of `tokens`; only own restricted tokens are looked at, |
--- |          | whose description matches `ownTokens`                        |
---
--- An absent key is no wish: then nothing of its kind is unnamed.  A member
--- whose last day is over (`until`) counts as unnamed.  So does an invite to
--- such a person, even if the SPEC has no `invites`.
-- SPDX-License-Identifier: MIT

local scrub = require "mkrun.journal.scrub"

local people = require "mkio.flow.common.unnamed_people"
local selection = require "mkio.flow.common.selection"
local spec_of = require "mkio.flow.onboard.spec"
local token_facts = require "mkio.token_facts"
local value = require "mkrun.value"

---@class mkio.Unnamed   a thing that the SPEC does not name
---@field kind string      one of `KINDS`
---@field name string      its own name: of a member, the e-mail address
---@field id? string       of a member, the id of the user
---@field team? string     the team of a member or a scope
---@field project? string  the project of a webhook rule
---@field by? string       who made it, if the API says so
---@field at? string       when it was made, if the API says so
---@field over? string     the last day of a person, if it is over
---@field teams? string[]  of an invite, the teams that it is to
---@field joins? string[]  of an open invite, those of them whose members the
---  SPEC names
---@field details string[]  for people: "until 2026-12-31, which is over"
---@field item table       what the API lists; of a member or a scope, its part
---  of the team

---@class mkio.UnnamedOptions
---@field org mkio.Organization
---@field lists mkio.Lists
---@field spec table
---@field selection? mkio.Selection   default: everything
---@field kinds table<string, boolean>  the kinds to look for, of `KINDS`

local M = {}

--- All kinds, in the order of the result.
M.KINDS = { "projects", "webhooks", "teams", "members", "scopes", "invites",
            "tokens" }

--- The teams that every organization has.
local PREDEFINED <const> = { Administrators = true, Everyone = true }

local function any_has(list, key)
  for _, element in ipairs(list or {}) do
    if element[key] ~= nil then return true end
  end
  return false
end

local WISHES <const> = {
  projects = function(spec) return spec.projects ~= nil end,
  webhooks = function(spec) return any_has(spec.projects, "webhooks") end,
  teams = function(spec) return spec.teams ~= nil end,
  members = function(spec) return any_has(spec.teams, "members") end,
  scopes = function(spec) return any_has(spec.teams, "scopes") end,
  invites = function(spec)
    return spec.invites ~= nil or any_has(spec.teams, "members")
  end,
  tokens = function(spec)
    return spec.tokens ~= nil and spec.ownTokens ~= nil
  end,
}

--- Returns true if the SPEC says which things of a kind there shall be.
---@param spec table
---@param kind string
---@return boolean
function M.has_wish(spec, kind) return WISHES[kind](spec) end

local LISTS <const> = {
  projects = { "projects" }, webhooks = { "projects" }, teams = { "teams" },
  members = { "teams", "users" }, scopes = { "teams" },
  invites = { "invites" }, tokens = { "organization", "my_tokens" },
}

--- Begins to read the lists that `find` needs, side by side.
---@param lists mkio.Lists
---@param spec table
---@param kinds table<string, boolean>
function M.begin(lists, spec, kinds)
  for _, kind in ipairs(M.KINDS) do
    if kinds[kind] and WISHES[kind](spec) then lists:begin(LISTS[kind]) end
  end
end

---@class mkio.UnnamedSearch: mkio.UnnamedOptions
---@field found mkio.Unnamed[]
local Search = {}
Search.__index = Search

--- Adds a thing unless the selection leaves it out.
---@param thing mkio.Unnamed
function Search:add(thing)
  local owner, chosen = thing.team or thing.project, self.selection
  local is_chosen
  if thing.joins then
    is_chosen = chosen:has_invite(thing.name, thing.teams, thing.joins)
  else
    is_chosen = chosen:has(thing.kind, thing.name, owner)
  end
  if is_chosen then table.insert(self.found, thing) end
end

local function by_own_name(a, b) return a.name < b.name end

--- Adds things in the order of their names.
---@param things mkio.Unnamed[]
function Search:add_all(things)
  table.sort(things, by_own_name)
  for _, thing in ipairs(things) do self:add(thing) end
end

--- Calls `visit(wish, team)` for each team of the SPEC that has the key `key`
--- and is there.
---@param key string
---@param visit fun(wish: table, team: table)
function Search:each_team(key, visit)
  local have = {}
  for _, team in ipairs(self.lists:items "teams") do
    have[value.dig(team, "metadata", "name") or ""] = team
  end
  for _, wish in ipairs(self.spec.teams) do
    if wish[key] and have[wish.name] then visit(wish, have[wish.name]) end
  end
end

--- Returns a member of an answer that is only printed, if it is a text.
local function said(text) return type(text) == "string" and text or nil end

local function by_name(a, b)
  return value.dig(a, "metadata", "name") < value.dig(b, "metadata", "name")
end

--- Returns the items that have a name and are not in `named`, by name.
local function others(items, named)
  local found = {}
  for _, item in ipairs(items) do
    local name = value.dig(item, "metadata", "name")
    if name and not named[name] then found[#found + 1] = item end
  end
  table.sort(found, by_name)
  return found
end

--- Returns the elements of a list of the SPEC by their names.
local function named(list)
  local map = {}
  for _, wish in ipairs(list or {}) do map[wish.name] = wish end
  return map
end

local find = { members = people.members, invites = people.invites }

function find.projects(self)
  local names = value.set(spec_of.projects(self.spec))
  for _, project in ipairs(others(self.lists:items "projects", names)) do
    local metadata = project.metadata
    if not names[metadata.id] then
      self:add({ kind = "projects", name = metadata.name, id = metadata.id,
        by = said(metadata.createdByEmail), at = said(metadata.created),
        details = {}, item = project })
    end
  end
end

local function rule_details(rule)
  local url = tostring(value.dig(rule, "spec", "url"))
  local details = { "url: " .. scrub.member("url", url) }
  for _, map in ipairs { "headers", "queryParams" } do
    local hidden = value.dig(rule, "spec", "authentication", map)
    if type(hidden) == "table" and next(hidden) then
      return { details[1], "has secrets" }
    end
  end
  return details
end

function find.webhooks(self)
  local have = {}
  for _, project in ipairs(self.lists:items "projects") do
    have[value.dig(project, "metadata", "name") or ""] = true
  end
  local wishes = {}
  for _, wish in ipairs(self.spec.projects) do
    if wish.webhooks and have[wish.name] then wishes[#wishes + 1] = wish end
  end
  self.lists:begin_rules(value.names(named(wishes)))
  for _, wish in ipairs(wishes) do
    local rules = self.lists:rules(wish.name)
    for _, rule in ipairs(others(rules, named(wish.webhooks))) do
      self:add({ kind = "webhooks", name = rule.metadata.name,
        id = rule.metadata.id, project = wish.name,
        details = rule_details(rule), item = rule })
    end
  end
end

--- Returns the names of the teams that the invites of the SPEC name.
local function invited_to(spec)
  local names = {}
  for _, invite in ipairs(spec.invites or {}) do
    for _, name in ipairs(invite.teams or {}) do names[name] = true end
  end
  return names
end

local function team_details(team)
  local members, scopes = {}, value.names(value.dig(team, "spec", "scopes"))
  for id, member in pairs(value.dig(team, "spec", "members") or {}) do
    members[#members + 1] = value.dig(member, "email") or id
  end
  table.sort(members)
  return { "members: " .. value.some_quoted(members),
           "scopes: " .. value.some_quoted(scopes) }
end

function find.teams(self)
  local kept, invited = named(self.spec.teams), invited_to(self.spec)
  for _, team in ipairs(others(self.lists:items "teams", kept)) do
    local name = team.metadata.name
    if not PREDEFINED[name] and not invited[name] then
      self:add({ kind = "teams", name = name, id = value.dig(team, "metadata",
        "id"), details = team_details(team), item = team })
    end
  end
end

function find.scopes(self)
  self:each_team("scopes", function(wish, team)
    local things = {}
    for name, scope in pairs(value.dig(team, "spec", "scopes") or {}) do
      local roles = value.quoted(value.dig(scope, "roles") or {})
      things[#things + 1] = not wish.scopes[name] and { kind = "scopes",
        name = name, team = wish.name, details = { "roles: " .. roles },
        item = scope } or nil
    end
    self:add_all(things)
  end)
end

--- Returns true if a token is restricted, valid, and of the organization.
local function is_own(token, organization_id)
  return value.dig(token, "metadata", "type") == "restricted"
    and value.dig(token, "spec", "organizationId") == organization_id
    and not token_facts.is_revoked(token)
end

local function token_details(token)
  return { "id: " .. token.metadata.id, "last used: "
    .. (value.dig(token, "spec", "lastUsed") or "never") }
end

function find.tokens(self)
  local matches, kept = selection.matcher(self.spec.ownTokens), {}
  for _, wish in ipairs(self.spec.tokens) do kept[wish.description] = true end
  local home = self.lists:items "organization".metadata.id
  local things = {}
  for _, token in ipairs(self.lists:items "my_tokens") do
    local name = token_facts.description(token)
    if name and is_own(token, home) and not kept[name] and matches(name) then
      things[#things + 1] = { kind = "tokens", name = name,
        id = token.metadata.id, by = said(value.dig(token, "spec", "user")),
        at = value.dig(token, "spec", "issued"),
        details = token_details(token), item = token }
    end
  end
  self:add_all(things)
end

--- Lists what is there and what the SPEC does not name, in the order of
--- `KINDS`.  Leaves out kinds that the SPEC has no wish for.
---@param options mkio.UnnamedOptions
---@return mkio.Unnamed[]
function M.find(options)
  local self = setmetatable({ found = {}, org = options.org,
    lists = options.lists, spec = options.spec, kinds = options.kinds,
    selection = options.selection or selection.new {} }, Search)
  M.begin(self.lists, self.spec, self.kinds)
  for _, kind in ipairs(M.KINDS) do
    if self.kinds[kind] and WISHES[kind](self.spec) then find[kind](self) end
  end
  return self.found
end

return M
