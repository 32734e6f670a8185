--- Makes random SPECs over a small world, and random changes by hand, for the
--- specs that hold `drift` against `onboard`.

local cases = require "tests.support.cases"
local json = require "mkrun.json"

local M = {}

local PEOPLE <const> = { "ola@northlight.example", "KARI@northlight.example",
  "nils@Northlight.example", "guest@partner.example", "Other@partner.example" }
local TEAMS <const> = { "desk", "auditors", "Administrators", "Everyone" }
local PROJECTS <const> = { "news", "sports" }
local ROLES <const> = { "reader", "user", "managementReader" }
local EVENTS <const> = { "MediaKind.JobFinished", "MediaKind.JobStarted",
  "MediaKind.ChannelInstanceError" }

---@class tests.DriftChoice   random choices by a seed
---@field pick fun(n: integer): integer
local Choice = {}
Choice.__index = Choice

---@param seed integer
---@return tests.DriftChoice
function M.choice(seed)
  return setmetatable({ pick = cases.generator(seed).pick }, Choice)
end

--- Returns true once in n times.
function Choice:once_in(n) return self.pick(n) == 1 end

function Choice:of(list) return list[self.pick(#list)] end

--- Returns some of the elements, in their order.
function Choice:some(list)
  local kept = json.array {}
  for _, item in ipairs(list) do
    if not self:once_in(3) then kept[#kept + 1] = item end
  end
  return kept
end

local function rule(choice, name)
  return { name = name, url = "https://h.example/" .. choice:of { "a", "b" },
    enabled = ({ true, false })[choice.pick(3)],
    events = choice:some(EVENTS),
    headers = choice:of { { ["X-Desk"] = choice:of { "n", "d" } }, {} },
    authentication = choice:once_in(4) and { headers = { ["X-Key"] = "s3cret",
      ["X-" .. choice:of { "One", "Two" }] = "t0psecret" } } or nil }
end

local function project(choice, name)
  local wish = { name = name, displayName = choice:of { "N", "S" },
    locationName = "westeurope", isActive = choice:of { true, true, false },
    paymentMethod = choice:of { "2026 contract", "other" } }
  if choice:once_in(2) then
    wish.webhooks = json.array {}
    for i, own in ipairs(choice:some { "r1", "r2" }) do
      wish.webhooks[i] = rule(choice, own)
    end
  end
  return wish
end

local function members(choice)
  local list = json.array {}
  for i, email in ipairs(choice:some(PEOPLE)) do
    list[i] = { email = choice:once_in(3) and email:upper() or email,
      isTeamAdmin = choice:of { true, false, true } }
    if choice:once_in(3) then list[i].isTeamAdmin = nil end
    list[i]["until"] = ({ "2020-01-01", "2999-12-31" })[choice.pick(6)]
  end
  return list
end

local function scopes(choice)
  local map = json.object {}
  for _, name in ipairs(choice:some { "managementScope", "allProjectsScope",
    "newsScope" }) do
    map[name] = { roles = choice:some(ROLES) }
  end
  return map
end

local function team(choice, name)
  if name == "Administrators" then -- which must not lose what it needs
    return { name = name, members = json.array {
      { email = "OLA@northlight.example", isTeamAdmin = true },
      { email = choice:of(PEOPLE):gsub("^ola", "x") } } }
  end
  return { name = name,
    description = not choice:once_in(3) and choice:of { "one", "two" } or nil,
    members = not choice:once_in(3) and members(choice) or nil,
    scopes = not choice:once_in(3) and scopes(choice) or nil }
end

local function token(choice, name, folder)
  local verbs = choice:some { "get", "list", "update" }
  if not verbs[1] then verbs[1] = "get" end
  return { description = name, file = folder .. "/" .. name, days = 9,
    permissions = choice:of {
      { ["core.project"] = { news = { ["ams.asset"] = verbs } } },
      { ["core.customer"] = { ["Northlight Broadcasting"] =
        { ["core.user"] = { "get" } } } } } }
end

local function each(list, make)
  local all = json.array {}
  for i, item in ipairs(list) do all[i] = make(item) end
  return all
end

--- Makes a SPEC.  Every part may be absent, but the terms and the projects that
--- others rest on.
---@param choice tests.DriftChoice
---@param folder string   of the files of tokens
---@return table
function M.spec(choice, folder)
  local spec = { paymentMethods = json.array {
    { displayName = "2026 contract", acceptTerms = true },
    { displayName = "other", acceptTerms = true } } }
  spec.projects = each(PROJECTS, function(name)
    return project(choice, name)
  end)
  if choice:once_in(2) then
    spec.organization = { name = "Northlight Broadcasting",
      legalEntityName = choice:of { "A", "B", json.null } }
  end
  if not choice:once_in(5) then
    spec.teams = each(choice:some(TEAMS), function(name)
      return team(choice, name)
    end)
  end
  if choice:once_in(2) then
    spec.invites = each(choice:some(PEOPLE), function(email)
      return { email = email, comment = "come",
        teams = choice:once_in(2) and choice:some { "Everyone",
        "Administrators" } or nil }
    end)
  end
  if choice:once_in(2) then
    spec.tokens = each(choice:some { "one", "two" }, function(name)
      return token(choice, name, folder)
    end)
  end
  return spec
end

local function own(api) return api.model.world.state.organizations[1] end

local changes = {}

function changes.delete_team(api)
  api:delete "/organization/teams/desk"
end

function changes.remove_user(api)
  api:delete("/organization/users/" .. (api:member "nils@northlight.example"
    or "none"))
end

function changes.remove_member(api)
  for _, team_ in ipairs(own(api).teams) do
    local id = api:member "kari@northlight.example"
    if id then team_.members[id] = nil end
  end
end

function changes.revoke_token(api)
  local _, list = api:get "/user/tokens"
  for _, one in ipairs(list.value) do
    if one.metadata.type == "restricted" then
      return api:delete("/user/tokens/" .. one.metadata.id)
    end
  end
end

function changes.age_invites(api)
  for _, invite in ipairs(own(api).invites) do
    invite.created = "2020-01-01T00:00:00Z"
  end
end

function changes.cancel_invite(api)
  local first = own(api).invites[1]
  if first then api:delete("/organization/invites/" .. first.id) end
end

function changes.delete_rule(api)
  api:delete "/projects/news/webhook/rules/r1"
end

function changes.deactivate(api)
  api:patch("/projects/sports", { spec = { isActive = false } })
end

function changes.accept_invite(api)
  local first = own(api).invites[1]
  if not first then return end
  local guest = api:user(first.email)
  guest:patch("/user/organizations/" .. own(api).id,
    { spec = { invite = { state = "accepted" } } })
end

local names = {}
for name in pairs(changes) do names[#names + 1] = name end
table.sort(names)

--- Changes the organization by hand.
---@param choice tests.DriftChoice
---@param api tests.Sandbox
function M.change(choice, api)
  for _ = 1, choice.pick(4) - 1 do changes[choice:of(names)](api) end
end

--- Adds a second payment method, whose terms are open.
---@param api tests.Sandbox
function M.add_method(api)
  local methods = own(api).paymentMethods
  methods[2] = json.decode(json.encode(methods[1]))
  methods[2].id = "1b7a3c0a-6a3e-4d38-8f0c-71f0a1b2c3d4"
  methods[2].displayName = "other"
end

return M
