local json = require "mkrun.json"
local sandbox = require "tests.support.sandbox"

local hour, day = 3600, 24 * 3600

describe("mkio.sandbox: who gets in", function()
  local api
  before_each(function() api = sandbox.new() end)

  it("answers with the standard error body", function()
    local status, document = api:as(false):get "/organization"
    assert.equal(401, status)
    assert.equal(401, document.status)
    assert.equal("token_missing", document.error.code)
    assert.string(document.error.detail)
    assert.string(document.ref)
  end)

  it("needs no token where the contract says so", function()
    local nobody = api:as(false)
    assert.equal(200, (nobody:get "/api/ready"))
    assert.equal(200, (nobody:get "/.well-known/jwks.json"))
    assert.same({ revokedTokens = {} },
      select(2, nobody:get "/.well-known/revoked.json"))
  end)

  it("refuses an unknown token", function()
    local status, document = api:as("nonsense"):get "/organization"
    assert.equal(401, status)
    assert.equal("token_unknown", document.error.code)
  end)

  it("refuses an expired token", function()
    api.model:advance(12 * hour)
    local status, document = api:get "/organization"
    assert.equal(401, status)
    assert.equal("token_expired", document.error.code)
  end)

  it("refuses a revoked token", function()
    assert.equal(200, (api:delete "/user/tokens"))
    local status, document = api:get "/organization"
    assert.equal(401, status)
    assert.equal("token_revoked", document.error.code)
  end)

  it("refuses a URL that is not UTF-8, and keeps nothing of it", function()
    local before = api.model:save()
    for _, path in ipairs {
      "/organization/teams/%FF", "/projects/a%C0%80", "/\xFF",
      "/projects?$filter=%FF", "/projects?%FF=1",
    } do
      local status, document = api:put(path, { spec = {} })
      assert.equal(400, status)
      assert.equal("bad_url", document.error.code)
    end
    assert.equal(before, api.model:save())
  end)

  it("takes a secret as a token", function()
    local token = require "mkrun.secret".new("ola", "token")
    assert.equal(200,
      (api:as(false):request("GET", "/organization", { token = token })))
  end)

  it("refuses what a user's roles lack, and names it", function()
    local kari = api:user "kari@northlight.example"
    assert.equal(200, (kari:get "/organization/teams"))
    local status, document = kari:delete "/organization/teams/Everyone"
    assert.equal(403, status)
    assert.same({ "core.team.delete" }, document.error.extraDetail.capabilities)
  end)

  it("lets a change of a team count at once", function()
    local kari = api:user "kari@northlight.example"
    local id = api:member "kari@northlight.example"
    api:patch("/organization/teams/Administrators", json.array {
      { op = "add", path = "/spec/members/" .. id,
        value = { isTeamAdmin = false } },
    })
    assert.equal(200, (kari:get "/organization/tokens"))
    api:delete("/organization/users/" .. id)
    assert.equal(403, (kari:get "/organization/tokens"))
  end)

  it("refuses a user without an organization", function()
    local stranger = api:user "new@partner.example"
    local status, document = stranger:get "/organization"
    assert.equal(403, status)
    assert.equal("no_organization", document.error.code)
    assert.equal(200, (stranger:get "/user/profile"))
  end)
end)

describe("mkio.sandbox: what it is asked", function()
  local api
  before_each(function() api = sandbox.new() end)

  it("has 404 for an unknown path and 405 for a wrong method", function()
    assert.equal(404, (api:get "/nothing"))
    assert.equal(405, (api:put("/user/rbac", { a = 1 })))
  end)

  it("names the place in a body that does not fit", function()
    local status, document = api:post("/organization/invites",
      { spec = { email = "a@b.example" } })
    assert.equal(400, status)
    assert.equal("/spec/comment", document.error.extraDetail.pointer)
  end)

  it("refuses a missing body, bad JSON and a wrong content type", function()
    local path = "/organization/teams/night"
    local function status(options)
      return (api:request("PUT", path, options))
    end
    assert.equal(400, status {})
    assert.equal(400, status { body = "{" })
    assert.equal(400, status {
      body = '{"spec":{}}', headers = {
        ["Content-Type"] = "text/plain", Authorization = "Bearer ola",
      },
    })
    assert.equal(201, status { body = '{"spec":{}}' })
  end)

  it("fails without an answer on an address that is not one", function()
    local response, message, code = api.model.transport { url = "nonsense" }
    assert.is_nil(response)
    assert.equal("GET: not an absolute URL", message)
    assert.equal("url", code)
  end)

  it("stands in for its own origin only", function()
    local own = sandbox.new { base_url = "https://app.mk.io" }
    local response, message, code = own.model.transport
      { url = "https://me:pass@other.example/api/v1/organization?token=x" }
    assert.is_nil(response)
    assert.equal("GET https://other.example/api/v1/organization: "
      .. "the sandbox stands in for https://app.mk.io only", message)
    assert.equal("origin", code)
    assert.equal(200, (own:get "/organization"))
  end)

  it("shares no table with the caller", function()
    local spec = { spec = { description = "a", scopes = json.object {
      allProjectsScope = { roles = json.array { "reader" } } } } }
    api:put("/organization/teams/night", spec)
    spec.spec.scopes.allProjectsScope.roles[1] = "user"
    local _, team = api:get "/organization/teams/night"
    assert.same({ "reader" }, team.spec.scopes.allProjectsScope.roles)
  end)
end)

describe("mkio.sandbox: rates", function()
  local function statuses(api, path, count)
    local seen = {}
    for i = 1, count do seen[i] = (api:get(path)) end
    return seen
  end

  it("has 429 for the read beyond the limit, until the next minute", function()
    local api = sandbox.new { reads = 3 }
    assert.same({ 200, 200, 200, 429 },
      statuses(api, "/organization", 4))
    api.model:advance(60)
    assert.equal(200, (api:get "/organization"))
  end)

  it("counts writes apart from reads", function()
    local api = sandbox.new { reads = 1, writes = 1 }
    assert.equal(200, (api:get "/organization"))
    assert.equal(200, (api:patch("/organization", { spec = {} })))
    local status, document = api:patch("/organization", { spec = {} })
    assert.equal(429, status)
    assert.equal("more than 1 writes in a minute", document.error.detail)
  end)

  it("counts paths below a project apart", function()
    local api = sandbox.new { reads = 3 }
    api:project "news"
    assert.same({ 200, 200, 200, 429 },
      statuses(api, "/projects/news/webhook/rules", 4))
    assert.equal(200, (api:get "/organization"))
  end)

  it("has the published rates", function()
    local limits = require "mkio.model.limits".new()
    assert.same({ 2000, 1000 }, { limits.read, limits.write })
  end)
end)

describe("mkio.sandbox: its clock", function()
  it("moves when it is told to", function()
    local api = sandbox.new()
    local before = api.model.world:iso()
    api.model:advance(day)
    assert.equal("2026-02-03T10:00:00Z", before)
    assert.equal("2026-02-04T10:00:00Z", api.model.world:iso())
  end)
end)
