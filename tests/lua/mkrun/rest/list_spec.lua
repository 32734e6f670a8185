local canned = require "tests.lua.mkio.canned"
local json = require "mkrun.json"

local list = require "mkrun.rest.list"
local mkio = require "mkio"

local function project(name)
  return { metadata = { id = name, name = name }, spec = { isActive = true,
    locationName = "west", assignedPaymentMethodId = json.null } }
end

local function rule(name)
  return { metadata = { name = name }, spec = { url = "https://x.test",
    enabled = true, events = json.array {} } }
end

local function page(link, ...)
  return canned.ok { value = json.array { ... },
    supplemental = { pagination = {} }, ["@odata.nextLink"] = link }
end

local function names(items)
  local found = {}
  for i, item in ipairs(items) do found[i] = item.metadata.name end
  return table.concat(found, " ")
end

describe("a list", function()
  it("follows next links to the end, empty pages too", function()
    local org = canned.connect {
      ["GET /api/v1/projects"] =
        page("https://api.test/api/v1/projects?p=2", project "a", project "b"),
      ["GET /api/v1/projects?p=2"] = page("/api/v1/projects?p=3"),
      ["GET /api/v1/projects?p=3"] = page("?p=4", project "c"),
      ["GET /api/v1/projects?p=4"] = page(json.null),
    }
    assert.equal("a b c", names(org.projects:list()))
  end)

  it("reads a page when it is needed, not before", function()
    local org, client = canned.connect {
      ["GET /api/v1/projects"] =
        page("/api/v1/projects?p=2", project "a", project "b"),
    }
    for found in org.projects:each() do
      if found.metadata.name == "b" then break end
    end
    assert.equal(1, #client.seen)
  end)

  it("does not follow a link to another server", function()
    for _, link in ipairs { "https://evil.test/api/v1/projects",
      "http://api.test/api/v1/projects", "//evil.test/x",
      "https://api.test:8443/x", "https://api.test@evil.test/x" } do
      local org, client = canned.connect {
        ["GET /api/v1/projects"] = page(link, project "a"),
      }
      local ok, problem = pcall(org.projects.list, org.projects)
      assert.is_false(ok)
      assert.equal("origin", problem.code)
      assert.equal(1, #client.seen)
    end
  end)

  it("notices that the pages go in a circle", function()
    local org = canned.connect {
      ["GET /api/v1/projects"] = page("/api/v1/projects?p=2", project "a"),
      ["GET /api/v1/projects?p=2"] = page("/api/v1/projects?p=2"),
    }
    local ok, problem = pcall(org.projects.list, org.projects)
    assert.is_false(ok)
    assert.matches("do not end", tostring(problem))
  end)

  it("takes the shapes without paging", function()
    local org = canned.connect {
      ["GET /api/v1/organization/teams"] = canned.list(project "a"),
      ["GET /api/v1/projects/p/webhook/rules"] =
        canned.ok { value = json.array { rule "b" } },
    }
    assert.equal("a", names(org.teams:list()))
    assert.equal("b", names(org:project("p").webhooks:list()))
  end)

  it("is not empty, but an error, where it has no list", function()
    for body, pointer in pairs { ['{"kind":"Scopes"}'] = "/value",
      ['{"value":null}'] = "/value", ['{"value":{}}'] = "/value",
      ["null"] = "", ["[]"] = "" } do
      local org = mkio.connect { base_url = "https://api.test", http = {
        request = function()
          return { status = 200, headers = {}, body = body }
        end } }
      local ok, problem = pcall(org.scopes.list, org.scopes)
      assert.is_false(ok)
      assert.equal("answer", problem.code)
      assert.equal(pointer, problem.pointer)
      assert.equal("scopes.list", problem.operation)
    end
  end)

  it("sends OData options where the API takes them", function()
    local org, client = canned.connect {
      ["GET /api/v1/projects"] = page(nil),
    }
    org.projects:list { filter = "name eq 'x'", orderby = "created desc",
      top = 5, show_hidden = true }
    assert.same({ ["$filter"] = "name eq 'x'", ["$orderby"] = "created desc",
      ["$top"] = "5", show_hidden = "true" }, client.seen[1].query)
  end)

  it("raises on an option that the list does not take", function()
    local org = canned.connect {}
    assert.error_matches(function() org.teams:list { filter = "x" } end,
      "teams.list does not take 'filter'")
    assert.error_matches(function() org.projects:list { filtr = "x" } end,
      "projects.list does not take 'filtr'")
  end)

  local function location(name)
    return { metadata = { id = name, name = name } }
  end

  it("asks by offset where no answer can say that there is more", function()
    local org, client = canned.connect { ["GET /api/v1/locations"] = {
      canned.list(location "a", location "b"), canned.list(location "c") } }
    assert.equal("a b c", names(org.locations:list { top = 2 }))
    assert.equal("2", client.seen[2].query["$skiptoken"])
    assert.equal(2, #client.seen)
  end)

  it("notices a server that does not heed the offset", function()
    local org, client = canned.connect { ["GET /api/v1/locations"] =
      canned.list(location "a", location "b") }
    local ok, problem =
      pcall(org.locations.list, org.locations, { top = 2 })
    assert.is_false(ok)
    assert.matches("do not end", tostring(problem))
    assert.equal(2, #client.seen)
  end)
end)

describe("mkrun.rest.list.resolve", function()
  local function resolve(base, link)
    return list.resolve(base, "/api/v1/projects?x=1", link)
  end

  it("keeps below a base URL with a path", function()
    assert.equal("/api/v1/projects?p=2", resolve("https://h.test/mk",
      "https://H.test:443/mk/api/v1/projects?p=2"))
  end)

  it("takes links relative to the page", function()
    assert.equal("/api/v1/projects?p=2", resolve("https://h.test", "?p=2"))
    assert.equal("/api/v1/other?p=2", resolve("https://h.test", "other?p=2"))
  end)
end)
