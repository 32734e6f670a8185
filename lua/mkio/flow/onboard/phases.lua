--- Sets up what a SPEC declares, in phases: each waits for what it needs, and
--- its writes go side by side.  `scripts/onboard.lua` calls it.
---
--- | phase                    | needs                                     |
--- |--------------------------|-------------------------------------------|
--- | organization, terms      | nothing                                   |
--- | projects                 | the terms of the payment methods          |
--- | rules of a project       | this project                              |
--- | tokens                   | the projects                              |
--- | teams                    | the projects and their scopes             |
--- | invites                  | the teams                                 |
---
--- The report has the order of the SPEC.  After a failure the phase goes on
--- with what does not depend on it; then the run ends.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local task = require "mkrun.task"

local address = require "mkrun.address"
local errors = require "mkrun.rest.error"
local last_days = require "mkio.flow.onboard.last_days"
local onboard = require "mkio.flow.onboard"
local part = require "mkio.flow.onboard.part"
local reads = require "mkrun.rest.reads"
local scope_wait = require "mkio.flow.onboard.scope_wait"
local value = require "mkrun.value"
local writes = require "mkio.flow.common.writes"

---@class mkio.OnboardPhases
---@field org mkio.Organization
---@field here table         the organization
---@field spec table
---@field fields? table      what the SPEC says of the organization
---@field methods table<string, table>  the payment methods, by SPEC's names
---@field lists mkio.Lists   what was read before the first write
---@field out mkrun.Report
---@field write_secrets? boolean
---@field places table       places in the report
---@field made table<string, true>   names of the projects that this run made
---@field ids table<string, string>  ids of the projects, by name
---@field ready table<string, true>  names of the projects that are set up
---@field rules mkrun.rest.Reads     the webhook rules, begun or done
---@field strangers {email: string, team: string}[]  members who are no users
---@field results mkrun.rest.Ensured[]  of the writes so far
local Phases = {}
Phases.__index = Phases

local function each(list, make)
  local all = {}
  for i, item in ipairs(list or {}) do all[i] = make(item) end
  return all
end

