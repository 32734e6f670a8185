--- The planned world beside a sandbox that stands for the live API.

local clock = require "mkrun.clock"
local json = require "mkrun.json"
local overlay = require "mkio.plan.overlay"
local sandbox = require "tests.support.sandbox"
local secret = require "mkrun.secret"
local task = require "mkrun.task"

--- A live API, the overlay over it, and `ask(method, path, body, token?)`.
local function world(options)
  local live = sandbox.new(options)
  local self = { live = live, reads = 0 }
  local function transport(request)
    self.reads = self.reads + 1
    assert(request.method == "GET")
    return live.model.transport(request)
  end
  self.overlay = overlay.new {
    base_url = "https://app.mk.io", read = transport,
  }
  local token = secret.new("ola", "token")
  function self.ask(method, path, body, jwt)
    local request = {
      method = method, url = "https://app.mk.io/api/v1" .. path,
      token = jwt and secret.new(jwt) or token, json = body,
      headers = { Accept = "application/json" },
    }
    if method == "GET" then
      local response = assert(self.overlay:get(request, transport))
      return response.status, json.decode(response.body)
    end
    local response, change, code = self.overlay:write(request)
    if not response then return nil, change, code end
    return response.status,
      response.body ~= "" and json.decode(response.body) or nil, change
  end
  return self
end

--- What a list answers, by name.
local function names(w, path)
  local list, _, document = {}, w.ask("GET", path)
  for i, item in ipairs(document.value) do list[i] = item.metadata.name end
  return table.concat(list, " ")
end

local function new_project(w, name)
  return w.ask("PUT", "/projects/" .. name, { displayName = name,
    locationName = "westeurope", paymentMethodId = w.live:payment_method() })
end

local function accept_terms(w)
  return w.ask("POST", ("/organization/paymentMethods/%s"
    .. "/acceptTermsAndConditions"):format(w.live:payment_method()))
end

