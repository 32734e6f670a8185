local json = require "mkrun.json"
local sandbox = require "tests.support.sandbox"

local day = 24 * 3600

describe("mkio.sandbox: tokens", function()
  local api, organization

  local function create(changes)
    local body = {
      type = "restricted", organizationId = organization,
      description = "nightly", permissions = json.object {},
    }
    for name, value in pairs(changes or {}) do body[name] = value end
    return api:post("/user/tokens", body)
  end

  local function permissions(family, ...)
    return { ["core.customer"] =
      { [organization] = { [family] = json.array { ... } } } }
  end

  before_each(function()
    api = sandbox.new()
    organization = api:organization_id()
  end)

  it("are shown once", function()
    local status, token = create()
    assert.equal(201, status)
    local text = token.metadata.JWT
    local path = "/user/tokens/" .. token.metadata.id
    for _, place in ipairs { path, "/user/tokens", "/organization/tokens" } do
      local _, _, response = api:get(place)
      assert.not_matches("JWT", response.body, 1, true)
      assert.not_matches(text, response.body, 1, true)
    end
    assert.not_matches(text, api.model:save(), 1, true)
  end)

  it("are JWTs that say what they are", function()
    local _, token = create()
    local claims = require "mkrun.secret".new(token.metadata.JWT, "t"):claims()
    assert.equal(token.metadata.id, claims.jti)
    assert.equal(organization, claims.org)
    assert.equal("restricted", claims.typ)
    assert.equal(sandbox.start, claims.iat)
    assert.equal(sandbox.start + 90 * day, claims.exp)
    assert.equal(api:member "ola@northlight.example", claims.sub)
  end)

  it("may do what their permissions say, and no more", function()
    local _, token = create { permissions = permissions("core.team", "get") }
    local cut = api:as(token.metadata.JWT)
    assert.equal(200, (cut:get "/organization/teams"))
    local status, document = cut:get "/organization/users"
    assert.equal(403, status)
    assert.equal("the token lacks core.user.get", document.error.detail)
    assert.equal(403, (cut:delete "/organization/teams/Everyone"))
    assert.same(permissions("core.team", "get"),
      select(2, cut:get "/user/rbac").rbac)
  end)

  it("shrink with their user", function()
    local kari_id = api:member "kari@northlight.example"
    local kari = api:user "kari@northlight.example"
    local _, token = kari:post("/user/tokens", {
      type = "restricted", organizationId = organization,
      permissions = permissions("core.team", "get"),
    })
    api:delete("/organization/users/" .. kari_id)
    assert.equal(403,
      (api:as(token.metadata.JWT):get "/organization/teams"))
  end)

  it("cannot have more than their creator", function()
    local status, document =
      create { permissions = permissions("core.team", "get", "fly") }
    assert.equal(403, status)
    assert.equal(("core.customer/%s/core.team.fly"):format(organization),
      document.error.extraDetail.permission)
    assert.equal(400, (create { permissions = { ["core.customer"] = 1 } }))
    assert.equal(400, (create { permissions =
      { ["core.customer"] = { [organization] = { x = { y = "get" } } } } }))
  end)

  it("name the place in permissions that cannot be", function()
    local _, document = create { permissions = { ["core.customer"] =
      { ["a/b"] = { ["core.team"] = json.array { "get", 2 } } } } }
    assert.equal("/permissions/core.customer/a~1b/core.team/1: "
      .. "string expected", document.error.detail)
  end)

  it("that are restricted make no full ones", function()
    local _, token = create()
    local cut = api:as(token.metadata.JWT)
    assert.equal(403, (cut:post("/user/tokens",
      { type = "full-access", organizationId = organization })))
    assert.equal(201, (cut:post("/user/tokens",
      { type = "ephemeral", organizationId = organization })))
  end)

  it("are only for organizations of one's own", function()
    assert.equal(403, (create { organizationId = api:payment_method() }))
  end)

  it("end when they are told to, at most a year away", function()
    local _, token = create { expireDate = "2026-03-01T12:00:00+02:00" }
    assert.equal("2026-03-01T10:00:00Z", token.spec.expires)
    assert.equal(201, (create { expireDate = "2027-02-03T10:00:00Z" }))
    assert.equal(400, (create { expireDate = "2027-02-03T10:00:01Z" }))
    assert.equal(400, (create { expireDate = "2026-02-03T10:00:00Z" }))
    assert.equal(400, (create { expireDate = "2026-02-30T10:00:00Z" }))
  end)

  it("are not listed after their end", function()
    create { type = "ephemeral" }
    assert.equal(2, #select(2, api:get "/user/tokens").value)
    api.model:advance(3600)
    assert.equal(1, #select(2, api:get "/user/tokens").value)
  end)

  it("of one's own are revoked with 200, and stay listed", function()
    local _, token = create()
    local path = "/user/tokens/" .. token.metadata.id
    assert.equal(200, (api:delete(path)))
    assert.equal(200, (api:delete(path)))
    assert.equal("2026-02-03T10:00:00Z",
      select(2, api:get(path)).spec.revoked)
    assert.equal(401, (api:as(token.metadata.JWT):get "/user/rbac"))
    assert.same({ revokedTokens = { token.metadata.id } },
      select(2, api:get "/.well-known/revoked.json"))
    assert.equal(404, (api:delete("/user/tokens/" .. organization)))
  end)

  it("of others are revoked with 204 by an administrator", function()
    local kari = api:user "kari@northlight.example"
    local _, mine = kari:get "/user/tokens"
    local id = mine.value[1].metadata.id
    assert.equal(403, (kari:delete("/organization/tokens/" .. id)))
    assert.equal(404, (api:delete("/user/tokens/" .. id)))
    assert.equal(204, (api:delete("/organization/tokens/" .. id)))
    assert.equal(401, (kari:get "/user/rbac"))
  end)

  it("say when they were used last", function()
    local _, token = create()
    assert.equal(json.null, token.spec.lastUsed)
    api:as(token.metadata.JWT):get "/user/rbac"
    local _, seen = api:get("/user/tokens/" .. token.metadata.id)
    assert.equal("2026-02-03", seen.spec.lastUsed)
  end)
end)
