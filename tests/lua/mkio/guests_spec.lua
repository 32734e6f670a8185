local canned = require "tests.lua.mkio.canned"
local guests = require "mkio.guests"

local INVITES <const> = "/api/v1/organization/invites"

--- Invite one guest at an API that refuses so.
local function refused(status, code)
  local org = canned.connect {
    ["POST " .. INVITES] = canned.refused(status, code, "no"),
    ["GET " .. INVITES] = canned.list(),
    ["GET /api/v1/user/rbac"] = canned.refused(500, "x", "no"),
  }
  local guest = { email = "a@b" }
  local ok, problem = pcall(guests.invite, org, guest, "hi")
  return guest, ok, problem
end

describe("mkio.guests.look", function()
  it("invites anew whose invite has expired", function()
    local old = {
      metadata = { id = "1", created = "2020-01-01T00:00:00Z" },
      spec = { email = "A@b", teams = {} },
    }
    local org, http = canned.connect {
      ["GET /api/v1/organization/users"] = canned.list(),
      ["GET " .. INVITES] = canned.list(old),
      ["DELETE " .. INVITES .. "/1"] = canned.ok(nil),
      ["POST " .. INVITES] = canned.ok(old, 201),
    }
    local missing = guests.look(org, { { email = "a@b" } })
    assert.equal(1, #missing)
    guests.invite(org, missing[1], "hi")
    assert.equal("POST " .. INVITES, http.seen[#http.seen].key)
    assert.equal("DELETE " .. INVITES .. "/1", http.seen[#http.seen - 1].key)
  end)
end)

describe("mkio.guests.invite", function()
  it("keeps what is wrong with one guest", function()
    local guest, ok = refused(400, "bad_email")
    assert.is_true(ok)
    assert.equal(400, guest.problem.status)
    assert.is_nil(guest.invite)
  end)

  for _, status in ipairs { 401, 403 } do
    it("raises what is wrong with all of them: " .. status, function()
      local guest, ok, problem = refused(status, "nope")
      assert.is_false(ok)
      assert.equal(status, problem.status)
      assert.is_nil(guest.problem)
    end)
  end

  it("finds the invite that somebody else was faster with", function()
    local invite = { metadata = { id = "1" }, spec = { email = "A@b" } }
    local org = canned.connect {
      ["POST " .. INVITES] = canned.refused(409, "already_invited", "no"),
      ["GET " .. INVITES] = canned.list(invite),
    }
    local guest = { email = "a@b" }
    guests.invite(org, guest, "hi")
    assert.is_true(guest.found)
    assert.equal("1", guest.invite.metadata.id)
  end)
end)