--- Takes the places of all steps, in the order of the SPEC.
local function take_places(self)
  local out, spec = self.out, self.spec
  local function place() return out:place() end
  local rules = {}
  self.places = {
    organization = out:place(),
    methods = each((onboard.methods(spec)), place),
    projects = each(spec.projects, function(wish)
      local own = out:place()
      rules[#rules + 1] = each(wish.webhooks, place)
      return own
    end),
    rules = rules, teams = each(spec.teams, place),
    invites = out:place(), tokens = each(spec.tokens, place),
  }
end

--- Ensures all wishes of a kind side by side.  Keeps the results for `run`, and
--- raises one of the failures.
local function ensure(self, wishes, places, kind, name_of, work)
  local list = {}
  for i, wish in ipairs(wishes) do
    list[i] = { place = places[i], kind = kind, name = name_of(wish),
      work = function() return select(2, work(wish)) end }
  end
  local results = writes.try(list)
  table.move(results, 1, #results, #self.results + 1, self.results)
  if results.problem then error(results.problem, 0) end
end

--- Runs the functions side by side.  The failure of one does not stop the
--- others.  Then it raises the first failure, in the order of the functions; an
--- error that is not of this library comes before the others.
local function side_by_side(functions)
  local first, slip
  local results = task.map(functions, function(work)
    return table.pack(pcall(work))
  end, { limit = #functions })
  for _, result in ipairs(results) do
    if not result[1] and not errors.is(result[2]) then slip = slip or result end
    if not result[1] then first = first or result end
  end
  if first then error((slip or first)[2], 0) end
end

--- Runs a phase.  If it fails, tells of all failures but the one that is
--- raised: parts of a phase that go on side by side fail one by one.
local function run(self, phase)
  local ok, problem = pcall(phase, self)
  writes.tell_failures(self.results, problem)
  if not ok then error(problem, 0) end
end

--- Returns true if all requests go one after the other.
local function is_in_turn() return config.jobs == 1 end

local function name_of(wish) return wish.name end

local function organization(self)
  local wishes = { { name = self.here.spec.name } }
  ensure(self, wishes, { self.places.organization }, "organization", name_of,
    function()
      if not part.has(self.spec, "organization", self.here.spec.name) then
        return self.here
      end
      if not self.fields then return self.here, "unchanged", {} end
      return self.org:ensure(self.fields, self.here)
    end)
end

--- Accepts the terms of one payment method, and keeps what it is like then.
local function accept_terms(self, wish)
  local have = self.methods[wish.displayName]
  if not wish.acceptTerms then return have, "unchanged", {} end
  local method, outcome, details =
    self.org.payment_methods:ensure_terms(have.metadata.id, have)
  have.status = method.status
  return method, outcome, details
end

--- A SPEC may name one payment method by its name and by its id, so the wishes
--- for one go in turn.
local function payment_methods(self)
  local wishes, in_turn = (onboard.methods(self.spec)), writes.in_turn()
  ensure(self, wishes, self.places.methods, "payment method",
    function(wish) return wish.displayName end,
    function(wish)
      return in_turn(self.methods[wish.displayName].metadata.id,
        function() return accept_terms(self, wish) end)
    end)
end

local function method_id(self, wish)
  local default = self.spec.paymentMethod
  local name = wish.paymentMethod or default and default.displayName
  return name and self.methods[name].metadata.id
end

--- Raises "missing": only parts of a thing are selected, so the run must not
--- make it.
local function raise_gone(self, kind, wish)
  errors.raise("missing", ("there is no %s '%s', and it is not selected")
    :format(kind, wish.name), part.advice(self.spec, kind .. "s", wish.name))
end

local function known_projects(self)
  local is_due = self.spec.projects or self.spec.tokens
  local known = is_due
    and self.lists:named("projects", onboard.projects(self.spec)) or {}
  for _, project in ipairs(known) do
    self.ids[project.metadata.name] = project.metadata.id
  end
  return self.org.projects:index(known)
end

local function name_of_rule(wish)
  return wish.project .. "/" .. wish.rule.name
end

--- Sets up one webhook rule.  Its project is there.
local function set_up_rule(self, wish)
  local project = wish.project
  local rules = self.org:project(project).webhooks
  local is_new = self.made[project]
  local have = not is_new and rules:index(self.lists:rules(project)) or {}
  return table.pack(onboard.webhook(rules, wish.rule, self.write_secrets,
    { have = have[wish.rule.name], is_new = is_new }))
end

--- Begins to set up the webhook rules of a project, right after the project.
local function begin_rules(self, project)
  for _, rule in ipairs(project.webhooks or {}) do
    local wish = { project = project.name, rule = rule }
    self.rules:begin(name_of_rule(wish),
      function() return set_up_rule(self, wish) end)
  end
end

--- Sets up one project.  Of a project that is not selected, only the webhook
--- rules are.
local function set_up_project(self, wish, have, before, methods)
  if wish.is_part then return have or raise_gone(self, "project", wish) end
  return self.org.projects:ensure(wish.name, {
    displayName = wish.displayName, locationName = wish.locationName,
    paymentMethodId = method_id(self, wish), isActive = wish.isActive,
  }, { have = have, before = before, methods = methods })
end

--- Sets up the projects.  `before` is called before the first write of each.
local function projects(self, before)
  local have = known_projects(self)
  local wishes = self.spec.projects or {}
  local methods = wishes[1] and self.lists:items "payment_methods"
  ensure(self, wishes, self.places.projects, "project", name_of,
    function(wish)
      local project, outcome, details =
        set_up_project(self, wish, have[wish.name], before, methods)
      self.ids[wish.name] = project.metadata.id
      self.made[wish.name] = outcome == "created" or nil
      self.ready[wish.name] = true
      begin_rules(self, wish)
      return project, outcome, details
    end)
end

--- Lists all webhook rules of the projects that are ready, with their places.
local function all_rules(self)
  local wishes, places = {}, {}
  for i, project in ipairs(self.spec.projects or {}) do
    local is_ready = self.ready[project.name]
    for j, rule in ipairs(is_ready and project.webhooks or {}) do
      wishes[#wishes + 1] = { project = project.name, rule = rule }
      places[#places + 1] = self.places.rules[i][j]
    end
  end
  return wishes, places
end

--- Waits for the webhook rules that have begun, and begins the others.
local function rules(self)
  local wishes, places = all_rules(self)
  ensure(self, wishes, places, "webhook rule", name_of_rule, function(wish)
    local result = self.rules:get(name_of_rule(wish),
      function() return set_up_rule(self, wish) end)
    return nil, result[1], result[2]
  end)
end

--- Lists the addresses of all who are no users.
local function guests_of(self)
  local emails = {}
  local function add(person)
    if not self.users[address.key(person.email)] then
      emails[#emails + 1] = person.email
    end
  end
  each(self.spec.invites, add)
  each(self.spec.teams, function(wish)
    each(last_days.current(wish.members), add)
  end)
  return emails
end

--- Reads who is a user or invited, so that a wrong answer ends the run before
--- the first write.
local function read_people(self)
  if not (self.spec.teams or self.spec.invites) then return end
  self.users = onboard.user_ids(self.org, self.lists:items "users")
  self.lists:forget "users" -- the ids are enough, and the list may be long
  if guests_of(self)[1] then self.lists:items "invites" end
end

local function base_phase(self)
  read_people(self)
  local base <close> = task.spawn(side_by_side, {
    function() organization(self) end,
    function() payment_methods(self) end,
  })
  if is_in_turn() then base:wait() end
  local ok, problem = pcall(projects, self, function() base:wait() end)
  base:wait()
  if ok then return end
  if not is_in_turn() then pcall(rules, self) end -- those that have begun
  error(problem, 0)
end

--- Sets up the organization, the payment methods and the projects.
function Phases:base() run(self, base_phase) end

local function teams(self)
  local wishes = self.spec.teams or {}
  if not wishes[1] then return end
  local have = self.org.teams:index(self.lists:readable "teams" or {})
  self.org.scopes:note(self.lists:checkable("scopes", nil) or {})
  local strangers, wait = {}, scope_wait.begin(self)
  ensure(self, wishes, self.places.teams, "team", name_of, function(wish)
    local scopes = value.names(wish.scopes)
    local is_missing = wish.is_part and not have[wish.name]
    if is_missing and last_days.is_idle(wish) then return end
    if is_missing then
      self.lists:items "teams" -- raises if the token may not read them
      raise_gone(self, "team", wish)
    end
    -- A new team: nothing is waited for between its own GET and its PUT.
    if not have[wish.name] and not self.org.scopes:knows(scopes) then wait() end
    local outcome, details, outside = onboard.team(self.org, wish, self.users,
      { have = have[wish.name],
        before = function() scope_wait.await(self, wish, wait) end })
    strangers[wish.name] = outside
    return nil, outcome, details
  end)
  for _, wish in ipairs(wishes) do
    for _, email in ipairs(strangers[wish.name] or {}) do
      table.insert(self.strangers, { email = email, team = wish.name })
    end
  end
end

local function description_of(wish) return wish.description end

local function tokens(self)
  local wishes = self.spec.tokens or {}
  if not wishes[1] then return end
  onboard.know(self.org, self.ids, self.lists:items "my_tokens",
    self.lists:items "rbac")
  ensure(self, wishes, self.places.tokens, "token", description_of,
    function(wish)
      return nil, onboard.ensure_token(self.org, self.here, wish)
    end)
end

--- Reads the invites again if one will be sent, so that the list is young then.
local function begin_invites(self)
  local lists, guests = self.lists, guests_of(self)
  if not guests[1] then return end -- the token need not read the invites then
  local have = self.org.invites:by_email(lists:items "invites")
  for _, email in ipairs(guests) do
    if not have[address.key(email)] then
      lists:forget "invites"
      return lists:begin { "invites" }
    end
  end
end

--- Sends the invites: those of the SPEC, and one to each member who is no user.
local function invites(self)
  local spec, place = self.spec, self.places.invites
  if spec.teams or spec.invites then
    local guests = onboard.guests()
    for _, stranger in ipairs(self.strangers) do
      guests:add(stranger.email, { stranger.team })
    end
    guests:take(spec.invites, self.org, self.users, place)
    guests:invite(self.org, spec.inviteComment
      or "Welcome to " .. self.here.spec.name, place,
      guests[1] and self.lists:items "invites")
  end
  place:close()
end

local function rest_phase(self)
  if self.users then begin_invites(self) end
  side_by_side {
    function() rules(self) end,
    function()
      teams(self)
      invites(self)
    end,
    function() tokens(self) end,
  }
end

--- Sets up all the rest: webhook rules, tokens, teams, and after the teams the
--- invites that name them.
function Phases:rest() run(self, rest_phase) end

local M = {}

--- Makes the phases of one run.
---@param fields table   see `mkio.OnboardPhases`: from `org` to `write_secrets`
---@return mkio.OnboardPhases
function M.new(fields)
  local self = setmetatable(fields, Phases)
  self.made, self.ids, self.ready = {}, {}, {}
  self.strangers, self.results, self.rules = {}, {}, reads.new()
  take_places(self)
  return self
end

return M
