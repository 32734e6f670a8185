--- Keeps what the answers of a recording show in the state of a model: adds an
--- object, gives an object other members, or removes it.  `mkio.likeness.learn`
--- calls this module with the objects of an answer.
-- SPDX-License-Identifier: MIT

local hydrate = require "mkio.plan.hydrate"
local index = require "mkio.model.index"
local json = require "mkrun.json"
local list = require "mkio.model.list"
local roster = require "mkio.model.roster"
local seed = require "mkio.model.seed"
local dig = require "mkrun.value".dig

---@class mkio.likeness.Learner
---@field world mkio.model.World
---@field me table    the user of the recorded token, in the state
---@field digest string  the digest of the token that the model gets
local Learner = {}
Learner.__index = Learner

local M = {}

--- Returns the organization that the token is for.
function Learner:home() return self.world.state.organizations[1] end

--- Returns the recorded token in the state.
function Learner:own()
  return list.find(self.world.state.tokens, "digest", self.digest)
end

--- Returns the project of a path.
function Learner:project(about)
  return list.find(self:home().projects, "name", about.params.project_name)
end

-- Merging records -------------------------------------------------------------

--- Members of a record that no answer shows.
local KEPT <const> = { "webhooks", "metrics", "isHidden", "digest", "events" }

--- Adds a record, or gives the members of the record to the record that has the
--- same `key`.
function M.put(items, key, record)
  local have = list.find(items, key, record[key])
  if not have then
    items[#items + 1] = record
    return
  end
  for _, name in ipairs(KEPT) do
    if record[name] == nil then record[name] = have[name] end
  end
  for name in pairs(have) do have[name] = nil end
  for name, member in pairs(record) do have[name] = member end
end

--- Members that each object of the model has.  An answer may lack some of them,
--- which is then a difference.
local function defaults(self)
  local now, home = self.world:iso(), self:home().id
  return {
    locations = { displayName = "" },
    roles = { categories = json.array {}, description = "",
      capabilities = json.array {} },
    scopes = { description = "" },
    methods = { created = now, isActive = true },
    projects = { displayName = "", created = now, updated = now,
      isActive = true },
    invites = { comment = "", created = now },
    tokens = { issued = now, organizationId = home, lastUsed = json.null },
    organization = { isActive = true, created = now, updated = now },
  }
end

--- Adds the members that an object of this kind always has.
---@param self mkio.likeness.Learner
---@param kind string
---@param record table
function M.complete(self, kind, record)
  for name, default in pairs(defaults(self)[kind]) do
    if record[name] == nil then record[name] = default end
  end
end

--- The member that identifies an object of each kind.
local KEYS <const> = { locations = "name", roles = "name", scopes = "name",
  methods = "id", invites = "id" }

--- Adds records, or what is new of them.
function Learner:put_all(kind, items, records)
  for _, record in ipairs(records) do
    M.complete(self, kind, record)
    if record[KEYS[kind]] then M.put(items, KEYS[kind], record) end
  end
end

--- Adds the records that are not there.
function M.add_missing(items, key, records)
  for _, record in ipairs(records) do
    if record[key] and not list.find(items, key, record[key]) then
      items[#items + 1] = record
    end
  end
end

--- Returns the keys of records as a set.
function M.keys_of(records, key)
  local found = {}
  for _, record in ipairs(records) do found[record[key]] = true end
  return found
end

--- Removes the records that a whole list lacks.
function M.drop(items, is_dropped)
  index.keep(index.whole(items), function(item)
    return not is_dropped(item)
  end)
end

--- Makes records of items with a method of a draft.  Returns an organization
--- and a state that have nothing but these records.
function Learner:records(method, items)
  local organization = seed.stub(self:home().id, "", "")
  local page = { value = json.array { table.unpack(items) } }
  local state = setmetatable({ locations = json.array {},
    roles = json.array {}, tokens = json.array {} },
    { __index = self.world.state })
  local draft = hydrate.draft(state, function() return page end)
  draft[method](draft, organization)
  return organization, state
end

-- People and organizations ----------------------------------------------------

--- Adds a user, or sets what is known of the user.
function Learner:user(id, name, email, avatar)
  local users = self.world.state.users
  local user = list.find(users, "id", id)
  if not user then
    user = seed.user(self.world, name or "", email or id .. "@unknown.invalid")
    user.id, user.avatar = id, ""
    users[#users + 1] = user
  end
  if email and email ~= user.email then
    user.email = email
    index.keep(users, function() return true end)
  end
  user.name, user.avatar = name or user.name, avatar or user.avatar
  return user
end

function Learner:member(id)
  local members = self:home().members
  if not list.contains(members, id) then members[#members + 1] = id end
end

--- Puts an organization first, because the token is for the first one.
function Learner:move_home(id, name)
  local state = self.world.state
  local found, place = list.find(state.organizations, "id", id)
  if not found then
    found = seed.stub(id, name, self.world:iso())
    found.createdById = self.me.id
  else
    index.remove(state.organizations, place)
    index.whole(state.organizations)
  end
  table.insert(state.organizations, 1, found)
  index.keep(state.organizations, function() return true end)
  self:own().organizationId = id
  self:member(self.me.id)
end

--- Makes the user a member of an organization, or gives the user an invite.
function Learner:relate(organization, invite)
  local me = self.me
  if not invite then
    if not list.contains(organization.members, me.id) then
      table.insert(organization.members, me.id)
    end
    return
  end
  M.drop(organization.invites, function(one) return one.email == me.email end)
  local draft = hydrate.draft(self.world.state)
  local by = dig(invite, "invitedBy")
  table.insert(organization.invites, {
    id = self.world:id(), created = self.world:iso(), email = me.email,
    comment = dig(invite, "comment"), teams = json.array {},
    invitedById = draft:user_by_email(type(by) == "string" and by or nil).id,
  })
end

-- Teams and tokens ------------------------------------------------------------

--- Sets a team.  Its members are members of the organization, too.
function Learner:team(record)
  local home = self:home()
  for id in pairs(record.members) do self:member(id) end
  local members = record.members
  local have = list.find(home.teams, "name", record.name)
  record.members = have and have.members or json.object {}
  M.put(home.teams, "name", record)
  roster.replace(home, list.find(home.teams, "name", record.name), members)
end

--- Adds tokens.  A token may have no expiry in a wrong answer.
function Learner:tokens(items, owner_of)
  local state = { users = self.world.state.users, tokens = json.array {} }
  local draft = hydrate.draft(state)
  for _, item in ipairs(items) do
    if dig(item, "metadata", "id") and dig(item, "metadata", "type") then
      draft:token(item, owner_of(draft, item))
    end
  end
  for _, token in ipairs(state.tokens) do
    M.complete(self, "tokens", token)
    M.put(self.world.state.tokens, "id", token)
  end
  return M.keys_of(state.tokens, "id")
end

--- Makes a learner for a world whose first organization is the token's.
---@param world mkio.model.World
---@param me table
---@param digest string
---@return mkio.likeness.Learner
function M.new(world, me, digest)
  return setmetatable({ world = world, me = me, digest = digest }, Learner)
end

return M
