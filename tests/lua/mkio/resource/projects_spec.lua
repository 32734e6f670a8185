local canned = require "tests.lua.mkio.canned"
local json = require "mkrun.json"

local method_id = "5f1c0f52-0a52-4c9f-8a6f-0d8b3c7b2a10"
local other_id = "6f1c0f52-0a52-4c9f-8a6f-0d8b3c7b2a10"
local path = "/api/v1/projects/evening-news"
local methods = "/api/v1/organization/paymentMethods"
local absent = canned.refused(404, "not_found", "no project")

local function project(changes)
  local spec = { isActive = true, locationName = "westeurope",
    assignedPaymentMethodId = method_id }
  for name, value in pairs(changes or {}) do spec[name] = value end
  return canned.ok { metadata = { id = method_id, name = "evening-news",
    displayName = "Evening News" }, spec = spec }
end

local function method(accepted, id)
  return canned.ok { metadata = { id = id or method_id, displayName = "c" },
    status = { isActive = true, termsAndConditionsAccepted = accepted } }
end

local function ensure(answers, want)
  local org, http = canned.connect(answers)
  want.displayName = want.displayName or "Evening News"
  want.locationName = want.locationName or "westeurope"
  local ok, result, outcome, details =
    pcall(org.projects.ensure, org.projects, "evening-news", want)
  return ok and outcome or result, details, http
end

