--- Lists and reads that are behind what this run has written.

local canned = require "tests.lua.mkio.canned"
local json = require "mkrun.json"
local long_wait = require "mkrun.host.long_wait"
local secret = require "mkrun.secret"

local API <const> = "/api/v1/"
local ORGANIZATION <const> = API .. "organization"
local METHOD <const> = "11111111-1111-4111-8111-111111111111"
local ABSENT <const> = canned.refused(404, "not_found", "no such thing")

local function project(name, method)
  return { kind = "Project", metadata = { name = name, id = "id-" .. name,
    displayName = name }, spec = { displayName = name, isActive = true,
    locationName = "westeurope", assignedPaymentMethodId = method } }
end

local function team(name, ...)
  local scopes = json.object {}
  for _, role in ipairs { ... } do
    scopes.allProjectsScope = scopes.allProjectsScope
      or { roles = json.array {} }
    table.insert(scopes.allProjectsScope.roles, role)
  end
  return { kind = "Team", metadata = { name = name }, spec = {
    description = "", members = json.object {}, scopes = scopes } }
end

local function method(accepted)
  return { kind = "PaymentMethod", metadata = { id = METHOD,
    displayName = "contract" }, spec = { type = "Invoice" },
    status = { isActive = true, termsAndConditionsAccepted = accepted } }
end

local function invite(id, ...)
  return { kind = "Invite", metadata = { id = id,
    created = "2999-01-01T00:00:00Z" },
    spec = { email = "kari@a.example", comment = "c",
      teams = json.array { ... } } }
end

