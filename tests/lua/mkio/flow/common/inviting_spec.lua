local canned = require "tests.lua.mkio.canned"
local long_wait = require "mkrun.host.long_wait"
local inviting = require "mkio.flow.common.inviting"

local INVITES <const> = "/api/v1/organization/invites"
local LOST <const> = { code = "closed", message = "POST x: closed" }

local invite = { metadata = { id = "1" }, spec = { email = "A@b" } }

--- Send an invite to one guest; the answers to POST and GET come in this
--- order.
local function send(posts, gets)
  local org, http = canned.connect {
    ["POST " .. INVITES] = posts, ["GET " .. INVITES] = gets or canned.list(),
    ["GET /api/v1/user/rbac"] = canned.refused(500, "x", "no"),
  }
  local result = { told = 0 }
  result.guest = { email = "a@b" }
  result.ok, result.problem = pcall(inviting.send, org, { result.guest }, "hi",
    function() result.told = result.told + 1 end)
  result.posts = #canned.writes(http)
  return result
end

--- Lists that show an invite only after three creations, each of which looks
--- three times.
local function behind(last)
  local lists = {}
  for i = 1, 9 do lists[i] = canned.list() end
  lists[10] = canned.list(last)
  return lists
end

describe("mkio.flow.common.inviting.send", function()
  before_each(function() long_wait.use { sleep = function() end } end)
  after_each(function() long_wait.use() end)

  it("keeps what is wrong with one guest", function()
    local result = send(canned.refused(400, "bad_email", "no"))
    assert.is_true(result.ok)
    assert.equal(400, result.guest.problem.status)
    assert.is_nil(result.guest.invite)
    assert.equal(1, result.told)
  end)

  for _, status in ipairs { 401, 403 } do
    it("raises what is wrong with all of them: " .. status, function()
      local result = send(canned.refused(status, "nope", "no"))
      assert.is_false(result.ok)
      assert.equal(status, result.problem.status)
      assert.is_nil(result.guest.problem)
    end)
  end

  it("finds the invite that somebody else was faster with", function()
    local guest = send(canned.refused(409, "already_invited", "no"),
      canned.list(invite)).guest
    assert.is_true(guest.found)
    assert.equal("1", guest.invite.metadata.id)
  end)

  it("tries once more whoever was let down by the network", function()
    local result = send { LOST, LOST, LOST, canned.ok(invite, 201) }
    assert.equal("1", result.guest.invite.metadata.id)
    assert.is_nil(result.guest.problem)
    assert.equal(4, result.posts)
    assert.equal(1, result.told)
  end)

  it("looks before that", function()
    local result = send(LOST, behind(invite))
    assert.equal("1", result.guest.invite.metadata.id)
    assert.is_nil(result.guest.problem)
    assert.equal(3, result.posts)
  end)

  it("does not take an invite that has expired for the one it sent",
    function()
      local old = { metadata = { id = "0", created = "2020-01-01T00:00:00Z" },
        spec = { email = "a@b" } }
      local result = send({ LOST, LOST, LOST, canned.ok(invite, 201) },
        behind(old))
      assert.equal("1", result.guest.invite.metadata.id)
    end)

  it("raises when the network is still down", function()
    local result = send(LOST)
    assert.is_false(result.ok)
    assert.equal("closed", result.problem.code)
    assert.is_nil(result.guest.problem)
    assert.equal(6, result.posts)
    assert.equal(0, result.told)
  end)

  it("stops when one after the other fails", function()
    local guests, org, http = {}, canned.connect {
      ["POST " .. INVITES] = LOST, ["GET " .. INVITES] = canned.list(),
    }
    for i = 1, 50 do guests[i] = { email = ("a%d@b"):format(i) } end
    assert.is_false(pcall(inviting.send, org, guests, "hi", function() end))
    -- One goes alone until one has succeeded, those that wait fail with it.
    assert.equal(3 * 2, #canned.writes(http))
  end)
end)
