--- Adds to a model what must have been there, because the service did what a
--- request asked for: the object of the path, and the objects that the body
--- names.  `mkio.likeness.player` calls this module.
---
--- A recording shows only what its run has read.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local list = require "mkio.model.list"
local seed = require "mkio.model.seed"
local sys = require "mkrun.sys"
local tokens = require "mkio.model.tokens"
local unread = require "mkio.plan.unread"

local M = {}

local function add(items, key, value, make)
  if not list.find(items, key, value) then items[#items + 1] = make() end
end

local function location(state)
  if not state.locations[1] then
    state.locations[1] = { id = sys.uuid(), name = "", displayName = "",
      cloud = { id = sys.uuid(), name = "", displayName = "",
        region = { name = "", displayName = "" } } }
  end
  return state.locations[1].id
end

local function project(self, name)
  local state, now = self.world.state, self.world:iso()
  add(self:home().projects, "name", name, function()
    return { id = sys.uuid(), name = name, displayName = name, created = now,
      updated = now, createdById = self.me.id, isActive = true,
      isHidden = false, locationId = location(state),
      paymentMethodId = json.null, webhooks = json.array {} }
  end)
end

local function invite(self, id)
  add(self:home().invites, "id", id, function()
    return { id = id, created = self.world:iso(), comment = "",
      email = id .. "@unknown.invalid", teams = json.array {},
      invitedById = self.me.id }
  end)
end

local function token(self, id)
  local all = self.world.state.tokens
  if list.find(all, "id", id) then return end
  local _, record = tokens.add(self.world, { userId = self.me.id,
    type = "full-access", organizationId = self:home().id }, "")
  record.id, record.digest = id, nil
end

local function rule(self, name, params)
  local owner = self:project { params = params }
  add(owner.webhooks, "name", name, function()
    return { id = sys.uuid(), name = name, events = json.array {},
      spec = { enabled = true, url = "", events = json.array {} } }
  end)
end

--- Adds an organization of which the user is a member, or to which the user is
--- invited.
local function organization(self, id, is_invited)
  local all = self.world.state.organizations
  add(all, "id", id, function()
    local stub = seed.stub(id, "", self.world:iso())
    stub.createdById = self.me.id
    return stub
  end)
  local found = list.find(all, "id", id)
  if list.contains(found.members, self.me.id) then return end
  for _, one in ipairs(found.invites) do
    if one.email == self.me.email then return end
  end
  self:relate(found, is_invited and {} or nil)
end

local function method(self, id) unread.add(self.world, "methods", id) end
local function user(self, id) unread.add(self.world, "users", id) end
local function team(self, name) unread.add(self.world, "teams", name) end

--- The parameters of paths in the order in which objects depend on each other.
local TARGETS <const> = {
  { "project_name", project }, { "rule_name", rule }, { "team_name", team },
  { "paymentmethod_id", method }, { "user_id", user }, { "invite_id", invite },
  { "token_id", token },
}

--- The list that shows whether a PUT makes an object.
local PUTS <const> = { ["teams.put"] = "teams.list",
  ["projects.put"] = "projects.list", ["webhooks.put"] = "webhooks.list" }

--- Returns true if the request made the object that its path names, or if the
--- object was not there.
local function is_new(key, status, seen, params)
  local shown = PUTS[key]
  if shown == "webhooks.list" then shown = shown .. params.project_name end
  return status == 201 or key == "webhooks.delete" and status == 204
    or shown ~= nil and seen[shown] == true
end

--- The last parameter of a path, which names the object of the request.
local function last_of(operation)
  return operation.path:match "{([%w_]+)}$"
end

--- Adds what a request needs that the service has done.
---@param self mkio.likeness.Learner
---@param operation mkrun.rest.Operation
---@param params table<string, string>
---@param body? string    the body of the request
---@param status integer  the status of the answer
---@param seen table<string, true>   the lists that were shown whole
function M.done(self, operation, params, body, status, seen)
  for _, target in ipairs(TARGETS) do
    local value = params[target[1]]
    local is_made = target[1] == last_of(operation)
      and is_new(operation.key, status, seen, params)
    if value and not is_made then target[2](self, value, params) end
  end
  if params.organization_id and operation.key ~= "my_organizations.get" then
    organization(self, params.organization_id,
      operation.key == "my_organizations.patch")
  end
  local document = json.decode(body or "")
  if type(document) ~= "table" then return end
  local home = operation.key == "my_tokens.create" and document.organizationId
  if type(home) == "string" then organization(self, home) end
  for _, named in ipairs(unread.named(operation, document)) do
    if type(named[2]) == "string" then
      unread.add(self.world, named[1], named[2])
    end
  end
end

return M