describe("projects:ensure", function()
  it("creates a project once the terms are accepted", function()
    local outcome, _, http = ensure({
      ["GET " .. path] = absent, ["PUT " .. path] = project(),
      ["GET " .. methods .. "/" .. method_id] = method(true),
    }, { paymentMethodId = method_id })
    assert.equal("created", outcome)
    assert.same({ displayName = "Evening News", locationName = "westeurope",
      paymentMethodId = method_id }, http.seen[3].json)
  end)

  it("does not create one on terms that are open", function()
    local problem, _, http = ensure({
      ["GET " .. path] = absent,
      ["GET " .. methods .. "/" .. method_id] = method(false),
    }, { paymentMethodId = method_id })
    assert.equal("terms", problem.code)
    assert.same({}, canned.writes(http))
  end)

  it("takes the only active payment method by default", function()
    local idle = method(true, other_id).body
    idle.status.isActive = false
    local outcome, _, http = ensure({
      ["GET " .. path] = absent, ["PUT " .. path] = project(),
      ["GET " .. methods] = canned.list(idle, method(true).body),
      ["GET " .. methods .. "/" .. method_id] = method(true),
    }, {})
    assert.equal("created", outcome)
    assert.equal(method_id, http.seen[4].json.paymentMethodId)
  end)

  it("finds the project when the answer to its creation got lost", function()
    local outcome = ensure({
      ["GET " .. path] = { absent, project() },
      ["PUT " .. path] = { code = "timeout", message = "PUT x: no answer" },
      ["GET " .. methods .. "/" .. method_id] = method(true),
    }, { paymentMethodId = method_id })
    assert.equal("created", outcome)
  end)

  it("writes nothing when all is as declared", function()
    local outcome, _, http = ensure({ ["GET " .. path] = project() },
      { paymentMethodId = method_id, isActive = true })
    assert.equal("unchanged", outcome)
    assert.equal(1, #http.seen)
  end)

  it("changes what differs", function()
    local outcome, details, http = ensure({
      ["GET " .. path] = project(), ["PATCH " .. path] = project(),
    }, { displayName = "Late News", isActive = false })
    assert.equal("changed", outcome)
    assert.same({ "display name 'Late News'", "deactivated" }, details)
    assert.same({ metadata = { displayName = "Late News" },
      spec = { isActive = false } }, http.seen[2].json)
  end)

  it("assigns another payment method", function()
    local outcome, details = ensure({
      ["GET " .. path] = { project { assignedPaymentMethodId = json.null },
        project { assignedPaymentMethodId = method_id } },
      ["GET " .. methods .. "/" .. method_id] = method(true),
      ["POST " .. path .. "/paymentMethod"] = canned.ok(nil),
    }, { paymentMethodId = method_id })
    assert.equal("changed", outcome)
    assert.same({ "payment method assigned" }, details)
  end)

  it("leaves a project switched off when it gets another method", function()
    local patch = "PATCH " .. path
    local answers = {
      ["GET " .. path] = { project { isActive = false },
        project { isActive = false, assignedPaymentMethodId = other_id } },
      ["GET " .. methods .. "/" .. other_id] = method(true, other_id),
      ["POST " .. path .. "/paymentMethod"] = canned.ok(nil),
      [patch] = project(),
    }
    local outcome, details, http =
      ensure(answers, { paymentMethodId = other_id })
    assert.equal("changed", outcome)
    assert.same({ "payment method assigned" }, details)
    assert.same({ "POST " .. path .. "/paymentMethod", patch },
      canned.writes(http))
    assert.same({ spec = { isActive = false } }, http.seen[4].json)
  end)

  it("switches it on when that is declared", function()
    local _, _, http = ensure({
      ["GET " .. path] = { project { isActive = false },
        project { assignedPaymentMethodId = other_id } },
      ["GET " .. methods .. "/" .. other_id] = method(true, other_id),
      ["POST " .. path .. "/paymentMethod"] = canned.ok(nil),
    }, { paymentMethodId = other_id, isActive = true })
    assert.same({ "POST " .. path .. "/paymentMethod" }, canned.writes(http))
  end)

  it("says that a project cannot be moved", function()
    local problem, _, http = ensure({ ["GET " .. path] = project() },
      { locationName = "northeurope" })
    assert.equal("immutable", problem.code)
    assert.equal(1, #http.seen)
  end)
end)

describe("payment_methods", function()
  local one = "GET " .. methods .. "/" .. method_id
  local accept = "POST " .. methods .. "/" .. method_id
    .. "/acceptTermsAndConditions"

  it("accepts terms once, and reads that back", function()
    local org, http = canned.connect {
      [one] = { method(false), method(true) }, [accept] = canned.ok(nil) }
    local _, outcome = org.payment_methods:ensure_terms(method_id)
    assert.equal("changed", outcome)
    _, outcome = org.payment_methods:ensure_terms(method_id)
    assert.equal("unchanged", outcome)
    assert.same({ accept }, canned.writes(http))
  end)

  it("does not guess between two of one name", function()
    local org = canned.connect { ["GET " .. methods] =
      canned.list(method(true).body, method(true, other_id).body) }
    local ok, problem =
      pcall(org.payment_methods.choose, org.payment_methods, "c")
    assert.is_false(ok)
    assert.equal("ambiguous", problem.code)
    assert.equal(other_id,
      org.payment_methods:choose(other_id).metadata.id)
  end)

  it("says what there is when a name is wrong", function()
    local org = canned.connect { ["GET " .. methods] =
      canned.list(method(true).body) }
    local ok, problem =
      pcall(org.payment_methods.choose, org.payment_methods, "wrong")
    assert.is_false(ok)
    assert.equal("there is no payment method 'wrong': there is 'c ("
      .. method_id .. ")'", tostring(problem))
  end)

  it("ensures a display name", function()
    local patch = "PATCH " .. methods .. "/" .. method_id
    local org, http = canned.connect { [one] = method(true),
      [patch] = method(true) }
    local function ensure_name(name)
      return select(2, org.payment_methods:ensure_name(method_id, name))
    end
    assert.equal("unchanged", ensure_name "c")
    assert.equal("changed", ensure_name "2027 contract")
    assert.equal("changed", ensure_name "")
    assert.same({ patch, patch }, canned.writes(http))
    assert.same({ { op = "replace", path = "/metadata/displayName",
      value = "" } }, { http.seen[5].json[1] })
  end)
end)

describe("project:ensure_metrics", function()
  it("switches what is not as declared", function()
    local metrics = path .. "/metricsEndpoint"
    local answer = canned.ok { spec = { enabled = false } }
    local org, http = canned.connect { ["GET " .. metrics] = answer,
      ["PATCH " .. metrics] = answer }
    local project_ = org:project "evening-news"
    local _, outcome = project_:ensure_metrics(false)
    assert.equal("unchanged", outcome)
    local details
    _, outcome, details = project_:ensure_metrics(true)
    assert.equal("changed", outcome)
    assert.same({ "switched on" }, details)
    assert.same({ "PATCH " .. metrics }, canned.writes(http))
  end)

  it("looks again before it assigns a payment method by an old list",
    function()
      local listed = project({ assignedPaymentMethodId = other_id }).body
      local off = project { assignedPaymentMethodId = other_id,
        isActive = false }
      for _, case in ipairs {
        { off, 2, "changed" }, -- somebody switched it off: it stays off
        { project { assignedPaymentMethodId = other_id }, 1, "changed" },
        { project(), 0, "unchanged" }, -- somebody assigned it meanwhile
      } do
        local now, writes, outcome = table.unpack(case)
        local org, http = canned.connect {
          ["GET " .. path] = { now, project() },
          ["POST " .. path .. "/paymentMethod"] = canned.ok(),
          ["PATCH " .. path] = off,
          ["GET " .. methods .. "/" .. method_id] = method(true) }
        local _, got = org.projects:ensure("evening-news",
          { paymentMethodId = method_id }, { have = listed })
        assert.equal(outcome, got)
        assert.equal(writes, #canned.writes(http))
      end
    end)
end)