describe("mkio.plan.overlay", function()
  it("asks the API and nothing else before the first write", function()
    local w = world()
    assert.equal("Administrators Everyone", names(w, "/organization/teams"))
    assert.equal(1, w.reads)
  end)

  it("leaves the API as it was", function()
    local w = world()
    w.live:get "/organization"
    local before = w.live.model:save()
    assert.equal(200, (accept_terms(w)))
    assert.equal(201, (new_project(w, "news")))
    assert.equal(201, (w.ask("PUT", "/organization/teams/desk",
      { spec = { description = "d" } })))
    assert.equal(0, w.live.model:counts().writes)
    assert.equal(before, w.live.model:save())
  end)

  it("lists a planned project, and has its scope", function()
    local w = world()
    assert.equal(200, (accept_terms(w)))
    assert.equal(201, (new_project(w, "news")))
    assert.equal("news", names(w, "/projects"))
    assert.matches("newsScope", names(w, "/organization/scopes"))
    local status, project = w.ask("GET", "/projects/news")
    assert.equal(200, status)
    assert.is_true(w.overlay.made[project.metadata.id])
    assert.equal(201, (w.ask("PUT", "/organization/teams/desk", { spec = {
      scopes = { newsScope = { roles = json.array { "user" } } } } })))
    assert.equal(201, (w.ask("PUT", "/projects/news/webhook/rules/r", { spec =
      { url = "https://x.example", enabled = true,
        events = json.array { "MediaKind.JobFinished" } } })))
    assert.equal("r", names(w, "/projects/news/webhook/rules"))
  end)

  it("keeps what the model does not know of a real answer", function()
    local w = world()
    local team = w.live.model.world.state.organizations[1].teams[2]
    assert.equal(200, (w.ask("PATCH", "/organization/teams/Everyone",
      json.array { { op = "replace", path = "/spec/description",
        value = "new" } })))
    team.scopes.allProjectsScope.since = "ever"
    local _, document = w.ask("GET", "/organization/teams/Everyone")
    assert.equal("new", document.spec.description)
    assert.equal("ever", document.spec.scopes.allProjectsScope.since)
  end)

  it("speaks the API's dialect of patches", function()
    local w = world()
    local status, team, change = w.ask("PATCH", "/organization/teams/Everyone",
      json.array { { op = "remove",
        path = "/spec/scopes/allProjectsScope/roles/reader" } })
    assert.equal(200, status)
    assert.same({}, team.spec.scopes.allProjectsScope.roles)
    assert.equal("update", change.action)
    assert.is_true(change.is_patch)
    status = w.ask("PATCH", "/organization/teams/Everyone",
      json.array { { op = "remove",
        path = "/spec/scopes/allProjectsScope/roles/reader" } })
    assert.equal(400, status)
  end)

  it("finds what is gone nowhere", function()
    local w = world()
    w.live:put("/organization/teams/crew", { spec = { description = "c" } })
    local status, _, change = w.ask("DELETE", "/organization/teams/crew")
    assert.equal(204, status)
    assert.same({ "delete", "team", "crew" },
      { change.action, change.kind, change.name })
    assert.equal(404, (w.ask("GET", "/organization/teams/crew")))
    assert.equal("Administrators Everyone", names(w, "/organization/teams"))
    assert.equal(404, (w.ask("DELETE", "/organization/teams/crew")))
  end)

  it("takes a token that was planned, and never sends it", function()
    local w = world()
    local status, token, change = w.ask("POST", "/user/tokens", {
      type = "full-access", description = "job",
      organizationId = w.live:organization_id() })
    assert.equal(201, status)
    assert.same({ "JWT" }, change.reveals)
    local reads = w.reads
    local found, mine = w.ask("GET", "/user/tokens/" .. token.metadata.id, nil,
      token.metadata.JWT)
    assert.equal(200, found)
    assert.equal("job", mine.spec.description)
    assert.equal(reads, w.reads)
  end)

  it("covers the secrets of what is sent", function()
    local w = world()
    w.live:project "news"
    local _, _, change = w.ask("PUT", "/projects/news/webhook/rules/r", {
      spec = { url = "https://x.example", enabled = true,
        events = json.array { "MediaKind.JobFinished" },
        headers = { ["X-Api-Key"] = "canary", Accept = "text" },
        queryParams = { sasToken = "canary" },
        authentication = { headers = { key = "canary" } } } })
    assert.equal("text", change.body.spec.headers.Accept)
    assert.equal("(secret)", change.body.spec.authentication.headers.key)
    assert.not_matches("canary", json.encode(change))
  end)

  it("merges page by page", function()
    local w = world { page_size = 1 }
    w.live:project "a"
    w.live:project "b"
    assert.equal(201, (new_project(w, "c")))
    assert.equal("a", names(w, "/projects"))
    assert.equal("b", names(w, "/projects?$skiptoken=1"))
    assert.equal("c", names(w, "/projects?$skiptoken=2"))
  end)

  it("plans with what a token may read", function()
    local w = world()
    local jwt = w.live.model:login "kari@northlight.example"
    local status = w.ask("PUT", "/organization/teams/desk",
      { spec = { description = "d" } }, jwt)
    assert.equal(201, status)
  end)

  it("works for an API below a path", function()
    local live = sandbox.new()
    local function transport(request)
      local copy = {}
      for name, value in pairs(request) do copy[name] = value end
      copy.url = request.url:gsub("proxy.example/mkio", "app.mk.io")
      return live.model.transport(copy)
    end
    local here = overlay.new {
      base_url = "https://proxy.example/mkio", read = transport,
    }
    local request = { method = "PUT", token = secret.new "ola",
      url = "https://proxy.example/mkio/api/v1/organization/teams/desk",
      json = { spec = { description = "d" } } }
    assert.equal(201, here:write(request).status)
    request = { method = "GET", url = request.url, token = request.token }
    assert.equal(200, here:get(request, transport).status)
  end)

  it("refuses what it cannot plan", function()
    local w = world()
    for path, why in pairs {
      ["/nowhere"] = "the API has no such operation",
      ["/organization/reports/usage"] = "a usage report is asked for with POST",
    } do
      local status, message, code = w.ask("POST", path, {})
      assert.is_nil(status)
      assert.equal("plan", code)
      assert.matches(why, message, 1, true)
    end
    assert.equal(0, w.reads)
  end)

  it("fails as the API does when the models cannot be made", function()
    local here = overlay.new { base_url = "https://app.mk.io",
      read = function() return nil, "GET: no answer", "timeout" end }
    local response, message, code = here:write { method = "DELETE",
      url = "https://app.mk.io/api/v1/organization/teams/x",
      token = secret.new "ola" }
    assert.same({ nil, "GET: no answer", "timeout" },
      { response, message, code })
  end)

  it("knows whose organization it is", function()
    local w = world()
    assert.equal(w.live:organization_id(),
      w.overlay:whose(secret.new("ola", "token")))
    assert.is_nil(w.overlay:whose(secret.new("nobody", "token")))
  end)

  --- Answers late, so that tasks come in between.
  local function slow(w)
    local read = w.overlay.read
    w.overlay.read = function(request)
      task.sleep(0.002)
      return read(request)
    end
  end

  it("loses no rule that a task plans while another one reads", function()
    local w = world()
    w.live:project "news"
    slow(w)
    task.map({ "a", "b", "c", "d" }, function(name)
      if name > "b" then task.sleep(0.001) end
      assert.equal(201, (w.ask("PUT", "/projects/news/webhook/rules/" .. name,
        { spec = { url = "https://x.example", enabled = true,
          events = json.array { "MediaKind.JobFinished" } } })))
    end)
    assert.equal(4, #names(w, "/projects/news/webhook/rules"):gsub(" ", ""))
  end)

  it("makes its models again when the task that did was cancelled", function()
    local w = world()
    slow(w)
    local function new_team(name)
      return w.ask("PUT", "/organization/teams/" .. name,
        { spec = { description = name } })
    end
    assert.is_false(pcall(task.map, { "a", "stop" }, function(name)
      if name == "a" then return new_team(name) end
      task.sleep(0.005)
      error(name)
    end))
    assert.equal(201, (new_team "b"))
  end)

  it("sends a token of a header to no other origin", function()
    local w, elsewhere = world(), 0
    local read = w.overlay.read
    w.overlay.read = function(request)
      if request.url:find "evil" then elsewhere = elsewhere + 1 end
      local response = read(request)
      if request.url:find "/teams" then
        response.body = response.body:gsub("^{",
          '{"@odata.nextLink":"https://evil.example/teams",', 1)
      end
      return response
    end
    assert.equal(201, w.overlay:write({ method = "PUT",
      url = "https://app.mk.io/api/v1/organization/teams/x",
      headers = { Authorization = "Bearer ola" },
      json = { spec = { description = "x" } } }).status)
    assert.equal(0, elsewhere)
  end)

  it("takes an invite to be open that the API lists, however old", function()
    local w = world()
    w.live:post("/organization/invites",
      { spec = { email = "a@x.example", comment = "c" } })
    local _, list = w.live:get "/organization/invites"
    clock.use(function() return sandbox.start + 20 * 24 * 60 * 60 end)
    local status =
      w.ask("DELETE", "/organization/invites/" .. list.value[1].metadata.id)
    clock.use()
    assert.equal(200, status)
  end)

  --- Makes an overlay whose server answers each read with its number.
  local function counting(now)
    local count = 0
    return overlay.new { base_url = "https://app.mk.io", now = now,
      read = function()
        count = count + 1
        return { status = 200, body = tostring(count) }
      end }
  end

  local function read(path, accept)
    return { method = "GET", url = "https://app.mk.io/api/v1" .. path,
      token = secret.new "own", headers = { Accept = accept } }
  end

  --- Asks as a script does; returns the body.
  local function told(over, request)
    local response = over:ask(request, true)
    over:saw(request, response, true)
    return response.body
  end

  it("lets a script that waits for a change see it", function()
    local now = 0
    local over = counting(function() return now end)
    local request = read "/organization/scopes"
    assert.equal("1", told(over, request))
    assert.equal("1", told(over, request))
    assert.equal("1", over:ask(request).body)
    now = 2
    assert.equal("1", over:ask(request).body)
    assert.equal("2", told(over, request))
  end)

  it("keeps no answer that changes by itself, and none of other media types",
    function()
      local over = counting()
      local events = read "/projects/p/webhook/rules/r/events"
      assert.equal("1", told(over, events))
      assert.equal("2", told(over, events))
      assert.equal("3", told(over, read "/organization/teams"))
      assert.equal("3", told(over, read("/organization/teams",
        "Application/JSON")))
      assert.equal("4", told(over, read("/organization/teams", "text/csv")))
    end)

  it("tells the items of a list apart, tokens for people too", function()
    local over = counting()
    local url = "https://app.mk.io/api/v1/user/tokens/t1"
    local response = { status = 200, body = json.encode { value = json.array {
      { metadata = { id = "t1", type = "login" },
        spec = { revoked = json.null, lastUsed = "now", expires = "x",
          issued = "y" } } } } }
    local request = read "/user/tokens"
    assert.same({ [url] = true }, over:items(request, response))
    local rests = over:rests {}
    assert.same({}, over:picked(request, response, rests, {}))
    local pick = over:picked(request, response, rests,
      { [url] = true })[url]
    assert.same({ "token", "t1", "login" },
      { pick.kind, pick.name, pick.was.metadata.type })
    assert.is_nil(pick.was.spec.lastUsed)
    assert.is_nil(over:items({ method = "GET", url = "https://other.test/x" },
      { status = 200, body = "{}" }))
  end)
end)
