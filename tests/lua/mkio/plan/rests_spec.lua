local json = require "mkrun.json"
local operations = require "mkio.operations"
local rests = require "mkio.plan.rests"
local things = require "mkio.plan.things"

local BASE <const> = "https://api.test"
local ORG <const> = "/api/v1/organization"
local ID <const> = "11111111-1111-4111-8111-111111111111"

local function write(method, path, body, name)
  return { method = method, url = BASE .. path, name = name or "x",
    body = body and json.decode(body) }
end

--- A thing as a read of it tells.
local function thing(path, document)
  local operation, at = operations.match("GET", path)
  local answer = { status = 200, body = document }
  local list = operation.list and things.of(operation, at, path, {
    status = 200, body = '{"value":[' .. document .. ']}' })
  return (list or things.of(operation, at, path, answer))[1]
end

local function user(id, email)
  return thing(ORG .. "/users", ('{"metadata":{"id":"%s"},"spec":{"email":'
    .. '"%s"}}'):format(id, email))
end

local function team(name, members)
  return thing(ORG .. "/teams", ('{"metadata":{"name":"%s"},"spec":{"members":'
    .. '%s}}'):format(name, members or "{}"))
end

local function role(name)
  return thing(ORG .. "/roles", ('{"metadata":{"name":"%s"}}'):format(name))
end

--- How much of a thing a write rests on: nil, true or pointers.
local function extent(write_, of)
  local by, found = rests.new({ write_ }, BASE):on(of)
  assert.equal(by ~= nil, found ~= nil)
  return found
end

describe("mkio.plan.rests", function()
  it("are what a team names", function()
    local put = write("PUT", ORG .. "/teams/a", ([[{"spec": {
      "members": {"%s": {}}, "scopes": {"s": {"roles": ["reader"]}}}}]])
      :format(ID))
    assert.same({}, extent(put, user(ID, "a@x.example")))
    assert.is_nil(extent(put, user("other", "a@x.example")))
    assert.is_true(extent(put, role "reader"))
    assert.is_nil(extent(put, role "user"))
    assert.is_true(extent(put, team "a"))
    assert.is_nil(extent(put, team("b", ('{"%s": {"isTeamAdmin": true}}')
      :format(ID))))
  end)

  it("are the parts that a patch changes, and no others", function()
    assert.same({ "/spec/description", "/spec/scopes/s" }, extent(
      write("PATCH", ORG .. "/teams/a", [=[[
        {"op": "add", "path": "/spec/scopes/s/roles/reader", "value": "reader"},
        {"op": "replace", "path": "/spec/description", "value": "x"}]]=]),
      team "a"))
    local organization = thing(ORG, [[{"metadata": {"id": "o"},
      "spec": {"name": "N", "legalEntityName": "L"}}]])
    assert.same({ "/spec/legalEntityName" }, extent(write("PATCH", ORG,
      '{"spec": {"legalEntityName": "M"}}'), organization))
    assert.is_nil(extent(write("DELETE", ORG .. "/teams/a"), organization))
    assert.is_true(extent(write("DELETE", ORG .. "/teams/a"), team "a"))
  end)

  it("are invites, users and the greeting of one who is invited", function()
    local post = write("POST", ORG .. "/invites", [[{"spec": {
      "email": "ZZ@x.example", "teams": ["a"], "comment": "Hi from N!"}}]])
    assert.same({}, extent(post, user(ID, "zz@X.example")))
    assert.same({}, extent(post, team "a"))
    assert.same({}, extent(post, thing(ORG,
      '{"metadata": {"id": "o"}, "spec": {"name": "N"}}')))
    assert.is_nil(extent(post, thing(ORG,
      '{"metadata": {"id": "o"}, "spec": {"name": "Other"}}')))
    assert.is_true(extent(post, thing(ORG .. "/invites", [[{"metadata": {
      "id": "i"}, "spec": {"email": "zz@x.example"}}]])))
    local all = rests.new({ post }, BASE)
    assert.is_true(all:watch(ORG .. "/invites", { "invites" }))
    assert.is_false(all:watch(ORG .. "/roles", { "roles" }))
  end)

  it("are all that belongs to one who is removed", function()
    local delete = write("DELETE", ORG .. "/users/" .. ID, nil, "A@x.example")
    assert.same({ "/spec/members/" .. ID }, extent(delete,
      team("b", ('{"%s": {"isTeamAdmin": true}}'):format(ID))))
    assert.is_true(extent(delete, thing(ORG .. "/tokens", [[{"metadata": {
      "id": "t", "type": "restricted"}, "spec": {"user": "a@x.example",
      "revoked": null, "lastUsed": null, "expires": "x"}}]])))
    assert.is_nil(extent(delete, team "b"))
  end)

  it("are all tokens where all are revoked, but those of logins", function()
    local function token(type_)
      return thing("/api/v1/user/tokens", ([[{"metadata": {"id": "t",
        "type": "%s"}, "spec": {"revoked": null, "lastUsed": null,
        "expires": "x", "issued": "y"}}]]):format(type_))
    end
    local all = write("DELETE", "/api/v1/user/tokens")
    assert.is_true(extent(all, token "restricted"))
    assert.is_nil(extent(all, token "login"))
    assert.is_true(extent(write("DELETE", "/api/v1/user/tokens/t"),
      token "login"))
  end)

  it("are the rights that a new token gets", function()
    local operation = operations.by_key["rbac.get"]
    local found = things.of(operation, {}, "/api/v1/user/rbac",
      { status = 200, body = [[{"rbac": {"core.project": {
        "p1": {"core.project": ["get"]}, "p2": {"core.project": ["get"]}}}}]] })
    local post = write("POST", "/api/v1/user/tokens", [[{"description": "job",
      "permissions": {"core.project": {"p1": {"core.project": ["get"]}}}}]])
    local count = 0
    for _, right in ipairs(found) do
      if extent(post, right) then
        count = count + 1
        assert.equal("core.project p1", right.name)
      end
    end
    assert.equal(1, count)
  end)

  it("are of no write that the API does not know", function()
    assert.is_nil(extent(write("PURGE", "/elsewhere"), team "a"))
  end)
end)

