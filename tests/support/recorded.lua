--- Recordings that together exercise every operation of the API, made in this
--- process: one of Ola, the administrator, and one of Eva, who is invited.
---
---   local ola, eva = recorded.new()   -- entries of HAR files

local har = require "mkrun.journal.har"
local json = require "mkrun.json"
local sandbox = require "tests.support.sandbox"

local M = {}

local KARI <const> = "kari@northlight.example"

--- Records the requests of a sandbox in a list.
local function record(api, list)
  local transport = api.model.transport
  return setmetatable({ model = { transport = function(request)
    local response = assert(transport(request))
    list[#list + 1] = json.decode(json.encode(har.entry(request,
      api.model.world:now(), 0.01, response)))
    return response
  end }, token = api.token }, getmetatable(api))
end

local READS <const> = {
  "/.well-known/jwks.json", "/.well-known/revoked.json", "/api/profile/",
  "/api/ready", "/user/profile", "/user/rbac", "/organization", "/locations",
  "/locations/westeurope", "/organization/users", "/organization/roles",
  "/organization/roles/user", "/organization/scopes",
  "/organization/scopes/allProjectsScope", "/organization/teams",
  "/organization/teams/Everyone", "/organization/invites",
  "/organization/paymentMethods", "/organization/tokens", "/projects",
  "/user/organizations", "/user/tokens",
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
end

local function use_project(api)
  api:project "news"
  for _, path in ipairs { "/projects/news", "/projects/news/paymentMethod",
    "/projects/news/usage" } do api:get(path) end
  api:post("/projects/news/paymentMethod",
    { paymentMethodId = api:payment_method() })
  api:patch("/projects/news", { spec = { isHidden = false } })
  api:patch("/projects/news/metricsEndpoint", { spec = { enabled = true } })
  api:get "/projects/news/metricsEndpoint"
  api:get("/projects", { ["$top"] = 1 })
  api:post("/organization/reports/usage",
    { startDate = "2026-02-01", endDate = "2026-02-05" })
  api:post("/organization/reports/usage",
    { startDate = "2026-02-01", endDate = "2026-02-05", format = "csv" })
end

local function use_webhooks(api, model)
  local path = "/projects/news/webhook/rules/done"
  local rule = { spec = {
    enabled = true, url = "https://hooks.example/",
    events = json.array { "MediaKind.JobFinished" },
    headers = { ["X-Desk"] = "night" },
    authentication = { queryParams = { key = "s3cret" } } } }
  api:put(path, rule)
  api:put(path, rule)
  model:record_event("news", "done",
    { type = "MediaKind.JobFinished", status = "Sent", source = "job" })
  for _, place in ipairs { path, path .. "/events",
    "/projects/news/webhook/rules" } do api:get(place) end
  api:delete(path)
  api:delete(path) -- 204
  api:get(path) -- 404
end

local function use_teams(api)
  local path = "/organization/teams/night"
  api:put(path, { spec = {} })
  api:put(path, { spec = { description = "night desk" } })
  api:patch(path, json.array {
    { op = "add", path = "/spec/members/" .. api:member(KARI),
      value = { isTeamAdmin = true } },
    { op = "add", path = "/spec/scopes/newsScope",
      value = { roles = { "user" } } } })
  api:get(path)
  api:delete(path)
  api:put("/organization/teams/x", { spec = { scopes = {
    nosuchScope = { roles = { "reader" } } } } }) -- 400
end

local function use_invites(api)
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
end

local function use_tokens(api)
  local _, token = api:post("/user/tokens", {
    type = "restricted", organizationId = api:organization_id(),
    description = "nightly", permissions = json.object {} })
  local path = "/user/tokens/" .. token.metadata.id
  api:get(path)
  api:get "/user/tokens"
  api:delete(path)
  api:get(path)
  local _, list = api:get "/organization/tokens"
  for _, one in ipairs(list.value) do
    if one.spec.user == KARI then
      api:delete("/organization/tokens/" .. one.metadata.id)
    end
  end
end

local function use_users(api)
  local path = "/organization/users/" .. api:member(KARI)
  api:get(path)
  api:delete(path)
  api:delete(path) -- 404
end

local function be_invited(api)
  local _, list = api:get "/user/organizations"
  local path = "/user/organizations/" .. list.value[1].metadata.id
  for _, place in ipairs { path, "/user/profile", "/api/profile/" } do
    api:get(place)
  end
  api:patch(path, { spec = { invite = { state = "accepted" } } })
  api:get(path)
  api:delete(path)
  api:get(path) -- 404
end

--- Makes the recordings.
---@return table[] ola
---@return table[] eva
function M.new()
  local api, ola, eva = sandbox.new(), {}, {}
  api.model:login(KARI)
  local own = record(api, ola)
  for _, path in ipairs(READS) do own:get(path) end
  change_profile(own)
  use_payment_method(own)
  use_project(own)
  use_webhooks(own, api.model)
  for _, use in ipairs { use_teams, use_invites, use_tokens, use_users } do
    use(own)
  end
  be_invited(record(api:user "eva@partner.example", eva))
  own:delete "/user/tokens"
  return ola, eva
end

return M
