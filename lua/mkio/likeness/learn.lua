--- Teaches a learner what an answer of a recording shows: the objects of a
--- list, or one object.  `mkio.likeness.player` calls this module with answers
--- that fit the contract.
---
--- An object that the model has already gets the members of the answer.  An
--- object that a whole list lacks is removed, because somebody else may have
--- removed it.
-- SPDX-License-Identifier: MIT

local hydrate = require "mkio.plan.hydrate"
local index = require "mkio.model.index"
local invitations = require "mkio.model.invitations"
local json = require "mkrun.json"
local learner = require "mkio.likeness.learner"
local list = require "mkio.model.list"
local roster = require "mkio.model.roster"
local seed = require "mkio.model.seed"
local dig = require "mkrun.value".dig

local put, drop, keys_of = learner.put, learner.drop, learner.keys_of

--- What an answer is about.
---@class mkio.likeness.About
---@field params table<string, string>   the parameters of the path
---@field is_whole boolean   true if the answer is a list of all items
---@field shows_hidden boolean   true if the list has hidden projects, too

local function is_named(item)
  return type(dig(item, "metadata", "name")) == "string"
end

-- People ----------------------------------------------------------------------

local M, learn = {}, {}

function learn.users(self, items, about)
  local seen = { [self.me.id] = true }
  for _, item in ipairs(items) do
    local id = dig(item, "metadata", "id")
    if type(id) == "string" then
      self:user(id, dig(item, "spec", "name"), dig(item, "spec", "email"),
        dig(item, "spec", "avatar"))
      self:member(id)
      seen[id] = true
    end
  end
  if not about.is_whole then return end
  for _, id in ipairs { table.unpack(self:home().members) } do
    if not seen[id] then
      roster.leave(self:home(), id)
      list.take(self:home().members, index.itself, id)
    end
  end
end

local PROFILE <const> = { "avatar", "company", "country", "jobRole",
  "phoneNumber" }

function learn.profile(self, items)
  local spec = dig(items[1], "spec")
  if dig(items[1], "metadata", "id") ~= self.me.id then return end
  self:user(self.me.id, dig(spec, "name"),
    dig(spec, "contactEmail") or dig(spec, "loginEmail"))
  for _, name in ipairs(PROFILE) do
    local found = dig(spec, name)
    if type(found) == "string" then self.me[name] = found end
  end
end

-- The organization ------------------------------------------------------------

function learn.organization(self, items)
  local item = items[1]
  local id, spec = dig(item, "metadata", "id"), dig(item, "spec")
  if type(id) ~= "string" or type(dig(spec, "name")) ~= "string" then return end
  if id ~= self:home().id then self:move_home(id, spec.name) end
  local home, metadata = self:home(), item.metadata
  local draft = hydrate.draft(self.world.state)
  home.createdById = draft:creator(metadata)
  home.spec = spec
  for _, name in ipairs { "isActive", "created", "updated" } do
    home[name] = metadata[name]
  end
  learner.complete(self, "organization", home)
end

