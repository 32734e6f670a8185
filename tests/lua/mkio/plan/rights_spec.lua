--- The rights that single requests need, found out for each operation and tried
--- on the model.

local json = require "mkrun.json"
local operations = require "mkio.operations"
local optional = require "mkrun.plan.optional"
local overlay = require "mkio.plan.overlay"
local permissions = require "mkio.permissions"
local sandbox = require "tests.support.sandbox"

local BASE <const> = "https://app.mk.io"
local KARI <const> = "kari@northlight.example"

local PARAMETERS <const> = setmetatable({ project_name = "old" },
  { __index = function() return "00000000-0000-4000-8000-999999999999" end })

local function prepared()
  local api = sandbox.new()
  api:project "old"
  api:project "older"
  return api
end

local function path_of(operation)
  return operations.expand(operation.path, PARAMETERS)
end

--- A request as a script sends it.
local function asked(api, method, path, fields)
  local one = { request = { method = method, url = BASE .. path, headers = {
    Authorization = "Bearer " .. api.token } }, status = 200 }
  for name, value in pairs(fields or {}) do one[name] = value end
  if one.body then one.request.body = json.encode(one.body) end
  return one
end

local function rights_of(api, list)
  local world = overlay.new { base_url = BASE, read = api.model.transport }
  return world:rights(list)
end

local function project_ids(api)
  local _, list = api:get "/projects"
  local ids = {}
  for _, item in ipairs(list.value) do
    ids[item.metadata.name] = item.metadata.id
  end
  return ids
end

--- The same sandbox with a restricted token.
local function cut(api, wanted)
  local _, here = api:get "/organization"
  local status, token = api:post("/user/tokens", { type = "restricted",
    organizationId = here.metadata.id, permissions = permissions.resolve(wanted,
    { ["core.customer"] = { [here.spec.name] = here.metadata.id },
      ["core.project"] = project_ids(api) }) })
  assert(status == 201, json.encode(token))
  return api:as(token.metadata.JWT)
end

--- All rights of the caller but the capabilities.
local function all_but(api, capabilities)
  local _, answer = api:get "/user/rbac"
  local left, without = json.object {}, {}
  for _, capability in ipairs(capabilities) do without[capability] = true end
  permissions.walk(answer.rbac, function(type_, id, family, verbs)
    for _, verb in ipairs(verbs) do
      local capability = family .. "." .. verb
      if not without[capability] then
        permissions.add(left, type_, id, capability)
      end
    end
  end)
  return left
end

local function status_of(api, operation)
  local status, document = api:request(operation.method, path_of(operation),
    operation.body and { json = json.object {} } or {})
  local is_denied = status == 403 and document.error.code == "forbidden"
  return is_denied and "denied" or "allowed"
end

describe("each operation", function()
  for _, operation in ipairs(operations.all) do
    it("is allowed with the rights that it is said to need: " .. operation.key,
      function()
        local api = prepared()
        local document =
          rights_of(api, { asked(api, operation.method, path_of(operation)) })
        assert.equal("allowed", status_of(cut(api, document), operation))
        local count = 0
        permissions.walk(document, function(_, _, _, verbs)
          count = count + #verbs
        end)
        assert.equal(operation.auth == "capability" and 1 or 0, count)
      end)

    if operation.auth == "capability" then
      it("is denied to a token without its capability: " .. operation.key,
        function()
          local api = prepared()
          assert.equal("denied",
            status_of(cut(api, all_but(api, operation.can)), operation))
        end)
    end

    for _, capability in ipairs(operation.can) do
      it(("is allowed with %s alone: %s"):format(capability, operation.key),
        function()
          local api = prepared()
          local wanted = json.object {}
          local place = permissions.place(operation)
          local is_below = place.type == "core.project"
          permissions.add(wanted, is_below and "core.project"
            or "core.customer", is_below and "old"
            or "Northlight Broadcasting", capability)
          assert.equal("allowed", status_of(cut(api, wanted), operation))
        end)
    end
  end
end)

local function on(type_, name, family, ...)
  return { [type_] = { [name] = { [family] = { ... } } } }
end

local RULE <const> = "/api/v1/projects/old/webhook/rules/r"

