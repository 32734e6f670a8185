local sandbox = require "tests.support.sandbox"

describe("mkio.sandbox: lists", function()
  local api

  local function names(query)
    local status, list = api:get("/projects", query)
    if status ~= 200 then return status, list.error.detail end
    local out = {}
    for i, project in ipairs(list.value) do
      out[i] = project.metadata.name
    end
    return table.concat(out, " "), list
  end

  before_each(function()
    api = sandbox.new()
    for i, name in ipairs { "b", "d", "a", "c" } do
      api:project(name, ("It's %d"):format(i // 2))
      api.model:advance(60)
    end
  end)

  it("come in three shapes", function()
    local _, projects = api:get "/projects"
    assert.same({
      kind = "ProjectList", operation = "list", count = 4,
      pagination = { start = 0, ["end"] = 4, records = 4, total = 4 },
    }, projects.supplemental)
    local _, teams = api:get "/organization/teams"
    assert.equal("TeamList", teams.kind)
    assert.is_nil(teams.supplemental)
    local _, rules, response = api:get "/projects/a/webhook/rules"
    assert.same({ value = {} }, rules)
    assert.equal('{"value":[]}', response.body)
  end)

  it("page by an absolute link, to an empty last page if need be", function()
    local seen, pages = {}, 0
    local path = "/projects?$top=2&$orderby=name"
    repeat
      local _, list = api:get(path)
      for _, project in ipairs(list.value) do
        seen[#seen + 1] = project.metadata.name
      end
      pages = pages + 1
      local link = list["@odata.nextLink"]
      path = link and link:match "^https://app%.mk%.io(/.*)"
    until not path
    assert.same({ "a", "b", "c", "d" }, seen)
    assert.equal(3, pages)
  end)

  it("are empty behind their end, however far", function()
    for _, offset in ipairs { "4", "5", "9223372036854775807" } do
      local query = { ["$skiptoken"] = offset }
      for _, path in ipairs { "/projects", "/locations" } do
        local status, list = api:get(path, query)
        assert.equal(200, status)
        assert.same({}, list.value)
      end
    end
    local query = { ["$skiptoken"] = "9223372036854775808" }
    assert.equal(400, (api:get("/projects", query)))
  end)

  it("have a page size of their own", function()
    api = sandbox.new { page_size = 1 }
    api:project "only"
    local _, list = api:get "/projects"
    assert.string(list["@odata.nextLink"])
  end)

  it("are sorted, ties in the order of creation", function()
    assert.equal("b d a c", (names()))
    assert.equal("d c b a", (names { ["$orderby"] = "name desc" }))
    assert.equal("c d a b", (names { ["$orderby"] = "displayName desc" }))
    assert.equal("c a d b",
      (names { ["$orderby"] = "displayName desc,name asc" }))
    assert.equal(400, (names { ["$orderby"] = "colour" }))
    assert.equal(400, (names { ["$orderby"] = "name up" }))
  end)

  it("are filtered", function()
    local cases = {
      ["name eq 'a'"] = "a", ["name ne 'a'"] = "b d c",
      ["name gt 'b'"] = "d c", ["name ge 'b'"] = "b d c",
      ["name lt 'b'"] = "a", ["name le 'b'"] = "b a",
      ["displayName eq 'It''s 2'"] = "c",
      ["name eq 'a' or name eq 'b' and isActive eq false"] = "a",
      ["(name eq 'a' or name eq 'b') and isActive eq true"] = "b a",
      ["not (name eq 'a')"] = "b d c",
      ["isActive eq true"] = "b d a c",
      ["created ge 2026-02-03T10:02:00Z"] = "a c",
      ["created lt 2026-02-03T12:01:00+02:00"] = "b",
      ["assignedPaymentMethodId eq null"] = "",
      ["locationName eq 'westeurope' and name eq 'd'"] = "d",
      ["createdByEmail eq 'kari@northlight.example'"] = "",
    }
    for filter, expected in pairs(cases) do
      assert.equal(expected, (names { ["$filter"] = filter }), filter)
    end
  end)

  it("refuse a filter that they cannot read", function()
    for _, filter in ipairs {
      "colour eq 'a'", "name is 'a'", "name eq", "name", "name eq 'a", "",
      "(name eq 'a'", "name eq 'a')", "name eq 'a' name eq 'b'", "name,eq",
      ("("):rep(200) .. "name eq 'a'",
    } do
      assert.equal(400, (names { ["$filter"] = filter }), filter)
    end
  end)

  it("refuse a page that is none", function()
    for _, top in ipairs { "0", "-1", "x", "1.5", "1001" } do
      assert.equal(400, (names { ["$top"] = top }), top)
    end
    assert.equal(400, (names { ["$skiptoken"] = "x" }))
    local text, list = names { ["$skiptoken"] = "9" }
    assert.equal("", text)
    assert.equal(4, list.supplemental.pagination.total)
  end)

  it("of locations are cut without a word", function()
    local _, list = api:get("/locations",
      { ["$top"] = 1, ["$orderby"] = "cloud/region/name" })
    assert.equal("northeurope", list.value[1].metadata.name)
    assert.equal(1, #list.value)
    assert.is_nil(list["@odata.nextLink"])
  end)

  it("show a user only what they may see", function()
    local id = api:organization_id()
    local _, project = api:get "/projects/a"
    local _, token = api:post("/user/tokens", {
      type = "restricted", organizationId = id, permissions = {
        ["core.project"] = { [project.metadata.id] =
          { ["core.project"] = require "mkrun.json".array { "get" } } },
      },
    })
    api = api:as(token.metadata.JWT)
    assert.equal("a", (names()))
  end)
end)