describe("mkio.plan.things", function()
  it("count with what changes when somebody writes to them", function()
    local function digest(members, description, extent_)
      return things.pick(thing(ORG .. "/teams", json.encode { metadata = {
        id = "i", name = "a" }, spec = { description = description,
        members = members } }), extent_).digest
    end
    local function kari(name, rank)
      return { [ID] = { email = "k@x.example", name = name,
        isTeamAdmin = rank } }
    end
    local one = digest(kari("Kari", true), "d", true)
    assert.equal(one, digest(kari("Kari Lund", true), "d", true))
    assert.not_equal(one, digest(kari("Kari", false), "d", true))
    assert.not_equal(one, digest(kari("Kari", true), "e", true))
    local part = { "/spec/members/" .. ID }
    assert.equal(digest(kari("K", true), "d", part),
      digest(kari("K", true), "e", part))
    assert.not_equal(digest(kari("K", true), "d", part),
      digest(kari("K", false), "d", part))
    assert.equal(digest(kari("K", true), "d", {}),
      digest(json.object {}, "e", {}))
  end)

  it("take any pointers", function()
    local document = json.encode { metadata = { id = "i", name = "a" },
      spec = { members = { [ID] = { isTeamAdmin = true } },
        scopes = { s = { roles = json.array { "r" } } } } }
    local whole = { "/spec/scopes", "/spec/scopes/s/roles",
      "/spec/scopes/s/roles/0" }
    for _, pointers in ipairs { whole, { "" }, { "/metadata/id/x" }, { "x" },
      { "/spec/scopes/s/roles/0" }, { "/spec", "/spec/x" } } do
      local pick = things.pick(thing(ORG .. "/teams", document), pointers)
      assert.equal(64, #pick.digest)
    end
    assert.same({ "r" }, things.pick(thing(ORG .. "/teams", document), whole)
      .was.spec.scopes.s.roles)
  end)

  it("show no secret of a rule, but count it where the API tells", function()
    local function rule(key, updated)
      return things.pick(thing("/api/v1/projects/p/webhook/rules",
        json.encode { metadata = { id = "i", name = "r", updated = updated },
          spec = { url = "https://u:" .. key .. "@x.test/?sig=" .. key,
            enabled = true, events = json.array {},
            authentication = { headers = { ["X-Key"] = key } } } }), true)
    end
    local one, other = rule("canary-1", "a"), rule("canary-2", "a")
    assert.not_equal(one.digest, other.digest)
    assert.not_equal(one.digest, rule("canary-1", "b").digest)
    assert.equal("p/r", one.name)
    assert.equal("https://(secret)@x.test/?sig=(secret)", one.was.spec.url)
    assert.not_matches("canary", json.encode(one.was), 1, true)
  end)

  it("are nothing in a body that is not as the API has it", function()
    for _, body in ipairs { "7", "[7]", '{"permissions":7}',
      '{"permissions":{"core.team":7}}', '{"spec":{"teams":7}}' } do
      for _, path in ipairs { "/api/v1/user/tokens", ORG .. "/invites" } do
        assert.is_nil(extent(write("POST", path, body), role "reader"), body)
      end
    end
  end)
end)
