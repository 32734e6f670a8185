local canned = require "tests.lua.mkio.canned"
local guests = require "mkio.flow.invite"

local INVITES <const> = "/api/v1/organization/invites"

describe("mkio.flow.invite.look", function()
  it("invites anew whose invite has expired", function()
    local old = {
      metadata = { id = "1", created = "2020-01-01T00:00:00Z" },
      spec = { email = "A@b" },
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

describe("mkio.flow.invite.reporting", function()
  local list, told, report

  --- Guests 1 to 6, of whom 2 needs no invite.
  before_each(function()
    list, told = {}, {}
    for i = 1, 6 do list[i] = { email = tostring(i), invite = {} } end
    list[2].kept = { "a member" }
    report = guests.reporting(list, {
      step = function(_, _, _, email) told[#told + 1] = email end })
  end)

  local function done(...)
    for _, i in ipairs { ... } do report:done(list[i]) end
    return table.concat(told, " ")
  end

  it("tells in the order of the list, as soon as it can", function()
    assert.equal("", done(3))
    assert.equal("1 2 3", done(1))
    assert.equal("1 2 3", done(5))
    assert.equal("1 2 3 4 5", done(4))
  end)

  it("lets nobody wait for those who are tried again", function()
    list[1].again, list[4].again = true, true
    assert.equal("2 3", done(3))
    assert.equal("2 3", done(6))
    assert.equal("2 3 5 6", done(5))
    assert.equal("2 3 5 6 1 4", done(1, 4))
  end)

  it("tells of the others at the end", function()
    done(1, 6)
    list[3].invite, list[4].problem = nil, "no"
    do local _ <close> = report end
    assert.equal("1 2 4 5 6", table.concat(told, " "))
  end)
end)
