local canned = require "tests.lua.mkio.canned"
local take = require "mkio.flow.offboard.take".take

local ORG <const> = "/api/v1/organization"
local PATCH <const> = "PATCH " .. ORG .. "/teams/desk"
local LOST <const> = { code = "closed", message = "connection lost" }

local function team(members)
  return canned.ok {
    metadata = { name = "desk" },
    spec = { members = members, scopes = {} },
  }
end

--- A report that prints nothing.
local function silent()
  local place = { step = function() end, close = function() end }
  return { step = place.step, place = function() return place end }
end

--- Take somebody out of a team whose PATCH is answered so; returns how often
--- it was sent.
local function leave(answers, now)
  local org, http = canned.connect {
    [PATCH] = answers, ["GET " .. ORG .. "/teams/desk"] = now,
    ["DELETE " .. ORG .. "/users/u1"] = canned.ok(nil),
  }
  local leaver = { id = "u1", label = "a@b", teams = { "desk" }, tokens = {},
    invites = {} }
  local ok, problem = pcall(take, org, leaver, silent())
  local sent = 0
  for _, request in ipairs(http.seen) do
    if request.key == PATCH then sent = sent + 1 end
  end
  return sent, ok, problem
end

describe("mkio.flow.offboard.take", function()
  it("removes a member again when the first removal did not arrive", function()
    local sent, ok = leave({ LOST, team {} },
      team { u1 = { isTeamAdmin = false } })
    assert.is_true(ok)
    assert.equal(2, sent)
  end)

  it("is content when only the answer got lost", function()
    local sent, ok = leave({ LOST }, team {})
    assert.is_true(ok)
    assert.equal(1, sent)
  end)

  it("is content when somebody else was faster", function()
    local sent, ok = leave(canned.refused(400, "bad_patch", "no member"),
      team {})
    assert.is_true(ok)
    assert.equal(1, sent)
  end)

  it("raises what a refusal says, at once", function()
    local sent, ok, problem = leave(canned.refused(400, "locked", "no"),
      team { u1 = { isTeamAdmin = false } })
    assert.is_false(ok)
    assert.equal("locked", problem.code)
    assert.equal(1, sent)
  end)
end)
