--- Every operation is asked for, and every answer held against the contract.

local contract = require "tests.support.contract"
local json = require "mkrun.json"
local operations = require "mkio.operations"
local sandbox = require "tests.support.sandbox"

--- A sandbox whose answers are checked, and the operations that were done.
local function watched()
  local api, done = sandbox.new(), {}
  local transport = api.model.transport
  api.model.transport = function(request)
    local response = assert(transport(request))
    local path = request.url:match "^https://[^/]+([^?]*)"
    local operation = assert(operations.match(request.method, path))
    local body
    if response.headers["content-type"] == "application/json" then
      body = json.decode(response.body)
    end
    local complaint = contract.complaint(operation, response.status, body)
    if complaint then
      error(("%s: %d: %s"):format(operation.key, response.status, complaint))
    end
    if operations.is_ok(operation, response.status) then
      done[operation.key] = true
    end
    return response
  end
  return api, done
end

local readable = {
  "/.well-known/jwks.json", "/.well-known/revoked.json", "/api/profile/",
  "/api/ready", "/locations", "/locations/westeurope", "/organization",
  "/organization/invites", "/organization/paymentMethods",
  "/organization/roles", "/organization/roles/user", "/organization/scopes",
  "/organization/scopes/newsScope", "/organization/scopes/allProjectsScope",
  "/organization/teams", "/organization/teams/Everyone",
  "/organization/tokens", "/organization/users", "/projects",
  "/projects/news", "/projects/news/metricsEndpoint",
  "/projects/news/paymentMethod", "/projects/news/usage",
  "/projects/news/webhook/rules", "/user/organizations", "/user/profile",
  "/user/rbac", "/user/tokens",
}

local function change_profile(api)
  api:patch("/user/profile", { spec = { country = "Norway" } })
  api:put("/api/profile/", { spec = {
    name = "Ola", country = "Norway", phonenumber = "1",
    company = json.null, jobrole = json.null } })
  api:patch("/organization", { spec = { legalEntityName = json.null } })
  api:post("/organization", { spec = { name = "Southlight" } })
end

local function use_payment_method(api)
  local id = api:payment_method()
  local path = "/organization/paymentMethods/" .. id
  api:get(path)
  api:get(path .. "/rateCard")
  api:request("PATCH", path, {
    json = json.array {
      { op = "replace", path = "/metadata/displayName", value = "x" } },
    headers = { ["Content-Type"] = "application/json-patch+json",
                Authorization = "Bearer ola" },
  })
  api:post("/projects/news/paymentMethod", { paymentMethodId = id })
end

local function use_project(api)
  api:patch("/projects/news", { spec = { isHidden = false } })
  api:patch("/projects/news/metricsEndpoint", { spec = { enabled = true } })
  api:get "/projects/news/metricsEndpoint"
  api.model:advance(3600)
  api:post("/organization/reports/usage",
    { startDate = "2026-02-03", endDate = "2026-02-05" })
  local path = "/projects/news/webhook/rules/done"
  local rule = { spec = {
    enabled = true, url = "https://hooks.example/",
    events = json.array { "MediaKind.JobFinished" },
    authentication = { queryParams = { key = "s3cret" } } } }
  api:put(path, rule)
  api:put(path, rule)
  api.model:record_event("news", "done",
    { type = "MediaKind.JobFinished", status = "Sent", source = "job" })
  for _, place in ipairs { path, path .. "/events",
    "/projects/news/webhook/rules" } do api:get(place) end
  api:delete(path)
  api:delete(path)
end

local function use_teams(api)
  local path = "/organization/teams/night"
  api:put(path, { spec = {} })
  api:put(path, { spec = { description = "night desk" } })
  api:patch(path, json.array {
    { op = "add", path = "/spec/members/"
      .. api:member "kari@northlight.example",
      value = { isTeamAdmin = true } } })
  api:get(path)
  api:delete(path)
end

local function use_invites(api)
  local organization = "/user/organizations/" .. api:organization_id()
  local function invite()
    return select(2, api:post("/organization/invites",
      { spec = { email = "eva@partner.example", comment = "x" } }))
  end
  local path = "/organization/invites/" .. invite().metadata.id
  api:get(path)
  api:delete(path)
  invite()
  invite() -- 409
  api:get "/organization/invites"
  local eva = api:user "eva@partner.example"
  for _, place in ipairs { "/user/organizations", organization,
    "/user/profile", "/api/profile/" } do eva:get(place) end
  eva:patch(organization, { spec = { invite = { state = "accepted" } } })
  eva:delete(organization)
end

local function use_tokens(api)
  local _, token = api:post("/user/tokens", {
    type = "restricted", organizationId = api:organization_id(),
    description = "nightly" })
  local path = "/user/tokens/" .. token.metadata.id
  api:get(path)
  api:delete(path)
  api:get(path)
  local kari = api:user "kari@northlight.example"
  local _, list = kari:get "/user/tokens"
  api:delete("/organization/tokens/" .. list.value[1].metadata.id)
  kari:get "/user/tokens" -- 401
end

local function use_users(api)
  local path = "/organization/users/" .. api:member "kari@northlight.example"
  api:get(path)
  api:user "kari@northlight.example":delete(path) -- 403
  api:delete(path)
  api:delete(path) -- 404
end

describe("mkio.sandbox: the contract", function()
  it("has every operation done, and every answer as it states", function()
    local api, done = watched()
    api:project "news"
    for _, path in ipairs(readable) do api:get(path) end
    for _, use in ipairs {
      change_profile, use_payment_method, use_project, use_teams,
      use_invites, use_tokens, use_users,
    } do use(api) end
    api:delete "/user/tokens"

    local count = 0
    for _, operation in ipairs(operations.all) do
      assert(done[operation.key], operation.key)
      count = count + 1
    end
    assert.equal(60, count)
  end)

  it("would notice an answer that does not fit", function()
    local operation = operations.by_key["teams.get"]
    local function complaint(body)
      return contract.complaint(operation, 200, json.decode(body))
    end
    local id = "31aa22bb-33cc-44dd-88ee-55ff66aa77bb"
    local good = ('{"metadata":{"id":"%s"},"spec":{}}'):format(id)
    assert.is_nil(complaint(good))
    assert.equal("/metadata is missing", complaint '{"spec":{}}')
    assert.equal("/metadata/id is no uuid",
      complaint(good:gsub("31aa22bb%-", "")))
    assert.equal("/spec/colour is in no schema",
      complaint(good:gsub('"spec":{', '%0"colour":1')))
    assert.equal("/spec/members is array",
      complaint(good:gsub('"spec":{', '%0"members":[]')))
    assert.equal("status 202 is not stated",
      contract.complaint(operation, 202))
  end)
end)
