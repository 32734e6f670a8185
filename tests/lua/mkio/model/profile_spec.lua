local json = require "mkrun.json"
local sandbox = require "tests.support.sandbox"

describe("mkio.sandbox: one's own profile", function()
  local api
  before_each(function() api = sandbox.new() end)

  it("is changed in part", function()
    local status, profile =
      api:patch("/user/profile", { spec = { country = "Norway" } })
    assert.equal(200, status)
    assert.equal("Norway", profile.spec.country)
    assert.equal("Ola Berg", profile.spec.name)
    assert.equal(api:organization_id(), profile.spec.activeOrganizationId)
  end)

  it("has an old shape too", function()
    local status, profile = api:put("/api/profile/", { spec = {
      name = "Ola B. Berg", country = "Norway", company = json.null,
      jobrole = "ops", phonenumber = "1",
    } })
    assert.equal(200, status)
    assert.equal("Ola B. Berg", profile.spec.name)
    assert.same({ [api:organization_id()] = "Northlight Broadcasting" },
      profile.spec.customers)
    assert.equal("ops", select(2, api:get "/user/profile").spec.jobRole)
  end)

  it("has rights, and says which teams they come from", function()
    local _, all = api:get "/user/rbac"
    local held = all.rbac["core.customer"][api:organization_id()]
    assert.same({ "assign", "create", "get", "update" },
      held["core.project"])
    assert.is_table(all.teams.Administrators)
    assert.is_nil(all.rbac["core.project"])
    local project = api:project "news"
    _, all = api:get "/user/rbac"
    assert.same({ "create", "delete", "get", "update" },
      all.rbac["core.project"][project.metadata.id]["ams.asset"])
  end)
end)

describe("mkio.sandbox: the organization", function()
  it("is changed in part, and null clears", function()
    local api = sandbox.new()
    local status, organization = api:patch("/organization", { spec = {
      legalEntityName = json.null, legalEntityOfficer = "Ola Berg",
    } })
    assert.equal(200, status)
    assert.equal(json.null, organization.spec.legalEntityName)
    assert.equal("Ola Berg", organization.spec.legalEntityOfficer)
    assert.equal("Northlight Broadcasting", organization.spec.name)
  end)

  it("has roles, scopes and locations to look up", function()
    local api = sandbox.new()
    for path, name in pairs {
      ["/organization/roles/"] = "reader",
      ["/organization/scopes/"] = "managementScope",
      ["/locations/"] = "westeurope",
    } do
      local status, document = api:get(path .. name)
      assert.equal(200, status)
      assert.equal(name, document.metadata.name)
      assert.equal(404, (api:get(path .. "nothing")))
    end
  end)
end)

describe("mkio.sandbox: usage", function()
  local api
  before_each(function()
    api = sandbox.new()
    api:project "news"
    api.model:advance(10 * 3600)
  end)

  local function report(changes)
    local body = { startDate = "2026-02-01", endDate = "2026-03-01" }
    for name, value in pairs(changes or {}) do body[name] = value end
    return api:post("/organization/reports/usage", body)
  end

  it("of a project without a payment method is none", function()
    local home = api.model.world.state.organizations[1]
    home.projects[1].paymentMethodId = json.null
    local status, document = api:post("/organization/reports/usage",
      { startDate = "2026-02-01", endDate = "2026-02-03" })
    assert.same({ 200, 0 }, { status, #document.value })
  end)

  it("is reported for what was there, the same each time", function()
    local status, first = report()
    assert.equal(200, status)
    assert.equal(first.supplemental.records, #first.value)
    assert.equal("string", type(first.value[1].cost))
    assert.same(first, select(2, report()))
    assert.same({}, select(2, report { endDate = "2026-02-02" }).value)
  end)

  it("is grouped, filtered and written as CSV", function()
    assert.equal(2,
      #select(2, report { groupBy = json.array { "meter" } }).value)
    assert.same({},
      select(2, report { projectNames = json.array { "none" } }).value)
    local _, _, response = report { format = "csv" }
    assert.equal("text/csv", response.headers["content-type"])
    assert.matches("^date,project,", response.body)
  end)

  it("is refused for a range that is none, or too long", function()
    assert.equal(400, (report { endDate = "2026-02-01" }))
    assert.equal(400, (report { granularity = "hour", endDate = "2026-04-01" }))
    assert.equal(400, (report {
      projectNames = json.array {}, paymentMethodIds = json.array {} }))
  end)

  it("of a project is for the month so far", function()
    local status, usage = api:get "/projects/news/usage"
    assert.equal(200, status)
    assert.equal("2026-02-01", usage.supplemental.start)
  end)
end)
