--- Makes the state of a sandbox from a SPEC, so that the SPEC can be tried
--- before there is a token.  `mkio.sandbox.like` calls this module.
---
--- The sandbox has what a SPEC takes for granted, or what only the service can
--- give: the organization, its payment methods, the projects, the people, and
--- the roles and scopes that teams name.  What `onboard` makes is left to be
--- tried: teams with their members, webhook rules, invites and tokens, and the
--- terms of payment methods that no project uses.
---
--- A SPEC with `"exported": true` comes from `export`, and says what there is.
--- Then the sandbox has all of that.
-- SPDX-License-Identifier: MIT

local finish = require "mkio.likeness.finish"
local index = require "mkio.model.index"
local json = require "mkrun.json"
local list = require "mkio.model.list"
local seed = require "mkio.model.seed"
local shape = require "mkrun.rest.shape"
local sys = require "mkrun.sys"
local value = require "mkrun.value"
local worlds = require "mkio.model.world"

local some, map, items = shape.some, shape.map, shape.list
local text, flag = shape.text(), shape.flag()
local texts, name = items(text), shape.text { min = 1 }

local M = {}

local secrets = map(shape.any())

local webhook = some {
  ["name!"] = name, ["url!"] = text, ["events!"] = texts, enabled = flag,
  headers = map(text), queryParams = map(text),
  authentication = some { headers = secrets, queryParams = secrets },
}

local method = some { ["displayName!"] = name, acceptTerms = flag }

local team = some {
  ["name!"] = name, description = text,
  members = items(some { ["email!"] = shape.email(), isTeamAdmin = flag }),
  scopes = map(some { ["roles!"] = texts }),
}

local spec = some {
  exported = flag,
  organization = some {
    ["name!"] = name, legalEntityName = text, legalEntityAddress = text,
    legalEntityOfficer = text, legalEntityContactEmail = text,
  },
  paymentMethod = method, paymentMethods = items(method),
  projects = items(some {
    ["name!"] = name, ["locationName!"] = name, displayName = text,
    paymentMethod = text, isActive = flag, webhooks = items(webhook),
  }),
  teams = items(team),
  invites = items(some {
    ["email!"] = shape.email(), comment = text, teams = texts,
  }),
}

--- Members of which a SPEC has at least one.
local PARTS <const> = { "organization", "paymentMethod", "paymentMethods",
  "projects", "teams", "invites", "tokens" }

local NO_SPEC <const> = "SPEC, output of export or recording expected"

local LEGAL <const> = { "legalEntityName", "legalEntityAddress",
  "legalEntityOfficer", "legalEntityContactEmail" }

--- The address of the administrator if the SPEC names none.
local NOBODY <const> = "you@sandbox.invalid"

---@class mkio.likeness.Draft
---@field world mkio.model.World
---@field state table
---@field home table     the organization
---@field spec table     the SPEC
---@field caller table   the administrator
local Draft = {}
Draft.__index = Draft

-- People ----------------------------------------------------------------------

--- Returns the user with an address, who is a member of the organization.
function Draft:person(email)
  local user = self.world:user_by_email(email)
  if user then return user end
  user = seed.user(self.world, email:match "^[^@]*", email)
  table.insert(self.state.users, user)
  table.insert(self.home.members, user.id)
  return user
end

--- Returns the address of the first administrator that the SPEC names.
local function administrator_of(document)
  for _, wish in ipairs(document.teams or {}) do
    local members = wish.name == "Administrators" and wish.members or {}
    for _, member in ipairs(members) do
      if member.isTeamAdmin then return member.email end
    end
    if members[1] then return members[1].email end
  end
end

function Draft:people()
  self.caller = self:person(administrator_of(self.spec) or NOBODY)
  for _, wish in ipairs(self.spec.teams or {}) do
    for _, member in ipairs(wish.members or {}) do self:person(member.email) end
  end
  self.home.createdById = self.caller.id
end

-- Payment methods and projects ------------------------------------------------

local function is_id(label)
  return label:find "^%x+%-%x+%-%x+%-%x+%-%x+$" ~= nil and #label == 36
end

