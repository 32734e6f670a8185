local rights = require "mkio.flow.token.rights"

local org = { type = "core.customer", id = "c-1", name = "North [light]" }
local news = { type = "core.project", id = "p-1", name = "evening-news" }
local late = { type = "core.project", id = "p-2", name = "late-news" }

local function right(resource, family, verb)
  return { type = resource.type, id = resource.id, name = resource.name,
    family = family, verb = verb }
end

local all = {
  right(org, "core.team", "get"), right(org, "core.team", "update"),
  right(news, "ams.asset", "get"), right(news, "ams.assetfilter", "get"),
  right(late, "ams.asset", "get"), right(late, "webhooks.config", "delete"),
}

--- How many of them a pattern picks.
local function count(pattern, deny)
  return #rights.pick(all, { pattern }, deny and { deny })
end

describe("rights.pick", function()
  it("takes a pattern of capabilities for all resources", function()
    assert.equal(6, count "*")
    assert.equal(4, count "*.get")
    assert.equal(2, count "ams.asset.get")
    assert.equal(2, count "core.*")
    assert.equal(3, count "ams.asset*.???")
  end)

  it("takes a resource by name, id and type", function()
    assert.equal(2, count "evening-news:*")
    assert.equal(2, count "p-1:*")
    assert.equal(4, count "*-news:*")
    assert.equal(4, count "core.project/*:*")
    assert.equal(1, count "core.project/p-2:ams.*")
    assert.equal(2, count "North [light]:*")
  end)

  it("takes every other character for itself", function()
    for _, pattern in ipairs { "core-team.get", "%a*", "[a-z]*", "(*)", "^*",
      "core.team.get$", "news:*", "*:", "" } do
      assert.error_matches(function() count(pattern) end,
        "is none of the token's rights", 1, true)
    end
  end)

  it("leaves out what is denied, which has to be there", function()
    assert.equal(2, count("*", "*.get"))
    assert.equal(1, count("core.team.get", "ams.*"))
    assert.error_matches(function() count("*", "core.team.udpate") end,
      "'core.team.udpate' is none of the token's rights: did you mean "
        .. "'core.team.update'", 1, true)
    assert.equal(2, count("*-news:ams.*", "evening-news:ams.asset.get"))
  end)

  it("says which pattern picks nothing", function()
    assert.error_matches(function()
      rights.pick(all, { "*.get", "*.paint" })
    end, "'*.paint' is none of the token's rights: mkrun token rights", 1, true)
  end)
end)

describe("rights", function()
  it("are permissions of a token", function()
    assert.same({
      ["core.customer"] = { ["c-1"] = { ["core.team"] = { "get", "update" } } },
      ["core.project"] = {
        ["p-1"] = { ["ams.asset"] = { "get" },
          ["ams.assetfilter"] = { "get" } },
        ["p-2"] = { ["ams.asset"] = { "get" },
          ["webhooks.config"] = { "delete" } },
      },
    }, rights.permissions(all))
  end)

  it("are rows, one for each resource and family", function()
    local rows = rights.rows(all)
    assert.equal(5, #rows)
    assert.same({ "get", "update" }, rows[1].verbs)
    assert.equal("late-news", rows[5].resource)
  end)
end)
