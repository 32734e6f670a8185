local json = require "mkrun.json"
local sandbox = require "tests.support.sandbox"

local night = "/organization/teams/night"

describe("mkio.sandbox: teams", function()
  local api, ola, kari

  local function patch(...)
    return api:patch(night, json.array { ... })
  end

  local function spec() return select(2, api:get(night)).spec end

  before_each(function()
    api = sandbox.new()
    ola = api:member "ola@northlight.example"
    kari = api:member "kari@northlight.example"
    api:project "news"
    api:put(night, { spec = {
      description = "night desk",
      members = { [ola] = { isTeamAdmin = true } },
      scopes = { newsScope = { roles = json.array { "user", "reader" } } },
    } })
  end)

  it("are created with 201 and replaced with 200", function()
    local body = { spec = { description = "day desk" } }
    assert.equal(201, (api:put("/organization/teams/day", body)))
    assert.equal(200, (api:put(night, body)))
    assert.same({ description = "day desk", members = {}, scopes = {} },
      spec())
  end)

  it("show names and addresses of members", function()
    assert.same({ isTeamAdmin = true, name = "Ola Berg",
      email = "ola@northlight.example" }, spec().members[ola])
  end)

  it("cannot be put back with what only a read shows", function()
    local _, team = api:get(night)
    local status, document = api:put(night, { spec = team.spec })
    assert.equal(400, status)
    assert.equal(("/spec/members/%s/email"):format(ola),
      document.error.extraDetail.pointer)
  end)

  it("take members, promote and remove them by patch", function()
    local path = "/spec/members/" .. kari
    assert.equal(200, (patch(
      { op = "add", path = path, value = { isTeamAdmin = false } },
      { op = "replace", path = path .. "/isTeamAdmin", value = true })))
    assert.is_true(spec().members[kari].isTeamAdmin)
    assert.equal(200, (patch { op = "remove", path = path }))
    assert.is_nil(spec().members[kari])
  end)

  it("demote a member who is added again", function()
    patch { op = "add", path = "/spec/members/" .. ola,
      value = { isTeamAdmin = false } }
    assert.is_false(spec().members[ola].isTeamAdmin)
  end)

  it("lose a role by its name, not by its index", function()
    local path = "/spec/scopes/newsScope/roles/"
    assert.equal(400, (patch { op = "remove", path = path .. "0" }))
    assert.equal(200, (patch { op = "remove", path = path .. "user" }))
    assert.same({ "reader" }, spec().scopes.newsScope.roles)
    assert.equal(200, (patch { op = "remove", path = path .. "reader" }))
    local _, _, response = api:get(night)
    assert.matches('"roles":[]', response.body, 1, true)
  end)

  it("get a role under a scope that they have, and only there", function()
    local path = "/spec/scopes/%s/roles/-"
    local function grant(scope)
      return (patch { op = "add", path = path:format(scope),
        value = "administrator" })
    end
    assert.equal(200, grant "newsScope")
    assert.equal(400, grant "allProjectsScope")
    assert.equal(200, (patch { op = "add",
      path = "/spec/scopes/allProjectsScope",
      value = { roles = json.array { "reader" } } }))
  end)

  it("keep a role twice that is added twice, and lose both", function()
    local path = "/spec/scopes/newsScope/roles/"
    patch { op = "add", path = path .. "-", value = "user" }
    assert.same({ "user", "reader", "user" }, spec().scopes.newsScope.roles)
    patch { op = "remove", path = path .. "user" }
    assert.same({ "reader" }, spec().scopes.newsScope.roles)
  end)

  it("change wholly or not at all", function()
    local before = spec()
    local status, document = patch(
      { op = "remove", path = "/spec/members/" .. ola },
      { op = "remove", path = "/spec/scopes/newsScope/roles/nobody" })
    assert.equal(400, status)
    assert.equal("operation 2 (remove /spec/scopes/newsScope/roles/nobody): "
      .. "no role 'nobody'", document.error.detail)
    assert.same(before, spec())
  end)

  it("refuse test, move and copy", function()
    for _, op in ipairs { "test", "move", "copy" } do
      assert.equal(400, (patch {
        op = op, path = "/spec/description", value = "night desk" }))
    end
  end)

  it("refuse a patch outside spec, or with a result that fits not", function()
    assert.equal(400, (patch {
      op = "replace", path = "/metadata/name", value = "x" }))
    assert.equal(400, (patch {
      op = "replace", path = "/spec/description", value = 7 }))
    assert.equal(400, (patch {
      op = "add", path = "/spec/colour", value = "red" }))
    assert.equal(400, (patch { op = "replace", path = "/spec", value = 7 }))
    assert.equal(400, (patch { op = "remove", path = "/spec" }))
    assert.equal("night desk", spec().description)
  end)

  it("substitute text and numbers", function()
    local path = "/spec/description"
    assert.equal(200, (patch { op = "stringReplace", path = path,
      search = "night", value = "%1" }))
    assert.equal("%1 desk", spec().description)
    assert.equal(200, (patch { op = "numberReplace", path = path,
      search = "5", value = 6 }))
    assert.equal("%1 desk", spec().description)
    assert.equal(400, (patch { op = "stringReplace", path = path,
      value = "x" }))
  end)

  it("refuse users, scopes and roles that are not there", function()
    local function code(...) return select(2, patch(...)).error.code end
    assert.equal("unknown_member", code { op = "add",
      path = "/spec/members/nobody", value = { isTeamAdmin = true } })
    assert.equal("unknown_scope", code { op = "add",
      path = "/spec/scopes/nowhere", value = { roles = json.array {} } })
    assert.equal("unknown_role", code { op = "add",
      path = "/spec/scopes/newsScope/roles/-", value = "king" })
  end)

  it("are gone after DELETE, but not the predefined ones", function()
    assert.equal(204, (api:delete(night)))
    assert.equal(404, (api:get(night)))
    assert.equal(404, (api:delete(night)))
    assert.equal(400, (api:delete "/organization/teams/Everyone"))
  end)

  it("leave Administrators an administrator", function()
    local path = "/organization/teams/Administrators"
    assert.equal(400, (api:put(path, { spec = {} })))
    assert.equal(400, (api:patch(path, json.array {
      { op = "remove", path = "/spec/members/" .. ola } })))
    assert.equal(400, (api:patch(path, json.array {
      { op = "remove", path = "/spec/scopes/managementScope" } })))
  end)

  it("have names with any characters", function()
    assert.equal(201,
      (api:put("/organization/teams/a%2Fb%20%C3%A9", { spec = {} })))
    local _, list = api:get "/organization/teams"
    assert.equal("a/b é", list.value[4].metadata.name)
  end)
end)