describe("the rights of several requests", function()
  local api
  before_each(function() api = prepared() end)

  local function of(list)
    local document, remarks = rights_of(api, list)
    return json.decode(json.encode(document)), remarks
  end

  it("have one capability where one of several is enough", function()
    local function rule(action)
      return asked(api, "PUT", RULE, { action = action })
    end
    assert.same(on("core.project", "old", "webhooks.config", "create"),
      (of { rule "create" }))
    assert.same(on("core.project", "old", "webhooks.config", "update"),
      (of { rule "update" }))
    assert.same(on("core.project", "old", "webhooks.config", "create"),
      (of { rule "create", rule "update" }))
  end)

  it("have a right on a project, unless it is needed on all", function()
    local get = asked(api, "GET", "/api/v1/projects/old")
    local list = asked(api, "GET", "/api/v1/projects")
    assert.same(on("core.project", "old", "core.project", "get"),
      (of { get }))
    assert.same(on("core.customer", "Northlight Broadcasting", "core.project",
      "get"), (of { get, list }))
    local both = of { get, asked(api, "GET", "/api/v1/projects/older"), list }
    assert.same({ ["core.project"] = {
      old = { ["core.project"] = { "get" } },
      older = { ["core.project"] = { "get" } } } }, both)
  end)

  it("have those on the projects of a list that the run looks at", function()
    local function list(...)
      local reads = optional.new "a"
      reads:need { ... }
      return asked(api, "GET", "/api/v1/projects", { reads = reads })
    end
    local id = project_ids(api).old
    for _, name in ipairs { "old", id } do
      assert.same(on("core.project", "old", "core.project", "get"),
        (of { list(name) }))
    end
    assert.same(on("core.customer", "Northlight Broadcasting", "core.project",
      "get"), (of { list("old", "new") }))
  end)

  it("ask on the organization for a project that is not there", function()
    local document, remarks =
      of { asked(api, "GET", "/api/v1/projects/new", { status = 404 }) }
    assert.same(on("core.customer", "Northlight Broadcasting", "core.project",
      "get"), document)
    assert.same({ "core.project.get is asked for on the organization, because "
      .. "the project 'new' does not exist yet" }, remarks)
  end)

  it("say what cannot be expressed, and what is not known", function()
    local document, remarks = of {
      asked(api, "GET", "/api/v1/projects/new/webhook/rules"),
      asked(api, "GET", "/api/v2/assets"),
      asked(api, "DELETE", "/api/v1/teams"),
      { request = { url = "https://other.example/x?key=1" }, status = 200 },
      asked(api, "POST", "/api/v1/user/tokens", { body = {
        type = "full-access", organizationId = "x" } }),
    }
    assert.same({}, document)
    assert.same({
      "GET /api/v2/assets is no operation that mkrun knows: nobody knows what "
        .. "it needs",
      "DELETE /api/v1/teams is no operation that mkrun knows: nobody knows "
        .. "what it needs",
      "GET https://other.example/x goes to another server, and is not counted",
      "not expressible: the run makes a token of the type 'full-access', which "
        .. "has all rights of its user, and no restricted token may do that "
        .. "(POST /api/v1/user/tokens)",
      "not expressible: webhooks.config.get on the project 'new', which does "
        .. "not exist yet and so has no id "
        .. "(GET /api/v1/projects/new/webhook/rules)",
      "no capability is needed: any valid token of the user will do",
    }, remarks)
  end)

  it("have those that a new token is given", function()
    local id = project_ids(api).old
    local document = of { asked(api, "POST", "/api/v1/user/tokens", { body = {
      type = "restricted", organizationId = "x",
      permissions = on("core.project", id, "ams.asset", "get", "update") } }) }
    assert.same(on("core.project", "old", "ams.asset", "get", "update"),
      document)
  end)

  it("leave out what the run does not need", function()
    local reads = optional.new "checks nothing"
    local roles = asked(api, "GET", "/api/v1/organization/roles",
      { reads = reads })
    local document, remarks = of { roles }
    assert.same({}, document)
    assert.equal("core.role.get on the organization is left out: without it, "
      .. "the run checks nothing", remarks[1])
    reads:need()
    assert.same(on("core.customer", "Northlight Broadcasting", "core.role",
      "get"), (of { roles }))
  end)

  it("leave out what the token of the run lacks, too", function()
    local document, remarks = of { asked(api, "GET",
      "/api/v1/organization/roles", { status = 403 }) }
    assert.same({}, document)
    assert.equal("the token of this run lacks core.role.get, and the run went "
      .. "on without (GET /api/v1/organization/roles)", remarks[1])
  end)

  it("do not count those with another token", function()
    local document, remarks = of { asked(api, "GET",
      "/api/v1/organization/roles", { is_foreign = true }) }
    assert.same({}, document)
    assert.equal("GET /api/v1/organization/roles is sent with another token "
      .. "than that of the run, and is not counted", remarks[1])
  end)
end)

describe("the rights of a caller with few rights", function()
  it("are on the projects where the caller has them", function()
    local api = prepared()
    local kari = api:user(KARI)
    local document, remarks = rights_of(kari, {
      asked(kari, "GET", "/api/v1/projects"),
      asked(kari, "PATCH", "/api/v1/organization/teams/x") })
    document = json.decode(json.encode(document))
    assert.same({ old = { ["core.project"] = { "get" } },
      older = { ["core.project"] = { "get" } } }, document["core.project"])
    assert.same({ "the token of this run lacks core.team.update on the "
      .. "organization, and cannot give it "
      .. "(PATCH /api/v1/organization/teams/x)" }, remarks)
  end)
end)