--- Returns the payment method with a label, which is its name or its id.
function Draft:method(label)
  local methods = self.home.paymentMethods
  local found = list.find(methods, "displayName", label)
    or list.find(methods, "id", label)
  if found then return found end
  local start = sys.iso8601(math.floor(self.world:now() - 31536000 // 2))
  found = {
    id = is_id(label) and label or self.world:id(),
    displayName = not is_id(label) and label or nil,
    created = self.world:iso(), createdById = self.caller.id, isActive = true,
    termsAndConditionsAccepted = false,
    spec = {
      type = "direct", autoPurchaseBeamLicenses = false,
      productPublicationName = "standard", startDate = start:sub(1, 10),
      endDate = json.null, salesOrderNumber = "sandbox", status = "Approved",
    },
  }
  methods[#methods + 1] = found
  return found
end

function Draft:methods()
  local document = self.spec
  if document.paymentMethod then
    self.first_method = self:wished(document.paymentMethod)
  end
  for _, wish in ipairs(document.paymentMethods or {}) do
    self.first_method = self.first_method or self:wished(wish)
    self:wished(wish)
  end
end

--- Returns the method of a wish.  `export` says which terms are accepted.
function Draft:wished(wish)
  local found = self:method(wish.displayName)
  if self.spec.exported and wish.acceptTerms then
    found.termsAndConditionsAccepted = true
  end
  return found
end

--- Returns the object with a name.  Adds it if it is not there.
function Draft:named(items_, label, fields)
  local found = list.find(items_, "name", label)
  if found then return found end
  fields.id, fields.name = self.world:id(), label
  items_[#items_ + 1] = fields
  return fields
end

function Draft:location(label)
  return self:named(self.state.locations, label, { displayName = label,
    cloud = { id = self.world:id(), name = "", displayName = "",
      region = { name = label, displayName = label } } }).id
end

function Draft:project(wish)
  local home, now = self.home, self.world:iso()
  if list.find(home.projects, "name", wish.name) then return end
  local paid = wish.paymentMethod and self:method(wish.paymentMethod)
    or self.first_method or self:method "contract"
  paid.termsAndConditionsAccepted = true -- or there would be no project
  local project = {
    id = self.world:id(), name = wish.name, created = now, updated = now,
    displayName = wish.displayName or wish.name,
    createdById = self.caller.id, isActive = wish.isActive ~= false,
    isHidden = false, locationId = self:location(wish.locationName),
    paymentMethodId = paid.id, webhooks = json.array {},
  }
  table.insert(home.projects, project)
  table.insert(home.scopes, {
    id = self.world:id(), name = wish.name .. "Scope",
    description = ("the project %s"):format(wish.name),
    resources = json.array { { type = "core.project", id = project.id } },
  })
  if self.spec.exported then self:webhooks(project, wish) end
end

--- Returns placeholders for secrets, which no SPEC of `export` has.
local function hidden(given)
  local copy = json.object {}
  for key in pairs(given or {}) do copy[key] = "(secret)" end
  return copy
end

function Draft:webhooks(project, wish)
  for _, rule in ipairs(wish.webhooks or {}) do
    local given = rule.authentication
    table.insert(project.webhooks, {
      id = self.world:id(), name = rule.name, events = json.array {},
      spec = {
        enabled = rule.enabled ~= false, url = rule.url, events = rule.events,
        headers = rule.headers, queryParams = rule.queryParams,
        authentication = given and json.object {
          headers = given.headers and hidden(given.headers),
          queryParams = given.queryParams and hidden(given.queryParams),
        },
      },
    })
  end
end

-- Teams and invites -----------------------------------------------------------

--- Adds the roles and the scopes that a team names, because only the service
--- knows which there are.
function Draft:granted(wish)
  for _, scope in ipairs(value.names(wish.scopes or {})) do
    self:named(self.home.scopes, scope, { resources = json.array {} })
    for _, role in ipairs(wish.scopes[scope].roles) do
      self:named(self.state.roles, role, { capabilities = json.array {} })
    end
  end
end

function Draft:team(wish)
  local teams = self.home.teams
  local made = list.find(teams, "name", wish.name)
  if not made then
    made = { id = self.world:id(), name = wish.name }
    teams[#teams + 1] = made
  end
  made.description, made.members = wish.description, json.object {}
  made.scopes = wish.scopes or json.object {}
  for _, member in ipairs(wish.members or {}) do
    made.members[self:person(member.email).id] =
      { isTeamAdmin = member.isTeamAdmin == true }
  end
end

function Draft:invite(wish)
  table.insert(self.home.invites, {
    id = self.world:id(), created = self.world:iso(), email = wish.email,
    comment = wish.comment or "", teams = wish.teams or json.array {},
    invitedById = self.caller.id,
  })
end

function Draft:all()
  for _, wish in ipairs(self.spec.teams or {}) do self:team(wish) end
  for _, wish in ipairs(self.spec.invites or {}) do self:invite(wish) end
end

-- The state -------------------------------------------------------------------

local function empty(world)
  local state, home = world.state, world.state.organizations[1]
  state.users = json.array {}
  for _, part in ipairs { "members", "paymentMethods", "projects", "teams" } do
    home[part] = json.array {}
  end
  index.keep(state.roles, function() return true end)
  return state, home
end

local function name_of(document)
  local given, legal = document.organization or { name = "Sandbox" }, {}
  legal.name = given.name
  for _, field in ipairs(LEGAL) do
    legal[field] = given[field]
  end
  return legal
end

--- Returns a copy without nulls, which mean the same as nothing.
local function without_nulls(given)
  if type(given) ~= "table" then return given end
  local copy = json.is_array(given) and json.array {} or json.object {}
  for key, member in pairs(given) do
    if member ~= json.null then copy[key] = without_nulls(member) end
  end
  return copy
end

local function is_spec(document)
  if type(document) ~= "table" then return false end
  for _, part in ipairs(PARTS) do
    if document[part] ~= nil then return true end
  end
  return false
end

--- Checks one file of a SPEC, which may lack what others have.
---@param document any   the decoded file
---@return table? part        without nulls
---@return string? pointer    JSON Pointer of what is wrong
---@return string? expected   what was expected there
function M.part(document)
  -- A file in Lua has one kind of empty table.
  local part = shape.mark(spec, without_nulls(document))
  local fault = shape.faults(spec, part, true)[1]
  if not fault then return part end
  return nil, fault.pointer, fault.pointer == "" and NO_SPEC or fault.text
end

--- Makes a state.
---@param document any   the decoded SPEC
---@return table? state
---@return string? pointer    JSON Pointer of what is wrong with the SPEC
---@return string? expected   what was expected there
function M.state(document)
  -- A file in Lua has one kind of empty table.
  document = shape.mark(spec, without_nulls(document))
  if not is_spec(document) then
    return nil, "", NO_SPEC
  end
  local ok, pointer, expected = shape.check(spec, document)
  if not ok then return nil, pointer, expected end
  local world = worlds.new {}
  local state, home = empty(world)
  local draft = setmetatable({ world = world, state = state, home = home,
    spec = document }, Draft)
  home.spec = name_of(document)
  draft:people()
  draft:methods()
  for _, wish in ipairs(document.projects or {}) do draft:project(wish) end
  for _, wish in ipairs(document.teams or {}) do draft:granted(wish) end
  if document.exported then draft:all() end
  return finish.state(state, draft.caller, {})
end

return M
