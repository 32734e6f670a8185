--- A model made of answers in which something is missing or null.

local json = require "mkrun.json"
local overlay = require "mkio.plan.overlay"
local sandbox = require "tests.support.sandbox"
local secret = require "mkrun.secret"

local BASE <const> = "https://app.mk.io/api/v1"

local READ <const> = { "/user/profile", "/organization", "/organization/users",
  "/locations", "/organization/roles", "/organization/scopes",
  "/organization/teams", "/organization/paymentMethods", "/projects",
  "/organization/invites", "/user/organizations", "/user/tokens",
  "/organization/tokens", "/projects/old/webhook/rules" }

--- One case in so many is tried; all take a minute.
local STRIDE <const> = 9

local RULE <const> = { spec = { url = "https://x.example", enabled = true,
  events = json.array { "MediaKind.JobFinished" },
  authentication = { headers = { key = "v" } } } }

local function prepared()
  local api = sandbox.new { reads = math.huge, writes = math.huge }
  api:project "old"
  api:put("/projects/old/webhook/rules/r1", RULE)
  api:put("/organization/teams/crew", { spec = { description = "c",
    members = { [api:member "kari@northlight.example"] =
      { isTeamAdmin = true } },
    scopes = { oldScope = { roles = json.array { "reader" } } } } })
  api:post("/organization/invites", { spec = { email = "i@x.example",
    comment = "c", teams = json.array { "crew" } } })
  api:post("/user/tokens", { type = "full-access", description = "t1",
    organizationId = api:organization_id() })
  return api
end

--- The places in a document, each a list of names, in one order.
local function places(value, path, list)
  local names = {}
  for name in pairs(type(value) == "table" and value or {}) do
    names[#names + 1] = name
  end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  for _, name in ipairs(names) do
    local place = { table.unpack(path) }
    place[#place + 1] = name
    list[#list + 1] = place
    places(value[name], place, list)
  end
  return list
end

local function damage(document, place, is_null)
  for i = 1, #place - 1 do document = document[place[i]] end
  local name = place[#place]
  if is_null then
    document[name] = json.null
  elseif math.type(name) then
    table.remove(document, name)
  else
    document[name] = nil
  end
end

--- The transport of `api`, with one answer damaged.
local function damaged(api, path, place, is_null)
  return function(request)
    local response = api.model.transport(request)
    if request.url:match "^[^?]*" ~= BASE .. path then return response end
    local document = json.decode(response.body)
    damage(document, place, is_null)
    response.body = json.encode(document)
    return response
  end
end

--- All that raises an error is wrong; an answer may be any.
local function try(transport)
  local token = secret.new("ola", "token")
  local over = overlay.new { base_url = "https://app.mk.io", read = transport }
  local function ask(method, path, body)
    local request = { method = method, url = BASE .. path, token = token,
      json = body, headers = {} }
    if method == "GET" then return over:get(request, transport) end
    return over:write(request)
  end
  ask("PUT", "/organization/teams/new", { spec = { description = "d" } })
  ask("PATCH", "/organization/teams/crew", json.array {
    { op = "replace", path = "/spec/description", value = "z" } })
  ask("PUT", "/projects/old/webhook/rules/r2", RULE)
  for _, path in ipairs(READ) do ask("GET", path) end
end

describe("mkio.plan.hydrate", function()
  it("makes a model of answers in which anything is missing or null",
    function()
      local api, count = prepared(), 0
      for _, path in ipairs(READ) do
        local _, document = api:get(path)
        for _, place in ipairs(places(document, {}, {})) do
          for _, is_null in ipairs { true, false } do
            count = count + 1
            if count % STRIDE == 0 then
              local ok, problem =
                pcall(try, damaged(api, path, place, is_null))
              assert(ok, ("%s: %s %s: %s"):format(path, is_null and "null"
                or "no", table.concat(place, "/"), tostring(problem)))
            end
          end
        end
      end
      assert(count > 1000)
    end)

  it("leaves out what has no id", function()
    local api = prepared()
    for _, name in ipairs { "metadata", "id" } do
      local place = { "value", 1, "metadata", name ~= "metadata" and name
        or nil }
      for _, path in ipairs { "/projects", "/organization/invites",
        "/organization/teams", "/user/tokens", "/user/organizations",
        "/organization/paymentMethods", "/projects/old/webhook/rules" } do
        try(damaged(api, path, place, true))
        try(damaged(api, path, place, false))
      end
    end
  end)
end)
