--- Looks up everything that a SPEC, the file of `onboard`, names before the
--- first write.  `mkio.flow.onboard` calls it.
---
--- It only reads.  It skips lists that the token may not read.  In that case
--- the write that uses the name fails later.
-- SPDX-License-Identifier: MIT

local patch = require "mkrun.patch"

local errors = require "mkrun.rest.error"
local last_days = require "mkio.flow.onboard.last_days"
local lists_of = require "mkio.flow.common.lists"
local near = require "mkrun.rest.suggestion"
local part = require "mkio.flow.onboard.part"
local rule_check = require "mkio.flow.onboard.rule_check"
local spec_of = require "mkio.flow.onboard.spec"
local token_check = require "mkio.flow.onboard.token_check"
local value = require "mkrun.value"

---@class mkio.Preflight
---@field org mkio.Organization
---@field here table                 the document of the organization
---@field spec table
---@field projects table<string, table>  the existing projects, by name
---@field problems {pointer: string, text: string}[]
---@field lists mkio.Lists
---@field sets table<string, table|false>      their names, by resource
---@field orders table<table, string[]>        names in the API's order, by set
local Preflight = {}
Preflight.__index = Preflight

local function new(self)
  for _, name in ipairs { "problems", "sets", "orders", "methods" } do
    self[name] = {}
  end
  return setmetatable(self, Preflight)
end

local DENIED <const> = { [403] = true }