describe("What the API does not show yet is waited for", function()
  local slept, told

  before_each(function()
    slept, told = 0, {}
    long_wait.use {
      now = function() return slept end,
      sleep = function(seconds) slept = slept + seconds end,
      write = function(text) told[#told + 1] = text end,
    }
  end)
  after_each(function() long_wait.use() end)

  --- Calls a function that raises.  Returns the error.
  local function problem_of(call, ...)
    local ok, problem = pcall(call, ...)
    assert.is_false(ok)
    return problem
  end

  --- Checks that the wait had a bound, and was told in one line.
  local function assert_bound(what)
    assert.equal(10, slept)
    assert.same({ "waiting at most 8 s: " .. what },
      { (told[1]:gsub("at most [%d.]+ s", "at most 8 s")) })
    assert.equal(1, #told)
  end

  it("for the scopes of a new project", function()
    local function scope(name)
      return { kind = "Scope", metadata = { name = name }, spec = {} }
    end
    local path = "GET " .. ORGANIZATION .. "/scopes"
    local org = canned.connect { [path] = { canned.list(), canned.list(),
      canned.list(scope "newsScope") } }
    org.scopes:await({ "newsScope" }, 10)
    org = canned.connect { [path] = canned.list() }
    slept = 0
    local problem = problem_of(org.scopes.await, org.scopes, { "newsScope" },
      10)
    assert.matches("the list of scopes has no 'newsScope' yet, after 10 s",
      tostring(problem), 1, true)
    assert_bound "the list of scopes lacks those of new projects"
    org = canned.connect { [path] = canned.list() }
    slept = 0
    problem = problem_of(org.scopes.await, org.scopes, { "newsScope" }, 0)
    assert.matches("there is no scope 'newsScope'", tostring(problem), 1, true)
    assert.equal(0, slept)
  end)

  it("for a project that an answer says is there", function()
    local path = API .. "projects/news"
    local want = { displayName = "news", locationName = "westeurope",
      paymentMethodId = METHOD }
    local org, http = canned.connect {
      ["GET " .. path] = { ABSENT, ABSENT, ABSENT,
        canned.ok(project("news", METHOD)) },
      ["GET " .. ORGANIZATION .. "/paymentMethods/" .. METHOD] =
        canned.ok(method(true)),
      ["PUT " .. path] = canned.refused(409, "exists", "exists"),
    }
    local _, outcome = org.projects:ensure("news", want)
    assert.equal("unchanged", outcome)
    assert.same({ "PUT " .. path }, canned.writes(http))
  end)

  it("for a project that this run has made", function()
    local path = API .. "projects/news"
    local org = canned.connect {
      ["PUT " .. path] = canned.ok(project("news", METHOD), 201),
      ["PATCH " .. path] = { ABSENT, canned.ok(project("news", METHOD)) },
      ["GET " .. path] = { ABSENT, ABSENT, canned.ok(project("news", METHOD)) },
    }
    org.projects:create("news", { displayName = "news",
      locationName = "westeurope", paymentMethodId = METHOD })
    assert.is_table(org.projects:patch("news", { spec = { isActive = true } }))
    assert.is_true(slept > 0)
  end)

  it("for the rules and tokens of such a project", function()
    local path = API .. "projects/news"
    local rule = { kind = "Rule", metadata = { name = "r" }, spec = {
      url = "https://h.example/", events = { "MediaKind.JobFinished" },
      enabled = true } }
    local unknown = canned.refused(400, "unknown", "no such project")
    local org, http = canned.connect {
      ["PUT " .. path] = canned.ok(project("news", METHOD), 201),
      ["GET " .. path] = { ABSENT, canned.ok(project("news", METHOD)) },
      ["PUT " .. path .. "/webhook/rules/r"] = { ABSENT,
        canned.ok(rule, 201) },
      ["POST " .. API .. "user/tokens"] = { unknown, canned.ok({
        metadata = { id = "t", JWT = "eyJ.x.y", type = "restricted" },
        spec = { description = "d" } }, 201) },
    }
    org.projects:create("news", { displayName = "news",
      locationName = "westeurope", paymentMethodId = METHOD })
    org:project("news").webhooks:put("r", rule.spec)
    org.me.tokens:create { description = "d", type = "restricted",
      organizationId = METHOD, permissions = { ["core.project"] = {
        ["id-news"] = { ["ams.asset"] = { "get" } } } } }
    assert.equal(5, #canned.writes(http))
  end)

  it("for a new team that an invite names, with a bound", function()
    local team_path = ORGANIZATION .. "/teams/desk"
    local refused = canned.refused(400, "unknown_team", "no such team")
    local function connect(reads)
      local org, http = canned.connect {
        ["PUT " .. team_path] = canned.ok(team "desk", 201),
        ["GET " .. team_path] = reads,
        ["POST " .. ORGANIZATION .. "/invites"] = { refused,
          canned.ok(invite("i", "desk"), 201) },
      }
      org.teams:put("desk", { description = "" })
      return org, http
    end
    local want = { comment = "c", teams = { "desk" } }
    local org, http = connect { ABSENT, ABSENT, canned.ok(team "desk") }
    org.invites:send("kari@a.example", want)
    assert.equal(3, #canned.writes(http))
    slept = 0
    org = connect { ABSENT }
    local problem = problem_of(org.invites.send, org.invites,
      "kari@a.example", want)
    assert.equal("behind", problem.code)
    assert_bound "the API has no team 'desk' yet, which this run has made"
  end)

  it("but not for a team that this run has not made", function()
    local org, http = canned.connect {
      ["POST " .. ORGANIZATION .. "/invites"] =
        canned.refused(400, "unknown_team", "no such team") }
    problem_of(org.invites.send, org.invites, "kari@a.example",
      { comment = "c", teams = { "desk" } })
    assert.same({ 1, 0 }, { #http.seen, slept })
  end)

  it("but not for a team that this run has deleted again", function()
    local path = ORGANIZATION .. "/teams/desk"
    local org, http = canned.connect { ["GET " .. path] = ABSENT,
      ["PUT " .. path] = canned.ok(team "desk", 201),
      ["DELETE " .. path] = { status = 204 } }
    for _ = 1, 2 do
      assert.equal("created",
        (select(2, org.teams:ensure("desk", { description = "" }))))
      org.teams:delete "desk"
    end
    assert.same({ 4, 0 }, { #canned.writes(http), slept })
  end)

  it("for a team that is ensured twice, which is replaced once", function()
    local path = ORGANIZATION .. "/teams/desk"
    local org, http = canned.connect {
      ["GET " .. path] = { ABSENT, ABSENT, ABSENT, canned.ok(team "desk") },
      ["PUT " .. path] = canned.ok(team "desk", 201) }
    org.teams:ensure("desk", { description = "" })
    local _, outcome = org.teams:ensure("desk", { description = "" })
    assert.equal("unchanged", outcome)
    assert.same({ "PUT " .. path }, canned.writes(http))
  end)

  it("for a change of a team whose answer got lost", function()
    local path = ORGANIZATION .. "/teams/desk"
    local org, http = canned.connect {
      ["GET " .. path] = { canned.ok(team "desk"), canned.ok(team "desk"),
        canned.ok(team "desk"), canned.ok(team("desk", "reader")) },
      ["PATCH " .. path] = { { code = "closed", message = "cut" },
        canned.refused(400, "twice", "granted already") } }
    local _, outcome = org.teams:ensure("desk", { scopes = {
      allProjectsScope = { roles = { "reader" } } } })
    assert.equal("changed", outcome)
    assert.equal(2, #canned.writes(http))
  end)

  it("for accepted terms, with a bound", function()
    local path = ORGANIZATION .. "/paymentMethods/" .. METHOD
    local accept = "POST " .. path .. "/acceptTermsAndConditions"
    local org = canned.connect { [accept] = { status = 204 },
      ["GET " .. path] = { canned.ok(method(false)), canned.ok(method(false)),
        canned.ok(method(true)) } }
    assert.equal("changed",
      (select(2, org.payment_methods:ensure_terms(METHOD))))
    slept = 0
    org = canned.connect { [accept] = { status = 204 },
      ["GET " .. path] = canned.ok(method(false)) }
    local problem = problem_of(org.payment_methods.ensure_terms,
      org.payment_methods, METHOD)
    assert.equal("behind", problem.code)
    assert_bound("the payment method 'contract' does not show its accepted "
      .. "terms yet")
  end)

  it("for the payment method of a project", function()
    local path = API .. "projects/news"
    local old = canned.ok(project("news", "old"))
    local org = canned.connect {
      ["GET " .. path] = { old, old, ABSENT, old,
        canned.ok(project("news", METHOD)) },
      ["POST " .. path .. "/paymentMethod"] = { status = 204 },
    }
    local now = org:project("news"):ensure_payment_method(METHOD,
      { is_checked = true })
    assert.equal(METHOD, now.spec.assignedPaymentMethodId)
  end)

  it("for an invite whose answer got lost, before it is sent again", function()
    local path = ORGANIZATION .. "/invites"
    local org, http = canned.connect {
      ["POST " .. path] = { code = "closed", message = "cut" },
      ["GET " .. path] = { canned.list(), canned.list(),
        canned.list(invite "i") } }
    org.invites:send("kari@a.example", { comment = "c" })
    assert.equal(1, #canned.writes(http))
  end)

  it("for a withdrawn invite that still counts", function()
    local path = ORGANIZATION .. "/invites"
    local org, http = canned.connect {
      ["DELETE " .. path .. "/old"] = { status = 204 },
      ["POST " .. path] = { canned.refused(409, "open", "there is one"),
        canned.ok(invite("new", "desk"), 201) },
      ["GET " .. path] = { canned.list(invite "old"),
        canned.list(invite "old"), canned.list() } }
    local now = org.invites:replace(invite "old",
      { comment = "c", teams = { "desk" } })
    assert.equal("new", now.metadata.id)
    assert.equal(3, #canned.writes(http))
  end)

  it("for a withdrawn invite that counts for too long, with a bound", function()
    local path = ORGANIZATION .. "/invites"
    local org = canned.connect {
      ["DELETE " .. path .. "/old"] = { status = 204 },
      ["POST " .. path] = canned.refused(409, "open", "there is one"),
      ["GET " .. path] = canned.list(invite "old") }
    local problem = problem_of(org.invites.replace, org.invites, invite "old",
      { comment = "c", teams = { "desk" } })
    assert.equal("behind", problem.code)
    assert_bound("the list of invites still has the withdrawn one to "
      .. "'kari@a.example'")
  end)

  it("for a token that is young, with a bound", function()
    local jwt = secret.new("eyJ.x.y", "new token")
    local org = canned.connect { ["GET " .. API .. "user/tokens/b"] =
      canned.refused(401, "unknown", "no") }
    local problem = problem_of(org.me.tokens.prove, org.me.tokens, "b", jwt)
    assert.matches("no, 5 s after the token was made", problem.detail, 1, true)
    assert.equal(5, slept)
  end)
end)
