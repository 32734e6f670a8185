--- The planned world is the one that the same writes make: a sandbox beside
--- another one with an overlay, all writes of the API, and after each of them
--- all reads.

local clock = require "mkrun.clock"
local json = require "mkrun.json"
local operations = require "mkio.operations"
local overlay = require "mkio.plan.overlay"
local patch = require "mkrun.patch"
local sandbox = require "tests.support.sandbox"
local secret = require "mkrun.secret"

local ID <const> = "%x+%-%x+%-%x+%-%x+%-%x+"
local KARI <const> = "kari@northlight.example"

--- Numbers that are dreamt up for each project, and what no overlay is over.
local UNREAD <const> = { ["project_usage.get"] = true,
  ["well_known.jwks"] = true, ["well_known.revoked"] = true }

local function rule(url)
  return { spec = { url = url, enabled = true,
    events = json.array { "MediaKind.JobFinished" } } }
end

local function team(members, scopes)
  return { spec = { description = "c", members = members, scopes = scopes } }
end

local function reader(...) return { roles = json.array { ... } } end

local function prepared()
  local api = sandbox.new()
  api:project "old"
  api:put("/projects/old/webhook/rules/r1", rule "https://x.example")
  api:put("/organization/teams/crew", team(
    { [api:member(KARI)] = { isTeamAdmin = true } },
    { oldScope = reader "reader" }))
  api:post("/organization/invites", { spec = { email = "i@x.example",
    comment = "c", teams = json.array { "crew" } } })
  api:post("/user/tokens", { type = "full-access", description = "t1",
    organizationId = api:organization_id() })
  api.model:login(KARI)
  return api
end

local function find(api, path, is)
  local _, document = api:get(path)
  for _, item in ipairs(document.value) do
    if is(item.spec) then return item.metadata.id end
  end
end

--- What stands for the parameters in the paths of the reads and the writes.
local function parameters(api)
  return {
    organization_id = { api:organization_id() },
    paymentmethod_id = { api:payment_method() },
    user_id = { api:member(KARI), api:member "ola@northlight.example" },
    invite_id = { find(api, "/organization/invites",
      function() return true end) },
    token_id = { find(api, "/user/tokens",
      function(spec) return spec.description == "t1" end),
      find(api, "/organization/tokens",
        function(spec) return spec.user == KARI end) },
    project_name = { "old", "new" }, rule_name = { "r1", "r2" },
    team_name = { "crew", "new", "Everyone" },
    scope_name = { "oldScope", "newScope" },
    role_name = { "reader" }, location_name = { "westeurope" },
  }
end

