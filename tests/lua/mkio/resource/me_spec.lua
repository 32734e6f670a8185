local canned = require "tests.lua.mkio.canned"
local json = require "mkrun.json"
local long_wait = require "mkrun.host.long_wait"

local path = "/api/v1/user/organizations"
local id = "7b0d2a4e-3c11-4a5e-9d0c-2f1f6a1c9e01"

local function organization(name, id_)
  return { metadata = { id = id_ or id, name = name }, spec = {} }
end

describe("me.organizations", function()
  it("are found by id and by name", function()
    local org = canned.connect { ["GET " .. path] =
      canned.list(organization "North", organization("South", "s")) }
    assert.equal("North", org.me.organizations:find(id).metadata.name)
    assert.equal("s", org.me.organizations:find "South".metadata.id)
    assert.is_nil(org.me.organizations:find "East")
  end)

  it("do not guess between two of one name", function()
    local org = canned.connect { ["GET " .. path] =
      canned.list(organization "North", organization("North", "s")) }
    local ok, problem = pcall(org.me.organizations.find,
      org.me.organizations, "North")
    assert.is_false(ok)
    assert.equal("ambiguous", problem.code)
  end)

  it("take acceptance as a change of state, and leaving as a DELETE",
    function()
      local org, http = canned.connect {
        ["PATCH " .. path .. "/" .. id] = canned.ok(organization "North"),
        ["DELETE " .. path .. "/" .. id] = canned.ok(nil, 204),
      }
      org.me.organizations:accept(id)
      org.me.organizations:decline(id)
      assert.same({ spec = { invite = { state = "accepted" } } },
        http.seen[1].json)
    end)

  it("never make a second one of a name, whatever happens", function()
    local create = "POST /api/v1/organization"
    long_wait.use { sleep = function() end, is_simulated = true }
    finally(long_wait.use)
    local org, http = canned.connect { ["GET " .. path] = canned.list(),
      [create] = { code = "closed", message = "POST x: closed" } }
    assert.is_false(pcall(org.me.organizations.ensure,
      org.me.organizations, { name = "North" }))
    assert.same({ create }, canned.writes(http))
  end)
end)

describe("organization:ensure", function()
  local function ensure(want)
    local org, http = canned.connect {
      ["GET /api/v1/organization"] = canned.ok { metadata = { id = id },
        spec = { name = "North", legalEntityName = json.null } },
      ["PATCH /api/v1/organization"] = canned.ok(organization "North"),
    }
    local _, outcome, details = org:ensure(want)
    return outcome, details, http
  end

  it("takes null and nothing for the same", function()
    assert.equal("unchanged", (ensure { name = "North",
      legalEntityName = json.null, legalEntityOfficer = json.null }))
  end)

  it("sends what differs only", function()
    local outcome, details, http =
      ensure { name = "North", legalEntityName = "North AS" }
    assert.equal("changed", outcome)
    assert.same({ "legalEntityName" }, details)
    assert.same({ spec = { legalEntityName = "North AS" } },
      http.seen[2].json)
  end)
end)

describe("me:ensure_profile", function()
  it("sends what differs only", function()
    local profile = "/api/v1/user/profile"
    local have = canned.ok { metadata = { id = "1" },
      spec = { name = "Ola", company = json.null } }
    local org, http = canned.connect { ["GET " .. profile] = have,
      ["PATCH " .. profile] = have }
    local _, outcome = org.me:ensure_profile { name = "Ola" }
    assert.equal("unchanged", outcome)
    local details
    _, outcome, details =
      org.me:ensure_profile { name = "Ola", company = "Northlight" }
    assert.equal("changed", outcome)
    assert.same({ "company" }, details)
    assert.same({ spec = { company = "Northlight" } }, http.seen[3].json)
  end)
end)
