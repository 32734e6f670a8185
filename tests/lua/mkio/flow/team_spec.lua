local canned = require "tests.lua.mkio.canned"
local json = require "mkrun.json"

local edit = require "mkio.flow.team"

local ola = "c2a9c0b8-5d0e-4f6b-8d7e-90b1f2a3c4d5"
local kari = "d2a9c0b8-5d0e-4f6b-8d7e-90b1f2a3c4d5"
local path = "/api/v1/organization/teams/night-desk"

local function team(members)
  return canned.ok { metadata = { name = "night-desk" }, spec = {
    description = json.null, members = json.object(members),
    scopes = { s = { roles = json.array { "reader" } } },
  } }
end

local function member(email, admin)
  return { isTeamAdmin = admin or false, email = email }
end

describe("team_edit.apply", function()
  it("sends all edits as one patch", function()
    local org, http = canned.connect {
      ["GET " .. path] = team { [ola] = member("ola@n", true) },
      ["GET /api/v1/organization/users"] = canned.list(
        { metadata = { id = kari }, spec = { email = "Kari@N" } }),
      ["PATCH " .. path] = { {
        status = 200, body = { metadata = { name = "night-desk" }, spec = {
          members = { [ola] = member "ola@n", [kari] = member("Kari@N", true) },
          scopes = { s = { roles = json.array() } } } },
      } },
    }
    local _, outcome = edit.apply(org, "night-desk", { add = { "kari@n" },
      promote = { "KARI@n" }, demote = { ola }, revoke = { "reader" },
      scope = "s" })
    assert.equal("changed", outcome)
    local sent = http.seen[#http.seen].json
    assert.equal(3, #sent)
    assert.same({ op = "add", path = "/spec/members/" .. kari,
      value = { isTeamAdmin = true } }, sent[1])
    assert.equal("/spec/scopes/s/roles/reader", sent[3].path)
  end)

  it("takes what somebody else added meanwhile for no fault", function()
    local org, http = canned.connect {
      ["GET " .. path] = team { [ola] = member "ola@n" },
      ["PATCH " .. path] = team { [ola] = member("ola@n", true),
        [kari] = member "kari@n" },
    }
    local _, outcome =
      edit.apply(org, "night-desk", { promote = { "ola@n" } })
    assert.equal("changed", outcome)
    assert.equal(1, #canned.writes(http))
  end)

  it("says when the change is not in the answer", function()
    local org = canned.connect {
      ["GET " .. path] = team { [ola] = member "ola@n" },
      ["PATCH " .. path] = team { [ola] = member "ola@n" },
    }
    assert.error_matches(function()
      edit.apply(org, "night-desk", { promote = { "ola@n" } })
    end, "is not as it was asked to be", 1, true)
  end)

  it("asks for no user when the team knows them all", function()
    local org, http = canned.connect {
      ["GET " .. path] = team { [ola] = member "ola@n" },
    }
    local _, outcome = edit.apply(org, "night-desk", { add = { "OLA@n" },
      demote = { "ola@n" } })
    assert.equal("unchanged", outcome)
    assert.equal(1, #http.seen)
  end)
end)

describe("team_edit.fault", function()
  it("finds edits that contradict each other", function()
    assert.equal("--add and --remove both name 'A@n'",
      edit.fault { add = { "a@n" }, remove = { "A@n" } })
    assert.equal("--grant and --revoke both name 'user'",
      edit.fault { grant = { "user" }, revoke = { "user" }, scope = "s" })
    assert.is_nil(edit.fault { add = { "a@n" }, promote = { "a@n" } })
  end)
end)