--- All paths that a template stands for.
local function paths_of(template, at, list)
  local name = template:match "{([%w_]+)}"
  if not name then
    list[#list + 1] = template
    return list
  end
  for _, value in ipairs(assert(at[name], name)) do
    paths_of(template:gsub("{[%w_]+}", value, 1), at, list)
  end
  return list
end

local function writes_of(at)
  local pm, org = at.paymentmethod_id[1], at.organization_id[1]
  local kari, ola = table.unpack(at.user_id)
  local new = { displayName = "New", locationName = "westeurope",
    paymentMethodId = pm }
  local function on_crew(...)
    return { "PATCH", "/organization/teams/crew", json.array { ... } }
  end
  return {
    { "PUT", "/projects/early", new }, -- terms are not accepted, or they are
    { "PATCH", "/organization",
      { spec = { legalEntityContactEmail = "a@b.example" } } },
    { "POST", "/organization/invites", { spec = { email = "n@x.example",
      comment = "hi", teams = json.array { "Everyone" } } } },
    { "POST", "/organization/invites",
      { spec = { email = "n@x.example", comment = "hi" } } },
    { "PATCH", "/organization/paymentMethods/" .. pm, json.array {
      { op = "replace", path = "/metadata/displayName", value = "x" } } },
    { "POST", ("/organization/paymentMethods/%s/acceptTermsAndConditions")
      :format(pm) },
    { "PUT", "/projects/new", new },
    { "PUT", "/projects/old", new },
    { "PATCH", "/projects/new", { metadata = { displayName = "Newer" } } },
    { "PATCH", "/projects/old", { metadata = { displayName = "Older" } } },
    { "PATCH", "/projects/new/metricsEndpoint", { spec = { enabled = true } } },
    { "PATCH", "/projects/old/metricsEndpoint", { spec = { enabled = true } } },
    { "POST", "/projects/new/paymentMethod", { paymentMethodId = pm } },
    { "PUT", "/projects/old/webhook/rules/r2", rule "https://y.example" },
    { "PUT", "/projects/old/webhook/rules/r1", rule "https://z.example" },
    { "PUT", "/projects/new/webhook/rules/r1", rule "https://n.example" },
    { "PUT", "/organization/teams/new", team(nil,
      { newScope = reader "user" }) },
    on_crew({ op = "add", path = "/spec/members/" .. ola,
      value = { isTeamAdmin = false } },
      { op = "add", path = "/spec/scopes/newScope", value = reader "reader" }),
    on_crew { op = "remove", path = "/spec/scopes/oldScope/roles/reader" },
    on_crew { op = "add", path = "/spec/scopes/oldScope/roles/-",
      value = "user" },
    on_crew { op = "test", path = "/spec/description", value = "c" },
    { "PUT", "/organization/teams/crew", team() },
    { "PATCH", "/user/profile", { spec = { company = "c2" } } },
    { "PUT", "/api/profile/", { company = "c3" } },
    { "POST", "/user/tokens", { type = "full-access", description = "t2",
      organizationId = org } },
    { "PATCH", "/user/organizations/" .. org, { spec = {} } },
    { "DELETE", "/organization/invites/" .. at.invite_id[1] },
    { "DELETE", "/organization/tokens/" .. at.token_id[2] },
    { "DELETE", "/user/tokens/" .. at.token_id[1] },
    { "DELETE", "/projects/old/webhook/rules/r1" },
    { "DELETE", "/organization/teams/crew" },
    { "DELETE", "/organization/users/" .. kari },
    { "POST", "/organization", { spec = { name = "Second" } } },
    { "DELETE", "/user/organizations/" .. org },
    { "DELETE", "/user/tokens" },
  }
end

--- Without what is another one each time: `known` are the ids from before.
local function plain(value, known)
  if type(value) == "string" then
    if value:find "^eyJ" then return "JWT" end
    if value:find "^%d%d%d%d%-%d%d%-%d%d" then return "time" end
    return (value:gsub("sandbox%-%x+", "ref"):gsub(ID, function(id)
      return not known[id] and "id" or nil
    end))
  elseif type(value) ~= "table" then
    return value
  end
  local out = json.is_array(value) and json.array {} or json.object {}
  for name, inner in pairs(value) do
    local key = type(name) == "string" and plain(name, known) or name
    out[key] = name == "password" and "password" or plain(inner, known)
  end
  if out.cloud then out.cloud.id = nil end -- of a location, where unread
  return out
end

local function url_of(path)
  local prefix = path:find "^/api" and "" or "/api/v1"
  return "https://app.mk.io" .. prefix .. path
end

--- Asks the API with an overlay over it.
local function planner(api)
  local function live(request)
    assert(request.method == "GET")
    return api.model.transport(request)
  end
  local over = overlay.new { base_url = "https://app.mk.io", read = live }
  local token = secret.new("ola", "token")
  return function(method, path, body)
    local request = { method = method, url = url_of(path), token = token,
      json = body, headers = { Accept = "application/json" } }
    local response = assert(method == "GET" and over:get(request, live)
      or method ~= "GET" and over:write(request))
    return response.status, response.body ~= "" and json.decode(response.body)
  end
end

describe("the overlay", function()
  before_each(function()
    clock.use(function() return sandbox.start end)
  end)
  after_each(function() clock.use() end)

  it("answers as if all had been sent, for every operation", function()
    local api, twin = prepared(), prepared()
    local at, known, planned = parameters(api), {}, planner(api)
    local state = api.model:save()
    for id in state:gmatch(ID) do known[id] = true end

    local function compare(after, method, path, body)
      local status, document = planned(method, path, body)
      local real, expected = twin:request(method, path, { json = body })
      document, expected =
        plain(document, known), plain(expected or false, known)
      if status ~= real or not patch.equal(document, expected) then
        error(("%s: %s %s: %d %s, expected %d %s"):format(after, method, path,
          status, json.encode(document), real, json.encode(expected)), 0)
      end
    end

    local seen = {}
    for _, write in ipairs(writes_of(at)) do
      local head = write[1] .. " " .. write[2]
      compare("", table.unpack(write))
      seen[operations.match(write[1], url_of(write[2]):match "/api.*").key] =
        true
      for _, operation in ipairs(operations.all) do
        local reads = operation.method == "GET" and not UNREAD[operation.key]
        for _, path in ipairs(reads and paths_of(operation.path, at, {})
          or {}) do
          compare(head, "GET", path)
        end
      end
    end
    for _, operation in ipairs(operations.all) do
      assert(operation.method == "GET" or seen[operation.key]
        or operation.key == "reports.usage", operation.key)
    end
    assert.equal(state, api.model:save())
  end)
end)
