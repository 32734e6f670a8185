--- Plans of a token that may not read all that its writes are about.

local json = require "mkrun.json"
local overlay = require "mkio.plan.overlay"
local sandbox = require "tests.support.sandbox"
local secret = require "mkrun.secret"

local ID <const> = "5f1c0f52-0a52-4c9f-8a6f-0d8b3c7b2a10"

--- `ask(method, path, body)`, where lists of these paths answer with `status`.
local function asker(status, ...)
  local api, hidden = sandbox.new(), {}
  for _, path in ipairs { ... } do hidden["/api/v1" .. path] = true end
  api:put("/organization/teams/crew", { spec = { description = "c" } })
  local over = overlay.new { base_url = "https://app.mk.io",
    read = function(request)
      local response = api.model.transport(request)
      if hidden[request.url:match "^https://[^/]+([^?]*)"] then
        response.status, response.body = status, '{"error":{}}'
      end
      return response
    end }
  return function(method, path, body)
    local response, change, code = over:write { method = method,
      url = "https://app.mk.io/api/v1" .. path, json = body,
      token = secret.new("ola", "token"), headers = {} }
    if response then return response.status, change end
    return nil, change, code
  end
end

local function granted(...)
  return { newsScope = { roles = json.array { ... } } }
end

local function add(path, value)
  return json.array { { op = "add", path = path, value = value } }
end

describe("the overlay of a token that may not read", function()
  for what, case in pairs {
    ["users, for a new team's members"] = { 201, "PUT", "/organization/teams/x",
      { spec = { members = { [ID] = { isTeamAdmin = true } } } } },
    ["users, for a new member"] = { 200, "PATCH", "/organization/teams/crew",
      add("/spec/members/" .. ID, { isTeamAdmin = false }) },
    ["scopes, for a new team's grants"] = { 201, "PUT",
      "/organization/teams/x", { spec = { scopes = granted "caster" } } },
    ["scopes, for a new grant"] = { 200, "PATCH", "/organization/teams/crew",
      add("/spec/scopes/newsScope", { roles = json.array { "caster" } }) },
    ["scopes, for all grants"] = { 200, "PATCH", "/organization/teams/crew",
      add("/spec/scopes", granted "caster") },
    ["payment methods, for a new project"] = { 201, "PUT", "/projects/x", {
      displayName = "x", locationName = "mars", paymentMethodId = ID } },
  } do
    it("takes them to be there: " .. what, function()
      local ask = asker(403, "/organization/users", "/organization/scopes",
        "/organization/roles", "/organization/paymentMethods", "/locations")
      local status, message = ask(table.unpack(case, 2))
      assert.equal(case[1], status, message)
    end)
  end

  it("takes the teams of an invite to be there", function()
    local ask = asker(403, "/organization/teams")
    assert.equal(201, (ask("POST", "/organization/invites", { spec = {
      email = "n@x.example", comment = "c",
      teams = json.array { "night" } } })))
  end)

  it("still refuses what is not in a list that it may read", function()
    local ask = asker(403, "/organization/users")
    assert.equal(400, (ask("PUT", "/organization/teams/x",
      { spec = { scopes = granted "reader" } })))
    assert.equal(404, (ask("DELETE", "/organization/teams/none")))
  end)

  for path, method in pairs {
    ["/organization/teams/crew"] = "DELETE",
    ["/organization/users/" .. ID] = "DELETE",
    ["/organization/tokens/" .. ID] = "DELETE",
    ["/organization/invites/" .. ID] = "DELETE",
    ["/projects/news"] = "PATCH",
    [("/organization/paymentMethods/%s/acceptTermsAndConditions")
      :format(ID)] = "POST",
  } do
    it("cannot plan " .. method .. " " .. path, function()
      local ask = asker(403, "/organization/teams", "/organization/users",
        "/organization/tokens", "/organization/invites", "/projects",
        "/organization/paymentMethods")
      local status, message, code = ask(method, path,
        method == "PATCH" and { metadata = { displayName = "x" } } or nil)
      assert.same({ nil, "plan" }, { status, code })
      assert.matches("not sent, the token may not read what it changes",
        message, 1, true)
    end)
  end

  it("does not plan by lists that could not be had", function()
    local ask = asker(503, "/organization/teams")
    local status, message, code = ask("PUT", "/organization/teams/x",
      { spec = { description = "x" } })
    assert.same({ nil, "plan" }, { status, code })
    assert.equal("PUT https://app.mk.io/api/v1/organization/teams/x: not sent, "
      .. "GET https://app.mk.io/api/v1/organization/teams answered 503",
      message)
  end)
end)
