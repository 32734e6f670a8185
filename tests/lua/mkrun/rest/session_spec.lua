local canned = require "tests.lua.mkio.canned"
local json = require "mkrun.json"
local secret = require "mkrun.secret"

local mkio = require "mkio"

local id = "5f1c0f52-0a52-4c9f-8a6f-0d8b3c7b2a10"
local teams = "/api/v1/organization/teams/"

local function problem_of(call, ...)
  local ok, problem = pcall(call, ...)
  assert.is_false(ok)
  assert.is_true(mkio.Error.is(problem))
  return problem
end

describe("org.client", function()
  it("sends the run's token, and returns what went wrong", function()
    local http = canned.http {
      ["GET /api/v1/news"] = canned.ok { value = 1 },
      ["GET /api/v1/old"] = canned.refused(404, "gone", "no such thing"),
    }
    local org = mkio.connect { base_url = "https://api.test",
      token = secret.new("a token of a test", "token"), http = http }
    assert.same({ value = 1 }, org.client:get "/api/v1/news")
    assert.is_true(secret.is(http.seen[1].token))
    local document, message, code = org.client:get "/api/v1/old"
    assert.is_nil(document)
    assert.matches("no such thing", message, 1, true)
    assert.equal("http", code)
  end)
end)

describe("a method of mkio", function()
  it("raises what the API said, in one sentence", function()
    local org = canned.connect {
      ["GET " .. teams .. "x"] = canned.refused(400, "bad_name",
        "no such name"),
    }
    local problem = problem_of(org.teams.get, org.teams, "x")
    assert.equal("GET /api/v1/organization/teams/x: 400 no such name "
      .. "(bad_name, ref f00d-1)", tostring(problem))
    assert.equal("f00d-1", problem.ref)
    assert.equal(400, problem.status)
  end)

  it("raises one line whatever the API says, without the query", function()
    local org = canned.connect {
      ["GET " .. teams .. "x"] = canned.refused(400, "a\nb", "no\r\n::x::"),
      ["GET " .. teams .. "y"] = { status = 400, body = {
        error = { code = {}, detail = { 1 } }, ref = { "r" } } },
      ["GET /api/v1/projects"] = canned.ok {
        value = json.array {}, ["@odata.nextLink"] = "?key=abc" },
      ["GET /api/v1/projects?key=abc"] = canned.refused(500, "c", "oops"),
    }
    assert.equal("GET /api/v1/organization/teams/x: 400 no ::x:: "
      .. "(a b, ref f00d-1)",
      tostring(problem_of(org.teams.get, org.teams, "x")))
    assert.equal("GET /api/v1/organization/teams/y: 400 bad request",
      tostring(problem_of(org.teams.get, org.teams, "y")))
    assert.equal("GET /api/v1/projects: 500 oops (c, ref f00d-1)",
      tostring(problem_of(org.projects.list, org.projects)))
  end)

  it("raises when there is no answer", function()
    local org = canned.connect {
      ["GET " .. teams .. "x"] = { code = "resolve",
        message = "GET https://api.test/x: Could not resolve host" },
    }
    local problem = problem_of(org.teams.get, org.teams, "x")
    assert.equal("GET /api/v1/organization/teams/x: Could not resolve host: "
      .. "is the base URL right?", tostring(problem))
    assert.is_nil(problem.status)
  end)

  it("finds nil where the API says 404, and nothing else", function()
    local org = canned.connect {
      ["GET " .. teams .. "x"] = canned.refused(404, "gone", "no team"),
      ["GET " .. teams .. "y"] = canned.refused(500, "oops", "broken"),
    }
    assert.is_nil(org.teams:find "x")
    assert.equal(500, problem_of(org.teams.find, org.teams, "y").status)
  end)

  it("does not take a proxy's 404 for the API's", function()
    local org = canned.connect { ["GET " .. teams .. "x"] = { status = 404 } }
    local problem = problem_of(org.teams.find, org.teams, "x")
    assert.equal("GET /api/v1/organization/teams/x: 404 not found: "
      .. "is the base URL right?", tostring(problem))
  end)

  it("does not send a body that the contract forbids", function()
    local org, client = canned.connect {}
    local problem = problem_of(org.invites.create, org.invites,
      "a@b.example", { teams = {} })
    assert.matches("not sent, body at '/spec/comment': string expected",
      problem.detail, 1, true)
    assert.equal(0, #client.seen)
  end)

  it("sends empty lists as [] and empty maps as {}", function()
    local org, client = canned.connect {
      ["PUT " .. teams .. "x"] = canned.ok({}, 201),
    }
    org.teams:put("x", { members = {}, scopes = { s = { roles = {} } } })
    assert.equal('{"spec":{"members":{},"scopes":{"s":{"roles":[]}}}}',
      json.encode(client.seen[1].json, { sort = true }))
  end)

  it("says which content type a patch of a payment method has", function()
    local path = "PATCH /api/v1/organization/paymentMethods/" .. id
    local org, client = canned.connect { [path] = canned.ok {} }
    org.payment_methods:rename(id, "")
    assert.equal("application/json-patch+json",
      client.seen[1].headers["Content-Type"])
  end)

  it("takes a second DELETE that finds nothing for done", function()
    local answer = canned.refused(404, "gone", "no team")
    local org = canned.connect { ["DELETE " .. teams .. "x"] = answer,
      ["GET " .. teams:sub(1, -2)] = canned.list() }
    assert.equal(404, problem_of(org.teams.delete, org.teams, "x").status)
    answer.attempts = 2
    assert.has_no_error(function() org.teams:delete "x" end)
  end)

  it("raises when an answer has no body and should have one", function()
    local org = canned.connect { ["GET " .. teams .. "x"] = canned.ok(nil) }
    local problem = problem_of(org.teams.get, org.teams, "x")
    assert.equal("answer", problem.code)
    assert.equal("answer to teams.get, at the top: object expected, got "
      .. "nothing", problem.detail)
  end)

  it("says where an answer is not as it is needed, and its ref", function()
    local org = canned.connect { ["GET " .. teams .. "x"] = canned.ok {
      ref = "f00d-1", spec = { members = { [id] = { isTeamAdmin = "no" } } } } }
    local problem = problem_of(org.teams.get, org.teams, "x")
    assert.equal(("GET %sx: 200 answer to teams.get, at "
      .. "'/spec/members/%s/isTeamAdmin': boolean expected, got string "
      .. "(answer, ref f00d-1)"):format(teams, id), tostring(problem))
    assert.equal("/spec/members/" .. id .. "/isTeamAdmin", problem.pointer)
  end)

  it("takes an error with the status of a success for one", function()
    local wrong = canned.refused(200, "busy", "come back later")
    local org = canned.connect { ["GET " .. teams .. "x"] = wrong,
      ["POST /api/v1/organization/invites"] = wrong }
    assert.equal("it says: come back later",
      problem_of(org.teams.get, org.teams, "x").hint)
    local problem = problem_of(org.invites.create, org.invites, "a@b.test",
      { comment = "hi" })
    assert.equal("f00d-1", problem.ref)
    assert.equal("answer", problem.code)
  end)

  it("does not look at what nobody needs", function()
    local org = canned.connect { ["PATCH /api/v1/projects/p"] =
      canned.ok { metadata = 5, spec = json.array {}, more = true } }
    assert.equal(5, org.projects:patch("p",
      { spec = { isActive = true } }).metadata)
  end)

  it("turns the JWT of a new token into a secret", function()
    local org = canned.connect {
      ["POST /api/v1/user/tokens"] = canned.ok({
        metadata = { id = id, JWT = "eyJ.a.b" }, spec = { description = "n" },
      }, 201),
      ["GET /api/v1/user/tokens"] =
        canned.list { metadata = { id = id, type = "restricted",
          JWT = "eyJ.a.b" }, spec = { user = "o@x.test", issued = "then",
          expires = "soon", revoked = json.null, lastUsed = json.null } },
    }
    local token = org.me.tokens:create {
      type = "full-access", organizationId = id }
    assert.is_true(secret.is(token.metadata.JWT))
    assert.not_matches("eyJ", tostring(token.metadata.JWT))
    assert.is_true(secret.is(org.me.tokens:list()[1].metadata.JWT))
  end)
end)

describe("the password of a metrics export", function()
  it("is a secret", function()
    local org = canned.connect {
      ["GET /api/v1/projects/p/metricsEndpoint"] = canned.ok {
        spec = { enabled = true },
        status = { url = "u", username = "n", password = "s3cret" } },
    }
    local password = org:project("p"):metrics().status.password
    assert.is_true(secret.is(password))
    assert.not_matches("s3cret", tostring(password))
  end)
end)

describe("a usage report", function()
  local query = { startDate = "2026-01-01", endDate = "2026-02-01" }

  local function usage(format, content_type, body)
    local seen
    local org = mkio.connect { base_url = "https://api.test", http = {
      request = function(options)
        seen = options
        return { status = 200, body = body,
          headers = { ["content-type"] = content_type } }
      end } }
    query.format = format
    local ok, result = pcall(org.usage, org, query)
    return result, seen.headers.Accept, ok
  end

  it("is a document, or the text of a CSV file", function()
    local answer = '{"value":[{"cost":"1","quantity":2,"currency":"EUR"}]}'
    assert.equal("1", usage("json", "application/json", answer).value[1].cost)
    local text, accept = usage("csv", "text/csv; charset=utf-8", "a,b\r\n")
    assert.equal("a,b\r\n", text)
    assert.equal("text/csv, text/plain", accept)
  end)

  it("is no page of a proxy", function()
    local problem, _, ok = usage("csv", "text/html", "<p>hello</p>")
    assert.is_false(ok)
    assert.matches("answer is an HTML page, not text/csv", tostring(problem))
  end)
end)

describe("mkio.connect", function()
  it("raises on an option that it does not know", function()
    assert.error_matches(function() mkio.connect { tokn = "x" } end,
      "unknown option 'tokn'")
  end)
end)

describe("mkio.resource.service", function()
  local ready = "GET /api/ready"

  local function service(answers)
    local http = canned.http(answers)
    return mkio.service { base_url = "https://api.test/", http = http }, http
  end

  it("says whether the service is up, and raises when nobody knows",
    function()
      assert.is_true(service { [ready] = canned.ok(nil) }:ready())
      assert.is_false(
        service { [ready] = canned.refused(503, "down", "busy") }:ready())
      local off = service { [ready] = { code = "connect", message = "x: y" } }
      assert.equal("connect", problem_of(off.ready, off).code)
    end)

  it("sends no token, also where there is one", function()
    local http = canned.http { [ready] = canned.ok(nil),
      ["GET /api/v1/organization"] = canned.ok { metadata = { id = "1" },
        spec = { name = "North" } } }
    local org = mkio.connect { base_url = "https://api.test", http = http,
      token = secret.new("eyJ.a.b", "t") }
    org.service:ready()
    org:get()
    assert.is_nil(http.seen[1].token)
    assert.is_true(secret.is(http.seen[2].token))
  end)

  it("gives keys and revoked tokens as lists", function()
    local api = service {
      ["GET /.well-known/jwks.json"] =
        canned.ok { keys = json.array { { kid = "a" } } },
      ["GET /.well-known/revoked.json"] =
        canned.ok { revokedTokens = json.array { id } },
    }
    assert.equal("a", api:keys()[1].kid)
    assert.same({ id }, { table.unpack(api:revoked_tokens()) })
  end)
end)
