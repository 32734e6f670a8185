local canned = require "tests.lua.mkio.canned"
local json = require "mkrun.json"

local path = "/api/v1/projects/p/webhook/rules/r"

local function rule(changes)
  local spec = { enabled = true, url = "https://hooks.test/",
    events = json.array { "MediaKind.JobFinished", "MediaKind.JobStarted" },
    headers = { ["X-Desk"] = "night" },
    authentication = { headers = { ["X-Key"] = "********" } } }
  for name, value in pairs(changes or {}) do spec[name] = value end
  return canned.ok { metadata = { name = "r" }, spec = spec }
end

local function wish(changes)
  local want = { enabled = true, url = "https://hooks.test/",
    events = { "MediaKind.JobStarted", "MediaKind.JobFinished" },
    authentication = { headers = { ["X-Key"] = "s3cret" } } }
  for name, value in pairs(changes or {}) do want[name] = value end
  return want
end

local function ensure(want, options, have)
  local org, http = canned.connect {
    ["GET " .. path] = have or rule(), ["PUT " .. path] = rule(),
  }
  local webhooks = org:project("p").webhooks
  local ok, result, outcome, details =
    pcall(webhooks.ensure, webhooks, "r", want, options)
  return ok and outcome or result, details, http
end

describe("webhooks:ensure", function()
  it("creates a rule that is not there", function()
    local outcome, _, http =
      ensure(wish(), nil, canned.refused(404, "not_found", "no rule"))
    assert.equal("created", outcome)
    assert.equal("s3cret", http.seen[2].json.spec.authentication
      .headers["X-Key"])
  end)

  it("finds a rule unchanged that may differ in a secret only", function()
    local outcome, _, http = ensure(wish())
    assert.equal("unchanged", outcome)
    assert.equal(1, #http.seen)
  end)

  it("sends the secrets again when asked to", function()
    local outcome, details = ensure(wish(), { rotate = true })
    assert.equal("changed", outcome)
    assert.same({ "secrets sent again" }, details)
  end)

  it("notices a secret that is not there yet, by its name", function()
    local outcome, details = ensure(wish { authentication = {
      headers = { ["X-Key"] = "a", ["X-Other"] = "b" } } })
    assert.equal("changed", outcome)
    assert.same({ "authentication" }, details)
  end)

  it("keeps what is not declared", function()
    local outcome, details, http = ensure(wish { enabled = false })
    assert.equal("changed", outcome)
    assert.same({ "enabled" }, details)
    local sent = http.seen[2].json.spec
    assert.same({ ["X-Desk"] = "night" }, sent.headers)
    assert.equal("s3cret", sent.authentication.headers["X-Key"])
  end)

  it("does not lose secrets that are not declared", function()
    local want = wish { enabled = false }
    want.authentication = nil
    local problem, _, http = ensure(want)
    assert.equal("masked", problem.code)
    assert.same({}, canned.writes(http))
  end)

  it("never sends asterisks for a secret", function()
    local problem, _, http = ensure(wish { enabled = false,
      authentication = { headers = { ["X-Key"] = "********" } } })
    assert.equal("masked", problem.code)
    assert.same({}, canned.writes(http))
  end)
end)
