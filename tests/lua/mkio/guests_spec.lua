local canned = require "tests.lua.mkio.canned"
local guests = require "mkio.guests"

local INVITES <const> = "/api/v1/organization/invites"

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
    guests.invite(org, missing, "hi", function() end)
    assert.equal("POST " .. INVITES, http.seen[#http.seen].key)
    assert.equal("DELETE " .. INVITES .. "/1", http.seen[#http.seen - 1].key)
  end)
end)