--- Adds a problem.  The arguments after `text` are the segments of its pointer.
function Preflight:complain(text, ...)
  self.problems[#self.problems + 1] =
    { pointer = patch.pointer { ... }, text = text }
end

--- What of SPEC brings the name of each kind: a project brings its scope.
local BRINGS <const> = {
  team = function(name) return "teams", name end,
  project = function(name) return "projects", name end,
  scope = function(name) return "projects", name:match "^(.*)Scope$" end,
}

--- Says what of SPEC would bring a name, if it is not selected.
local function left_out(self, kind, name)
  local brings = BRINGS[kind]
  local of, bearer = table.unpack(brings and { brings(name) } or {})
  local advice = bearer and part.advice(self.spec, of, bearer)
  return advice and ("SPEC makes it with '%s/%s', %s"):format(of, bearer,
    advice)
end

--- Complains unless the name is known.
---@param kind string  what the name is of, for the message: "role"
---@param name string
---@param known? table<string, any>  the known names; nil: no check
---@param ... string|integer  the segments of the pointer of the name
---@return boolean is_known
function Preflight:check_name(kind, name, known, ...)
  if not known or known[name] ~= nil then return true end
  local text = ("there is no %s '%s'"):format(kind, name)
  local hint = left_out(self, kind, name)
    or near.hint(name, self.orders[known] or value.names(known))
  self:complain(hint and text .. ": " .. hint or text, ...)
  return false
end

--- Calls `ask` and returns its result.  An error of this library that
--- names no request becomes a complaint.  Other errors are raised again.
function Preflight:attempt(ask, ...)
  local ok, result = pcall(ask)
  if ok then return result end
  if not errors.is(result) or result.method then error(result, 0) end
  self:complain(tostring(result), ...)
end

--- Returns the items of a list, or nil if the token may not read it.
function Preflight:list(resource)
  return self.lists:checkable(resource,
    ("does not check the names of %s in the SPEC"):format(resource))
end

--- Returns the names in a list together with the names that the SPEC will add.
--- Returns nil if the token may not read the list.
---@param resource string  the field of the organization: "roles"
---@param coming? string[]  names that the SPEC will add
---@return table<string, true>?
function Preflight:names(resource, coming)
  if self.sets[resource] == nil then
    local items, names, order = self:list(resource), {}, {}
    local function add(name)
      if not names[name] then order[#order + 1] = name end
      names[name] = true
    end
    for _, item in ipairs(items or {}) do add(item.metadata.name) end
    for _, name in ipairs(coming or {}) do add(name) end
    self.sets[resource], self.orders[names] = items and names or false, order
  end
  return self.sets[resource] or nil
end

--- Returns the payment method with this name, or the only active one if there
--- is no name.  Each name is looked up once.
function Preflight:method(name, ...)
  local key = name or false
  if self.methods[key] == nil then
    self.methods[key] = self:attempt(function()
      return self.org.payment_methods:choose(name,
        self.lists:items "payment_methods")
    end, ...) or false
  end
  return self.methods[key] or nil
end

local function needs_terms(self, method)
  if self.org.payment_methods.accepted(method) then return false end
  for _, wish in ipairs((spec_of.methods(self.spec))) do
    local chosen = self.methods[wish.displayName]
    if chosen and chosen.metadata.id == method.metadata.id
      and wish.acceptTerms then
      return false
    end
  end
  return true
end

--- Returns what makes the terms of a payment method accepted.
local function advice_on_terms(self, wish, label)
  for _, method in ipairs((spec_of.methods(part.whole(self.spec)))) do
    local name = method.displayName
    local is_it = name == label or name == wish.paymentMethod
    local advice = method.acceptTerms and is_it
      and part.advice(self.spec, "paymentMethods", name)
    if advice then
      return ("SPEC accepts them with 'paymentMethods/%s', %s")
        :format(name, advice)
    end
  end
  return ("\"paymentMethod\": {\"displayName\": \"%s\", "
    .. "\"acceptTerms\": true} in SPEC accepts them"):format(label)
end

--- Checks the payment method of a project.  Complains if its terms are not
--- accepted and the SPEC does not accept them.
local function check_payment(self, wish, have, ...)
  local default = self.spec.paymentMethod
  local name = wish.paymentMethod or default and default.displayName
  if have and not name then return end
  local method = self:method(name, ...)
  local id = method and method.metadata.id
  if not id or id == value.dig(have, "spec", "assignedPaymentMethodId") then
    return
  end
  if needs_terms(self, method) then
    local label = self.org.payment_methods.label(method)
    self:complain(("the terms of payment method '%s' are not accepted: %s")
      :format(label, advice_on_terms(self, wish, label)), ...)
  end
end

local function check_location(self, wish, have, ...)
  local is = value.dig(have, "spec", "locationName")
  if is and is ~= wish.locationName then
    self:complain(("the project is in '%s' and cannot be moved"):format(is),
      ...)
  elseif not have then
    self:check_name("location", wish.locationName, self:names "locations", ...)
  end
end

local function check_rules(self, i, wish, have)
  if not wish.webhooks then return end
  local rules = self.org:project(wish.name).webhooks
  local known = have and rules:index(self.lists:rules(wish.name)) or {}
  rule_check.run(self, rules, wish.webhooks, known, "projects", i, "webhooks")
end

--- Complains if a thing of which only parts are selected is not there.
local function check_there(self, kind, of, wish, have, ...)
  if have then return end
  local advice = part.advice(self.spec, of, wish.name)
  self:complain(("there is no %s '%s': SPEC makes it with '%s/%s', %s")
    :format(kind, wish.name, of, wish.name, advice), ...)
end

local function check_project(self, i, wish, have)
  if wish.is_part then
    return check_there(self, "project", "projects", wish, have, "projects", i)
  end
  check_location(self, wish, have, "projects", i, "locationName")
  check_payment(self, wish, have, "projects", i,
    wish.paymentMethod and "paymentMethod")
end

local function check_projects(self)
  for i, wish in ipairs(self.spec.projects or {}) do
    local have = self.projects[wish.name]
    check_project(self, i - 1, wish, have)
    check_rules(self, i - 1, wish, have)
  end
end

local function check_roles(self, i, wish)
  for _, scope in ipairs(value.names(wish.scopes)) do
    for j, role in ipairs(wish.scopes[scope].roles) do
      self:check_name("role", role, self:names "roles", "teams", i, "scopes",
        scope, "roles", j - 1)
    end
  end
end

local function check_team(self, i, wish, coming)
  if wish.is_part and not last_days.is_idle(wish) and self:list "teams" then
    check_there(self, "team", "teams", wish, self:teams()[wish.name], "teams",
      i)
  end
  for _, scope in ipairs(value.names(wish.scopes)) do
    self:check_name("scope", scope, self:names("scopes", coming), "teams", i,
      "scopes", scope)
  end
  check_roles(self, i, wish)
  self:attempt(function()
    errors.unless(DENIED, self.org.teams.check, self.org.teams, wish.name,
      { members = last_days.current(wish.members), scopes = wish.scopes },
      self:teams()[wish.name])
  end, "teams", i)
end

--- Maps the names of the existing teams to the teams.
function Preflight:teams()
  self.by_name = self.by_name
    or self.org.teams:index(self:list "teams" or {})
  return self.by_name
end

--- Checks the teams of the SPEC.  Each project of the SPEC brings a scope with
--- it, so these scopes count as known.
local function check_teams(self)
  local coming = {}
  for _, wish in ipairs(self.spec.projects or {}) do
    if not wish.is_part then coming[#coming + 1] = wish.name .. "Scope" end
  end
  for i, wish in ipairs(self.spec.teams or {}) do
    check_team(self, i - 1, wish, coming)
  end
end

--- Checks the teams that invites name.  The SPEC may create these teams.
local function check_invites(self)
  local wishes, coming = self.spec.invites or {}, {}
  for _, team in ipairs(self.spec.teams or {}) do
    if not team.is_part then coming[#coming + 1] = team.name end
  end
  local known = wishes[1] and self:names("teams", coming)
  for i, wish in ipairs(known and wishes or {}) do
    for j, team in ipairs(wish.teams or {}) do
      self:check_name("team", team, known, "invites", i - 1, "teams", j - 1)
    end
  end
end

local function check_methods(self)
  local wishes, places = spec_of.methods(self.spec)
  for i, wish in ipairs(wishes) do
    self:method(wish.displayName, table.unpack(places[i]))
  end
end

local function projects_by_name(self)
  local projects = {}
  if not (self.spec.projects or self.spec.tokens) then return projects end
  local names = spec_of.projects(self.spec)
  for _, project in ipairs(self.lists:named("projects", names)) do
    projects[project.metadata.name] = project
  end
  return projects
end

--- Has the webhook rules read of all projects that are there.
local function begin_rules(self)
  local names = {}
  for _, wish in ipairs(self.spec.projects or {}) do
    local has_rules = wish.webhooks and wish.webhooks[1]
    if has_rules and self.projects[wish.name] then
      names[#names + 1] = wish.name
    end
  end
  self.lists:begin_rules(names)
end

local M = {}

--- Begins to read the lists that a SPEC needs, side by side.
---@param org mkio.Organization
---@param spec table
---@param is_pruning? boolean   true if teams and rules are to be removed, so
---  that all of each must be known
---@return mkio.Lists
function M.begin(org, spec, is_pruning)
  local lists = lists_of.new(org, { scopes = "names",
    teams = not is_pruning and "names" or nil, rules = is_pruning and "whole",
    roles = not spec.tokens and "names" or nil })
  lists:begin { "organization" }
  if spec.paymentMethod or spec.paymentMethods or spec.projects then
    lists:begin { "payment_methods" }
  end
  if spec.projects then lists:begin { "projects", "locations" } end
  if spec.teams then
    lists:begin { "teams", "scopes", "roles", "users", "invites" }
  end
  if spec.invites then lists:begin { "invites", "users", "teams" } end
  if spec.tokens then
    lists:begin { "my_tokens", "rbac", "roles", "projects" }
  end
  return lists
end

--- Looks up everything that the SPEC names.
---@param org mkio.Organization
---@param here table  the document of the organization
---@param spec table
---@param is_due? boolean  true if all rules with secrets are to be sent
---@param lists? mkio.Lists   of `begin`
---@return {pointer: string, text: string}[] problems  empty if all is well
---@return table<string, table> methods  payment methods by name in the SPEC
function M.run(org, here, spec, is_due, lists)
  local self = new { org = org, here = here, spec = spec, is_due = is_due,
    lists = lists or M.begin(org, spec) }
  self.projects = projects_by_name(self)
  begin_rules(self)
  check_methods(self)
  check_projects(self)
  check_teams(self)
  check_invites(self)
  for i, wish in ipairs(spec.tokens or {}) do
    token_check.run(self, i - 1, wish)
  end
  return self.problems, self.methods
end

--- Looks up what the rules of one project need.
---@param rules mkio.Webhooks
---@param wishes table[]    the rules in the file
---@param is_due? boolean   true if all rules are to be sent
---@param items? table[]  the rules that are there, if the caller has just read
---  the list
---@return {pointer: string, text: string}[] problems
function M.run_rules(rules, wishes, is_due, items)
  local self = setmetatable({ problems = {}, is_due = is_due }, Preflight)
  rule_check.run(self, rules, wishes, rules:index(items or rules:list()))
  return self.problems
end

--- Looks up the locations and roles that the SPEC names for an organization
--- that does not exist yet.
---@param org mkio.Organization   an organization that exists
---@param spec table
---@return {pointer: string, text: string}[] problems
function M.run_for_new(org, spec)
  local self = new { org = org, spec = spec, projects = {},
    lists = lists_of.new(org, { roles = "names" }) }
  for i, wish in ipairs(spec.projects or {}) do
    check_location(self, wish, nil, "projects", i - 1, "locationName")
  end
  for i, wish in ipairs(spec.teams or {}) do check_roles(self, i - 1, wish) end
  return self.problems
end

return M
