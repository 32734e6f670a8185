--- What a request to the sandbox costs does not grow with what else there is.

local json = require "mkrun.json"
local sandbox = require "tests.support.sandbox"
local steps = require "tests.support.steps"

local REQUESTS <const> = 20

local function uuid(kind, i)
  return ("%08d-0000-4000-8000-%012d"):format(kind, i)
end

local function add_user(state, i)
  local id = uuid(1, i)
  local home, user = state.organizations[1], {}
  for name, value in pairs(state.users[1]) do user[name] = value end
  user.id, user.email = id, ("user%d@x.example"):format(i)
  table.insert(state.users, user)
  table.insert(home.members, id)
  table.insert(home.teams, { id = uuid(2, i), name = "team" .. i,
    members = { [id] = { isTeamAdmin = false } },
    scopes = { allProjectsScope = { roles = json.array { "reader" } } } })
end

local function add_project(state, i)
  local home = state.organizations[1]
  table.insert(home.projects, { id = uuid(3, i), name = "project" .. i,
    displayName = "", created = sandbox.start, createdById = state.users[1].id,
    locationId = state.locations[1].id, webhooks = json.array {},
    paymentMethodId = home.paymentMethods[1].id })
  table.insert(home.scopes, { id = uuid(4, i), name = ("project%dScope")
    :format(i), resources = json.array {
      { type = "core.project", id = uuid(3, i) } } })
end

local function add_rest(state, i)
  table.insert(state.organizations[1].invites, { id = uuid(5, i),
    created = "2026-02-03T09:00:00Z", email = ("guest%d@x.example"):format(i),
    comment = "", teams = json.array {}, invitedById = state.users[1].id })
  table.insert(state.tokens, { id = uuid(6, i), userId = state.users[1].id,
    type = "full-access", organizationId = state.organizations[1].id,
    digest = tostring(i), revoked = json.null, lastUsed = json.null,
    issued = "2026-02-03T09:00:00Z", expires = "2026-05-03T09:00:00Z" })
  table.insert(state.organizations[1].projects[1].webhooks, { id = uuid(7, i),
    name = "rule" .. i, spec = {}, events = json.array {} })
end

--- A sandbox with `count` of everything; in Everyone is nobody new.
local function world(count)
  local api = sandbox.new()
  local state = api.model.world.state
  state.organizations[1].paymentMethods[1].termsAndConditionsAccepted = true
  for i = 1, count do
    add_user(state, i)
    add_project(state, i)
    add_rest(state, i)
  end
  return api, state
end

local writes = {}

function writes.invite(api, i)
  return api:post("/organization/invites", { spec = { comment = "",
    email = ("new%d@x.example"):format(i), teams = { "team" .. i } } })
end

function writes.withdraw(api, i)
  return api:delete("/organization/invites/" .. uuid(5, i))
end

function writes.team(api, i)
  return api:put("/organization/teams/new" .. i, { spec = {
    members = { [uuid(1, i)] = { isTeamAdmin = false } },
    scopes = { [("project%dScope"):format(i)] = { roles = { "user" } } } } })
end

function writes.remove_user(api, i)
  return api:delete("/organization/users/" .. uuid(1, i))
end

function writes.project(api, i, state)
  return api:put("/projects/new" .. i, { displayName = "",
    locationName = "westeurope",
    paymentMethodId = state.organizations[1].paymentMethods[1].id })
end

function writes.token(api, i, state)
  return api:post("/user/tokens", { type = "restricted",
    organizationId = state.organizations[1].id,
    permissions = { ["core.project"] = {
      [uuid(3, i)] = { ["core.project"] = { "get" } } } } })
end

function writes.revoke(api, i)
  return api:delete("/organization/tokens/" .. uuid(6, i))
end

function writes.rule(api, i)
  return api:delete("/projects/project1/webhook/rules/rule" .. i)
end

local function cost(write, count)
  local api, state = world(count)
  local function send(i)
    local status = write(api, i, state)
    assert(status < 300, status)
  end
  send(1) -- reads what is there, once
  return steps.of(function()
    for i = 2, REQUESTS + 1 do send(i) end
  end)
end

describe("a request to the sandbox costs what it does when all is small:",
  function()
    for name, write in pairs(writes) do
      it(name, function()
        assert.is_true(cost(write, 1600) < 1.5 * cost(write, 100))
      end)
    end
  end)

describe("the pages of a list", function()
  it("cost a page each, however many there are", function()
    local function page_cost(count)
      local api = world(count)
      api:get("/projects", { ["$top"] = "10" })
      return steps.of(function()
        for i = 1, 9 do
          api:get("/projects", { ["$top"] = "10",
            ["$skiptoken"] = tostring(10 * i) })
        end
      end)
    end
    assert.is_true(page_cost(1600) < 1.5 * page_cost(100))
  end)

  it("show what was written between two of them", function()
    local api, state = world(30)
    local function page(from)
      local _, document = api:get("/projects", { ["$top"] = "10",
        ["$skiptoken"] = from })
      return document
    end
    assert.equal(30, page(nil).supplemental.pagination.total)
    assert.equal(201, (writes.project(api, 1, state)))
    assert.equal(31, page("10").supplemental.pagination.total)
  end)
end)