function learn.memberships(self, items)
  local all = self.world.state.organizations
  for _, item in ipairs(items) do
    local id = dig(item, "metadata", "id")
    if type(id) == "string" then
      local found = list.find(all, "id", id)
      if not found then
        found = seed.stub(id, "", self.world:iso())
        found.createdById = self.me.id
        all[#all + 1] = found
      end
      found.spec.name = dig(item, "metadata", "name") or found.spec.name
      self:relate(found, dig(item, "spec", "invite"))
    end
  end
end

-- What belongs to the organization --------------------------------------------

function learn.locations(self, items)
  local _, state = self:records("locations", items)
  for _, place in ipairs(state.locations) do
    local cloud = place.cloud
    cloud.name, cloud.displayName = cloud.name or "", cloud.displayName or ""
    cloud.region = cloud.region or { name = "", displayName = "" }
  end
  self:put_all("locations", self.world.state.locations, state.locations)
end

function learn.roles(self, items)
  local _, state = self:records("roles", items)
  self:put_all("roles", self.world.state.roles, state.roles)
end

function learn.scopes(self, items)
  local found = self:records("scopes", items)
  self:put_all("scopes", self:home().scopes, found.scopes)
end

function learn.teams(self, items, about)
  local named = list.filter(items, is_named)
  for _, item in ipairs(named) do
    for id, member in pairs(dig(item, "spec", "members") or {}) do
      self:user(id, member.name, member.email)
    end
  end
  local found, state = self:records("teams", named)
  learner.add_missing(self:home().scopes, "name", found.scopes)
  learner.add_missing(self.world.state.roles, "name", state.roles)
  for _, record in ipairs(found.teams) do self:team(record) end
  if not about.is_whole then return end
  local seen, home = keys_of(found.teams, "name"), self:home()
  for _, team in ipairs { table.unpack(index.whole(home.teams)) } do
    if not seen[team.name] then
      roster.replace(home, team, json.object {})
      list.take(home.teams, "name", team.name)
    end
  end
end

--- Members that the spec of every payment method has.
local PAYMENT <const> = { type = "direct", autoPurchaseBeamLicenses = false,
  productPublicationName = "", startDate = json.null, endDate = json.null }

function learn.payment_methods(self, items, about)
  for _, item in ipairs(items) do
    for name, default in pairs(PAYMENT) do
      if item.spec[name] == nil then item.spec[name] = default end
    end
    item.status = item.status or json.object {}
    if item.status.termsAndConditionsAccepted == nil then
      item.status.termsAndConditionsAccepted = true
    end
  end
  local found = self:records("payment_methods", items)
  self:put_all("methods", self:home().paymentMethods, found.paymentMethods)
  local project = about.params.project_name and self:project(about)
  if project then project.paymentMethodId = items[1].metadata.id end
end

local function is_whole_project(item)
  return is_named(item) and type(dig(item, "spec", "locationId")) == "string"
end

function learn.projects(self, items, about)
  local good = list.filter(items, is_whole_project)
  local visible = json.array {}
  if not about.shows_hidden then visible = good end
  local home = self:home()
  -- A draft reads the visible projects, and then all.
  local pages = { { value = visible }, { value = good } }
  local state = setmetatable({ locations = json.array {} },
    { __index = self.world.state })
  local found = seed.stub(home.id, "", "")
  local draft = hydrate.draft(state, function()
    return table.remove(pages, 1)
  end)
  draft:projects(found)
  learner.add_missing(self.world.state.locations, "id", state.locations)
  for _, record in ipairs(found.projects) do
    if about.shows_hidden then record.isHidden = nil end
    record.webhooks = nil
    record.paymentMethodId = record.paymentMethodId or json.null
    learner.complete(self, "projects", record)
    put(home.projects, "name", record)
    local project = list.find(home.projects, "name", record.name)
    project.webhooks = project.webhooks or json.array {}
  end
end

function learn.invites(self, items, about)
  local found = self:records("invites", list.filter(items, function(item)
    return type(dig(item, "spec", "email")) == "string"
  end))
  local home = self:home()
  local seen = keys_of(found.invites, "id")
  for _, invite in ipairs(found.invites) do
    local other = invitations.find(self.world, home, invite.email)
    if other and not seen[other.id] then invitations.remove(home, other) end
  end
  if about.is_whole then
    drop(home.invites, function(invite) return not seen[invite.id] end)
  end
  self:put_all("invites", home.invites, found.invites)
end

-- Tokens ----------------------------------------------------------------------

function learn.my_tokens(self, items, about)
  local seen = self:tokens(items, function() return self.me end)
  if not about.is_whole then return end
  drop(self.world.state.tokens, function(token)
    return token.userId == self.me.id and not seen[token.id]
      and token.digest ~= self.digest
  end)
end

function learn.tokens(self, items, about)
  for _, item in ipairs(items) do item.spec.organizationId = self:home().id end
  local seen = self:tokens(items, function(draft, item)
    return draft:user_by_email(dig(item, "spec", "user"))
  end)
  if not about.is_whole then return end
  local home = self:home().id
  drop(self.world.state.tokens, function(token)
    return token.organizationId == home and not seen[token.id]
      and token.digest ~= self.digest
  end)
end

-- What belongs to a project ---------------------------------------------------

function learn.webhooks(self, items, about)
  local project = self:project(about)
  local page = { value = list.filter(items, is_named) }
  local rules = hydrate.webhooks(function() return page end, "")
  for _, rule in ipairs(rules) do
    rule.events = nil
    put(project.webhooks, "name", rule)
    rule = list.find(project.webhooks, "name", rule.name)
    rule.events = rule.events or json.array {}
  end
  if not about.is_whole then return end
  local seen = keys_of(rules, "name")
  drop(project.webhooks, function(rule) return not seen[rule.name] end)
end

function learn.events(self, items, about)
  local rule = list.find(self:project(about).webhooks, "name",
    about.params.rule_name)
  if about.is_whole then rule.events = json.array {} end
  for _, item in ipairs(items) do table.insert(rule.events, item) end
end

function learn.metrics(self, items, about)
  local status = dig(items[1], "status")
  local is_on = dig(items[1], "spec", "enabled")
  if is_on == nil then is_on = status ~= nil end
  self:project(about).metrics = is_on and {
    username = dig(status, "username") or "",
    password = dig(status, "password") or "",
  } or nil
end

-- Operations ------------------------------------------------------------------

--- The learner of each operation's answer.
local OF <const> = {
  ["profile.get"] = "profile", ["profile.patch"] = "profile",
  ["organization.get"] = "organization",
  ["organization.patch"] = "organization",
  ["users.list"] = "users", ["users.get"] = "users",
  ["locations.list"] = "locations", ["locations.get"] = "locations",
  ["roles.list"] = "roles", ["roles.get"] = "roles",
  ["scopes.list"] = "scopes", ["scopes.get"] = "scopes",
  ["teams.list"] = "teams", ["teams.get"] = "teams",
  ["teams.patch"] = "teams", ["teams.put"] = "teams",
  ["payment_methods.list"] = "payment_methods",
  ["payment_methods.get"] = "payment_methods",
  ["payment_methods.patch"] = "payment_methods",
  ["project_payment_method.get"] = "payment_methods",
  ["projects.list"] = "projects", ["projects.get"] = "projects",
  ["projects.patch"] = "projects", ["projects.put"] = "projects",
  ["invites.list"] = "invites", ["invites.get"] = "invites",
  ["invites.create"] = "invites",
  ["my_organizations.list"] = "memberships",
  ["my_organizations.get"] = "memberships",
  ["my_organizations.patch"] = "memberships",
  ["my_tokens.list"] = "my_tokens", ["my_tokens.get"] = "my_tokens",
  ["my_tokens.create"] = "my_tokens", ["tokens.list"] = "tokens",
  ["webhooks.list"] = "webhooks", ["webhooks.get"] = "webhooks",
  ["webhooks.put"] = "webhooks", ["webhooks.events"] = "events",
  ["metrics.get"] = "metrics", ["metrics.patch"] = "metrics",
}

--- Adds what an answer shows.
---@param self mkio.likeness.Learner
---@param operation mkrun.rest.Operation
---@param document any   an answer that fits the contract
---@param about mkio.likeness.About
function M.learn(self, operation, document, about)
  local act = learn[OF[operation.key]]
  if not act or type(document) ~= "table" then return end
  local items = { document }
  if operation.list then items = document.value or {} end
  act(self, items, about)
end

return M
