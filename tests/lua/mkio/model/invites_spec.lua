local json = require "mkrun.json"
local sandbox = require "tests.support.sandbox"

local day = 24 * 3600
local email = "eva@partner.example"

describe("mkio.sandbox: invites", function()
  local api, eva, organization

  local function invite(changes)
    local spec = { email = email, comment = "the winter season" }
    for name, value in pairs(changes or {}) do spec[name] = value end
    return api:post("/organization/invites", { spec = spec })
  end

  local function accept(who)
    return who:patch("/user/organizations/" .. organization,
      { spec = { invite = { state = "accepted" } } })
  end

  local function open()
    return #select(2, api:get "/organization/invites").value
  end

  before_each(function()
    api = sandbox.new()
    organization = api:organization_id()
    eva = api:user(email)
  end)

  it("say who invites where", function()
    local status, sent = invite()
    assert.equal(201, status)
    assert.equal("Northlight Broadcasting", sent.spec.organizationName)
    assert.equal("ola@northlight.example", sent.spec.invitedByEmail)
    assert.same({}, sent.spec.teams)
    assert.same(sent, select(2,
      api:get("/organization/invites/" .. sent.metadata.id)))
  end)

  it("are refused twice, and for members", function()
    invite()
    local status, document = invite { email = email:upper() }
    assert.equal(409, status)
    assert.equal("already_invited", document.error.code)
    assert.equal(409, (invite { email = "kari@northlight.example" }))
    assert.equal(1, open())
  end)

  it("are told apart when many are withdrawn and sent anew", function()
    local ids = {}
    for i = 1, 40 do
      local _, sent = invite { email = ("guest%d@x.example"):format(i) }
      ids[i] = sent.metadata.id
    end
    for i = 1, 40 do
      local to = ("guest%d@x.example"):format(i)
      assert.equal(200, (api:delete("/organization/invites/" .. ids[i])))
      assert.equal(201, (invite { email = to }))
      assert.equal(409, (invite { email = to }))
    end
    assert.equal(40, open())
  end)

  it("are refused for an unknown team and a bad address", function()
    assert.equal(400, (invite { teams = json.array { "nobody" } }))
    assert.equal(400, (invite { email = "eva" }))
    assert.equal(0, open())
  end)

  it("are seen by the invitee, and accepted", function()
    api:put("/organization/teams/night", { spec = {} })
    invite { teams = json.array { "night" } }
    local _, list = eva:get "/user/organizations"
    assert.same({ state = "pending", comment = "the winter season",
      invitedBy = "ola@northlight.example" }, list.value[1].spec.invite)

    local status, record = accept(eva)
    assert.equal(200, status)
    assert.is_nil(record.spec.invite)
    local id = api:member(email)
    for _, team in ipairs { "night", "Everyone" } do
      local _, document = api:get("/organization/teams/" .. team)
      assert.is_false(document.spec.members[id].isTeamAdmin)
    end
    assert.equal(0, open())
    assert.equal(200, (accept(eva)))
    assert.equal(200, (api:user(email):get "/organization"))
  end)

  it("are declined by the invitee", function()
    invite()
    assert.equal(204,
      (eva:delete("/user/organizations/" .. organization)))
    assert.equal(0, open())
    assert.equal(404, (accept(eva)))
  end)

  it("are withdrawn by the administrator", function()
    local _, sent = invite()
    local path = "/organization/invites/" .. sent.metadata.id
    local status, document = api:delete(path)
    assert.equal(200, status)
    assert.is_nil(document)
    assert.equal(404, (api:delete(path)))
    assert.equal(404, (accept(eva)))
  end)

  it("are gone after 14 days", function()
    local _, sent = invite()
    api.model:advance(14 * day - 1)
    api = api:user "ola@northlight.example"
    assert.equal(1, open())
    api.model:advance(1)
    assert.equal(0, open())
    assert.equal(404,
      (api:get("/organization/invites/" .. sent.metadata.id)))
    assert.equal(404, (accept(api:user(email))))
    assert.equal(201, (invite()))
  end)

  it("are only for the one who was invited", function()
    invite()
    assert.equal(404, (accept(api:user "mallory@partner.example")))
  end)
end)

describe("mkio.sandbox: members", function()
  local api
  before_each(function() api = sandbox.new() end)

  it("are out of every team when they are removed", function()
    local id = api:member "nils@northlight.example"
    assert.equal(200, (api:delete("/organization/users/" .. id)))
    assert.equal(404, (api:get("/organization/users/" .. id)))
    local _, everyone = api:get "/organization/teams/Everyone"
    assert.is_nil(everyone.spec.members[id])
  end)

  it("leave by themselves", function()
    local nils = api:user "nils@northlight.example"
    local path = "/user/organizations/" .. api:organization_id()
    assert.equal(204, (nils:delete(path)))
    assert.equal(404, (nils:get(path)))
    assert.same({}, select(2, nils:get "/user/organizations").value)
  end)

  it("stay when they are the last administrator", function()
    local status, document =
      api:delete("/user/organizations/" .. api:organization_id())
    assert.equal(400, status)
    assert.equal("last_administrator", document.error.code)
  end)

  it("are in every organization that they create", function()
    local body = { spec = { name = "Southlight" } }
    local _, first = api:post("/organization", body)
    local status, second = api:post("/organization", body)
    assert.equal(201, status)
    assert.not_equal(first.metadata.id, second.metadata.id)
    assert.equal(3, #select(2, api:get "/user/organizations").value)
    assert.equal("Northlight Broadcasting",
      select(2, api:get "/organization").spec.name)
    local _, token = api:post("/user/tokens",
      { type = "full-access", organizationId = second.metadata.id })
    assert.equal("Southlight",
      select(2, api:as(token.metadata.JWT):get "/organization").spec.name)
  end)
end)
