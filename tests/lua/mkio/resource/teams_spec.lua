local canned = require "tests.lua.mkio.canned"
local json = require "mkrun.json"

local ola = "c2a9c0b8-5d0e-4f6b-8d7e-90b1f2a3c4d5"
local kari = "d2a9c0b8-5d0e-4f6b-8d7e-90b1f2a3c4d5"
local path = "/api/v1/organization/teams/night-desk"

local function team(changes)
  local spec = {
    description = "night desk",
    members = { [ola] = { isTeamAdmin = true, name = "Ola", email = "o@n" } },
    scopes = { s = { roles = json.array { "reader", "user" } } },
  }
  for name, value in pairs(changes or {}) do spec[name] = value end
  return canned.ok { metadata = { name = "night-desk" }, spec = spec }
end

--- Ensure `want` on the team above; the PATCH answers with `after`.
local function ensure(want, after)
  local org, http = canned.connect {
    ["GET " .. path] = team(), ["PATCH " .. path] = after and team(after),
  }
  local _, outcome, details = org.teams:ensure("night-desk", want)
  return outcome, details, http
end

describe("teams:ensure", function()
  it("creates a team that is not there", function()
    local org, http = canned.connect {
      ["GET " .. path] = canned.refused(404, "not_found", "no team"),
      ["PUT " .. path] = team(),
    }
    local _, outcome = org.teams:ensure("night-desk",
      { members = { [ola] = {} }, scopes = { s = { roles = {} } } })
    assert.equal("created", outcome)
    assert.same({ spec = { members = { [ola] = { isTeamAdmin = false } },
      scopes = { s = { roles = {} } } } }, http.seen[2].json)
  end)

  it("writes nothing when what is declared is there", function()
    local outcome, _, http = ensure { description = "night desk",
      members = { [ola] = {} },
      scopes = { s = { roles = { "user", "reader" } } } }
    assert.equal("unchanged", outcome)
    assert.equal(1, #http.seen)
  end)

  it("leaves alone what is not declared", function()
    local outcome, details, http = ensure({
      scopes = { t = { roles = { "reader" } } } },
      { scopes = { s = { roles = json.array { "reader", "user" } },
        t = { roles = json.array { "reader" } } } })
    assert.equal("changed", outcome)
    assert.same({ "add scopes/t" }, details)
    assert.equal(1, #http.seen[2].json)
  end)

  it("does not demote a member whose rank is not declared", function()
    assert.equal("unchanged", (ensure { members = { [ola] = {} } }))
  end)

  it("demotes a member when that is declared", function()
    local outcome, _, http = ensure(
      { members = { [ola] = { isTeamAdmin = false } } },
      { members = { [ola] = { isTeamAdmin = false } } })
    assert.equal("changed", outcome)
    assert.equal("replace", http.seen[2].json[1].op)
    assert.is_true(http.seen[2].safe)
  end)

  it("says which role it takes, and does not send that twice", function()
    local _, details, http = ensure({ scopes = { s = { roles = { "user" } } } },
      { scopes = { s = { roles = json.array { "user" } } } })
    assert.same({ "remove scopes/s/roles/reader" }, details)
    assert.is_false(http.seen[2].safe)
  end)

  it("calls members by their e-mail address", function()
    local _, details = ensure({ members = { [kari] = {} } }, { members = {
      [ola] = { isTeamAdmin = true },
      [kari] = { isTeamAdmin = false, email = "kari@n" } } })
    assert.same({ "add members/kari@n" }, details)
  end)

  it("looks what is left when the answer to a patch got lost", function()
    local done = team { scopes = { s = { roles = json.array { "reader",
      "user", "editor" } } } }
    local org, http = canned.connect {
      ["GET " .. path] = { team(), done },
      ["PATCH " .. path] = { code = "closed", message = "PATCH x: closed" },
    }
    local _, outcome = org.teams:ensure("night-desk", { scopes = { s = {
      roles = { "reader", "user", "editor" } } } })
    assert.equal("changed", outcome)
    assert.same({ "PATCH " .. path }, canned.writes(http))
  end)

  it("keeps what others added while the answer to a patch got lost", function()
    local members = { [ola] = { isTeamAdmin = true },
      [kari] = { isTeamAdmin = true } }
    local both = team { members = members, description = "day desk" }
    local org, http = canned.connect {
      ["GET " .. path] = { team(), team { members = members } },
      ["PATCH " .. path] = {
        { code = "closed", message = "PATCH x: closed" }, both },
    }
    local _, outcome = org.teams:ensure("night-desk",
      { description = "day desk" })
    assert.equal("changed", outcome)
    assert.same({ { op = "replace", path = "/spec/description",
      value = "day desk" } }, http.seen[#http.seen].json)
  end)

  it("takes no offence at what others added at the same time", function()
    assert.equal("changed", (ensure({ description = "day desk" },
      { description = "day desk", members = {
        [ola] = { isTeamAdmin = true }, [kari] = { isTeamAdmin = true } } })))
  end)

  it("raises when the team is not as asked afterwards", function()
    local ok, problem = pcall(ensure, { members = { [kari] = {} } }, {})
    assert.is_false(ok)
    assert.equal("mismatch", problem.code)
  end)
end)

describe("a predefined team", function()
  local function administrators(want)
    local org, http = canned.connect {
      ["GET /api/v1/organization/teams/Administrators"] = team(),
    }
    local ok, problem =
      pcall(org.teams.ensure, org.teams, "Administrators", want)
    assert.is_false(ok)
    assert.equal(1, #http.seen)
    return problem
  end

  it("keeps an administrator", function()
    local problem =
      administrators { members = { [ola] = { isTeamAdmin = false } } }
    assert.equal("protected", problem.code)
    assert.matches("no administrator left", problem.detail)
  end)

  it("keeps a role", function()
    assert.matches("no role left",
      administrators { scopes = { s = { roles = {} } } }.detail)
  end)

  it("is not patched empty", function()
    local org, http = canned.connect {
      ["GET /api/v1/organization/teams/Administrators"] = team(),
      ["PATCH /api/v1/organization/teams/Administrators"] = team(),
    }
    local function patch(op, place, new)
      return pcall(org.teams.patch, org.teams, "Administrators",
        { { op = op, path = "/spec" .. place, value = new } })
    end
    for _, place in ipairs { "/members", "/scopes", "/members/" .. ola } do
      assert.is_false(patch("remove", place), place)
    end
    assert.is_false(patch("replace",
      "/members/" .. ola .. "/isTeamAdmin", false))
    assert.same({}, canned.writes(http))
    assert.is_true(patch("replace", "/description", "x"))
    assert.is_true(patch("remove", "/members/nobody"))
  end)

  it("is neither replaced nor deleted", function()
    local org = canned.connect {}
    for _, name in ipairs { "Administrators", "Everyone" } do
      assert.is_false(pcall(org.teams.delete, org.teams, name))
      assert.is_false(pcall(org.teams.put, org.teams, name, {}))
    end
  end)

  it("looks again at a predefined team that an old list has", function()
    local admins = "/api/v1/organization/teams/Administrators"
    local function with(ranks)
      local members = {}
      for id, rank in pairs(ranks) do members[id] = { isTeamAdmin = rank } end
      return { metadata = { name = "Administrators" },
        spec = { members = members, scopes = {} } }
    end
    local both = with { [ola] = true, [kari] = true }
    local one, none = with { [ola] = false, [kari] = true },
      with { [ola] = false, [kari] = false }
    for _, case in ipairs {
      { one, none, "protected", 0 }, -- somebody was first
      { both, none, "mismatch", 1 }, -- somebody came in between
    } do
      local org, http = canned.connect { ["GET " .. admins] =
        canned.ok(case[1]), ["PATCH " .. admins] = canned.ok(case[2]) }
      local ok, problem = pcall(org.teams.ensure, org.teams, "Administrators",
        { members = { [kari] = { isTeamAdmin = false } } }, { have = both })
      assert.is_false(ok)
      assert.equal(case[3], problem.code)
      assert.equal(case[4], #canned.writes(http))
    end
  end)
end)
