--- Plain curl against the served sandbox, over HTTPS: the requests of the three
--- guides of the Management API, in their order.  Each gives the status that
--- the contract states, and a body that fits it.
---
--- What a guide takes for granted is there before it begins: its second one
--- invites somebody into a team that none of them makes.

local ca = require "tests.support.ca"
local contract = require "tests.support.contract"
local json = require "mkrun.json"
local nginx = require "tests.support.nginx"
local operations = require "mkio.operations"
local process = require "tests.support.process"
local served = require "tests.support.served"

local TOKEN <const> = "canary-9c34bb02"

local api, front

--- One request as a guide has it; returns the decoded answer.
local function curl(token, status, method, path, body)
  local words = { "curl", "-sS", "--cacert", ca.path "ca.pem",
    "-X", method, front.url.front .. path,
    "-H", "Authorization: Bearer " .. token, "-w", "\n%{http_code}" }
  if body then
    for _, word in ipairs { "-H", "Content-Type: application/json",
      "-d", json.encode(body) } do
      words[#words + 1] = word
    end
  end
  local outcome = process.run(words)
  assert.equal(0, outcome.code, outcome.err)
  local text, code = outcome.out:match "^(.*)\n(%d+)$"
  local what = method .. " " .. path .. ": " .. text
  assert.equal(status, tonumber(code), what)
  local document = text ~= "" and assert(json.decode(text), what) or nil
  local operation = assert(operations.match(method, path))
  assert.is_nil(contract.complaint(operation, status, document), what)
  return document
end

--- curl with the administrator's token, below /api/v1.
local function admin(status, method, path, body)
  return curl(TOKEN, status, method, "/api/v1" .. path, body)
end

local function team(description, members, scopes)
  return { spec = { description = description,
    members = json.object(members or {}), scopes = json.object(scopes or {}) } }
end

describe("with curl, the guide", function()
  before_each(function()
    api = served.start { token = TOKEN }
    front = nginx.start { front = { cert = "ecdsa", pass = api.port } }
  end)

  after_each(function()
    front:stop()
    api:stop()
  end)

  it("'Provision org and users' works", function()
    local organization = admin(200, "GET", "/organization")
    admin(201, "POST", "/organization", { spec = {
      name = "Southlight", legalEntityName = "Southlight AS",
      legalEntityContactEmail = "legal@southlight.example",
    } })

    local methods = admin(200, "GET", "/organization/paymentMethods")
    local method = methods.value[1].metadata.id
    admin(200, "POST", "/organization/paymentMethods/" .. method
      .. "/acceptTermsAndConditions")
    admin(201, "PUT", "/projects/evening-news", {
      displayName = "Evening News", locationName = "westeurope",
      paymentMethodId = method,
    })
    admin(200, "GET", "/projects/evening-news/paymentMethod")
    admin(200, "POST", "/projects/evening-news/paymentMethod",
      { paymentMethodId = method })

    admin(200, "GET", "/organization/users")
    admin(200, "GET", "/organization/roles")
    admin(200, "GET", "/organization/scopes")
    admin(201, "PUT", "/organization/teams/night-desk", team("night desk", {},
      { ["evening-newsScope"] = { roles = json.array { "user" } } }))

    local token = admin(201, "POST", "/user/tokens", {
      type = "restricted", description = "evening-news automation",
      organizationId = organization.metadata.id,
      permissions = json.object {},
    })
    assert.string(token.metadata.JWT)

    admin(201, "PUT", "/projects/evening-news/webhook/rules/job-done", {
      spec = { enabled = true, url = "https://hooks.northlight.example/mkio",
        events = json.array { "MediaKind.JobFinished" } },
    })
  end)

  it("'Organizations and invites' works", function()
    admin(201, "PUT", "/organization/teams/night-desk", team "night desk")
    local organization = admin(200, "GET", "/organization").metadata.id

    --- Invite somebody; returns the invite's id and what a person of that
    --- address does with curl.
    local function invite(email)
      local sent = admin(201, "POST", "/organization/invites", { spec = {
        email = email, comment = "covers the winter season",
        teams = json.array { "night-desk" },
      } })
      local token = api:login(email)
      return sent.metadata.id, function(status, method, path, body)
        return curl(token, status, method, "/api/v1/user" .. path, body)
      end
    end

    local id = invite "kari@partner.example"
    assert.equal(1, #admin(200, "GET", "/organization/invites").value)
    admin(200, "DELETE", "/organization/invites/" .. id)

    local _, kari = invite "kari@partner.example"
    local listed = kari(200, "GET", "/organizations").value
    assert.equal("pending", listed[1].spec.invite.state)
    local record = "/organizations/" .. organization
    kari(200, "PATCH", record, { spec = { invite = { state = "accepted" } } })
    local everyone = admin(200, "GET", "/organization/teams/Everyone")
    local night_desk = admin(200, "GET", "/organization/teams/night-desk")
    local id_of_kari = next(night_desk.spec.members)
    assert.is_table(everyone.spec.members[id_of_kari])

    local _, nils = invite "nils@partner.example"
    nils(204, "DELETE", record) -- declines
    kari(204, "DELETE", record) -- leaves
    assert.same({}, admin(200, "GET", "/organization/invites").value)
  end)

  it("'Users and teams' works", function()
    local users = admin(200, "GET", "/organization/users").value
    local ola, kari = users[1].metadata.id, users[2].metadata.id
    admin(200, "GET", "/organization/roles")
    admin(200, "GET", "/organization/scopes")
    local path = "/organization/teams/night-desk"
    admin(201, "PUT", path, team("night desk",
      { [ola] = { isTeamAdmin = true } },
      { allProjectsScope = { roles = json.array { "reader" } } }))

    --- One entry of JSON Patch; returns the team's spec.
    local function patch(op, pointer, value)
      return admin(200, "PATCH", path,
        json.array { { op = op, path = pointer, value = value } }).spec
    end

    local member = "/spec/members/" .. kari
    local spec = patch("add", member, { isTeamAdmin = false })
    assert.is_false(spec.members[kari].isTeamAdmin)
    spec = patch("replace", member .. "/isTeamAdmin", true)
    assert.is_true(spec.members[kari].isTeamAdmin)
    spec = patch("add", "/spec/scopes/allProjectsScope/roles/-", "user")
    assert.same({ "reader", "user" }, spec.scopes.allProjectsScope.roles)
    spec = patch("remove", "/spec/scopes/allProjectsScope/roles/user")
    assert.same({ "reader" }, spec.scopes.allProjectsScope.roles)
    spec = patch("add", "/spec/scopes/managementScope",
      { roles = json.array { "managementReader" } })
    assert.is_table(spec.scopes.managementScope)
    spec = patch("remove", "/spec/scopes/managementScope")
    assert.is_nil(spec.scopes.managementScope)
    spec = patch("remove", member)
    assert.is_nil(spec.members[kari])

    admin(200, "PUT", path, team "replaced as a whole")
    admin(200, "GET", "/user/rbac")
    admin(204, "DELETE", path)
  end)
end)
