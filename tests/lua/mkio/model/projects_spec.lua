local json = require "mkrun.json"
local sandbox = require "tests.support.sandbox"

describe("mkio.sandbox: payment methods", function()
  local api, path
  before_each(function()
    api = sandbox.new()
    path = "/organization/paymentMethods/" .. api:payment_method()
  end)

  it("have terms to accept, once or more", function()
    assert.is_false(
      select(2, api:get(path)).status.termsAndConditionsAccepted)
    for _ = 1, 2 do
      local status, document = api:post(path .. "/acceptTermsAndConditions")
      assert.equal(200, status)
      assert.is_nil(document)
    end
    assert.is_true(
      select(2, api:get(path)).status.termsAndConditionsAccepted)
  end)

  it("take another display name, or none", function()
    local function rename(value, content_type)
      return api:request("PATCH", path, {
        body = json.encode(json.array {
          { op = "replace", path = "/metadata/displayName", value = value },
        }),
        headers = { ["Content-Type"] =
          content_type or "application/json-patch+json" },
      })
    end
    local status, method = rename "2027 contract"
    assert.equal(200, status)
    assert.equal("2027 contract", method.metadata.displayName)
    assert.is_nil(select(2, rename "").metadata.displayName)
    assert.equal(400, (rename(("x"):rep(257))))
    assert.equal(400, (rename("x", "application/json")))
  end)

  it("know their projects and their prices", function()
    api:project "news"
    assert.same({ "news" }, select(2, api:get(path)).related.projects)
    assert.equal("EUR", select(2, api:get(path .. "/rateCard")).spec.currency)
  end)
end)

describe("mkio.sandbox: projects", function()
  local api
  before_each(function() api = sandbox.new() end)

  local function body(changes)
    local document = {
      displayName = "Evening News", locationName = "westeurope",
      paymentMethodId = api:payment_method(),
    }
    for name, value in pairs(changes or {}) do document[name] = value end
    return document
  end

  it("are refused while the terms are not accepted", function()
    local status, document = api:put("/projects/news", body())
    assert.equal(400, status)
    assert.equal("terms_not_accepted", document.error.code)
  end)

  it("come with a scope of their own", function()
    local project = api:project("news", "Evening News")
    assert.equal("Evening News", project.spec.displayName)
    assert.is_true(project.spec.isActive)
    local status, scope = api:get "/organization/scopes/newsScope"
    assert.equal(200, status)
    assert.same({ { type = "core.project", id = project.metadata.id } },
      scope.spec.resources)
  end)

  it("cannot be put twice", function()
    api:project "news"
    assert.equal(409, (api:put("/projects/news", body())))
  end)

  it("need a location and a payment method that are there", function()
    api:project "news"
    local function code(changes)
      return select(2, api:put("/projects/late", body(changes))).error.code
    end
    assert.equal("unknown_location", code { locationName = "moon" })
    assert.equal("unknown_payment_method",
      code { paymentMethodId = api:organization_id() })
  end)

  it("are renamed, retired and hidden by patch", function()
    api:project "news"
    local status, project = api:patch("/projects/news", {
      metadata = { displayName = "Late News" },
      spec = { isActive = false, isHidden = true },
    })
    assert.equal(200, status)
    assert.equal("Late News", project.metadata.displayName)
    assert.is_false(project.spec.isActive)
    local function count(query)
      return #select(2, api:get("/projects", query)).value
    end
    assert.equal(0, count())
    assert.equal(1, count { show_hidden = "true" })
  end)

  it("are active again when a payment method is assigned", function()
    api:project "news"
    api:patch("/projects/news", { spec = { isActive = false } })
    local path = "/projects/news/paymentMethod"
    local status, document =
      api:post(path, { paymentMethodId = api:payment_method() })
    assert.equal(200, status)
    assert.is_nil(document)
    assert.is_true(select(2, api:get "/projects/news").spec.isActive)
    assert.equal(api:payment_method(), select(2, api:get(path)).metadata.id)
  end)

  it("show metrics credentials only while they are exported", function()
    api:project "news"
    local path = "/projects/news/metricsEndpoint"
    assert.is_nil(select(2, api:get(path)).status)
    local _, settings = api:patch(path, { spec = { enabled = true } })
    assert.same(settings, select(2, api:get(path)))
    assert.equal("news", settings.status.username)
    assert.is_nil(select(2, api:patch(path,
      { spec = { enabled = false } })).status)
  end)

  it("are 404 when there is no such project", function()
    assert.equal(404, (api:get "/projects/news"))
    assert.equal(404, (api:get "/projects/news/webhook/rules"))
  end)
end)

describe("mkio.sandbox: webhook rules", function()
  local api
  local path = "/projects/news/webhook/rules/done"

  local function body(key)
    return { spec = {
      enabled = true, url = "https://hooks.northlight.example/mkio",
      events = json.array { "MediaKind.JobFinished" },
      headers = { ["X-Desk"] = "night" },
      authentication = key and { headers = { ["X-Key"] = key } },
    } }
  end

  before_each(function()
    api = sandbox.new()
    api:project "news"
  end)

  it("are created with 201 and replaced with 200", function()
    assert.equal(201, (api:put(path, body "s3cret")))
    local status, rule = api:put(path, body())
    assert.equal(200, status)
    assert.is_nil(rule.spec.authentication)
  end)

  it("never show or store their secrets", function()
    local _, rule, response = api:put(path, body "s3cret")
    assert.equal("********", rule.spec.authentication.headers["X-Key"])
    assert.equal("night", rule.spec.headers["X-Desk"])
    assert.not_matches("s3cret", response.body, 1, true)
    local _, _, list = api:get "/projects/news/webhook/rules"
    assert.not_matches("s3cret", list.body, 1, true)
    assert.not_matches("s3cret", api.model:save(), 1, true)
  end)

  it("take a masked secret for the secret, as the service would", function()
    api:put(path, body "s3cret")
    local before = api.model:save()
    api:put(path, body "********")
    assert.not_equal(before, api.model:save())
  end)

  it("are deleted with 200, and with 204 when they are not there", function()
    api:put(path, body())
    assert.equal(200, (api:delete(path)))
    assert.equal(204, (api:delete(path)))
    assert.equal(404, (api:get(path)))
    assert.equal(404, (api:delete "/projects/none/webhook/rules/done"))
  end)

  it("refuse an event that is none", function()
    local bad = body()
    bad.spec.events[1] = "MediaKind.Rain"
    assert.equal(400, (api:put(path, bad)))
  end)

  it("page their history by links alone", function()
    api = sandbox.new { page_size = 2 }
    api:project "news"
    api:put(path, body())
    for i = 1, 3 do
      api.model:record_event("news", "done", {
        type = "MediaKind.JobFinished", status = "Sent", source = "job" .. i,
      })
    end
    local _, first = api:get(path .. "/events")
    assert.equal(2, #first.value)
    local link = first["@odata.nextLink"]:match "^https://[^/]+(.*)"
    local _, second = api:get(link)
    assert.equal("job3", second.value[1].source)
    assert.is_nil(second["@odata.nextLink"])
  end)
end)
