local canned = require "tests.lua.mkio.canned"
local json = require "mkrun.json"
local script = require "mkrun.script"
local secret = require "mkrun.secret"

local permissions = require "mkio.permissions"

local organization = "7b0d2a4e-3c11-4a5e-9d0c-2f1f6a1c9e01"
local path = "/api/v1/user/tokens"

local function token(id, issued, changes)
  local spec = { description = "nightly", issued = issued,
    revoked = json.null, lastUsed = json.null, user = "ola@x.test",
    expires = "2027-01-01T00:00:00Z" }
  for name, value in pairs(changes or {}) do spec[name] = value end
  return { metadata = { id = id, type = "full-access",
    JWT = changes and changes.JWT }, spec = spec }
end

local function request()
  return { type = "restricted", organizationId = organization,
    description = "nightly", permissions = {} }
end

describe("me.tokens:find", function()
  it("takes the newest live one", function()
    local org = canned.connect { ["GET " .. path] = canned.list(
      token("a", "2026-01-01T00:00:00Z"), token("b", "2026-03-01T00:00:00Z"),
      token("c", "2026-04-01T00:00:00Z", { revoked = "2026-04-02T00:00:00Z" }),
      token("d", "2026-05-01T00:00:00Z", { description = "other" })) }
    assert.equal("b", org.me.tokens:find "nightly".metadata.id)
    assert.equal(2, #org.me.tokens:find_all "nightly")
    assert.is_nil(org.me.tokens:find "weekly")
  end)

  it("keeps to one organization, where that is said", function()
    local org = canned.connect { ["GET " .. path] = canned.list(
      token("a", "2026-01-01T00:00:00Z", { organizationId = organization }),
      token("b", "2026-03-01T00:00:00Z", { organizationId = "another" })) }
    local tokens = org.me.tokens
    assert.equal(2, #tokens:find_all "nightly")
    assert.equal("a", tokens:find_all("nightly", organization)[1].metadata.id)
    assert.equal(1, #tokens:find_all("nightly", organization))
  end)
end)

describe("me.tokens:mint", function()
  local lost = { code = "timeout", message = "POST x: no answer" }
  local made = canned.ok(token("b", "2026-03-01T00:00:00Z",
    { JWT = "eyJ.x.y" }), 201)

  it("asks again when the answer got lost, and revokes that one", function()
    local old, orphan = token("a", "2026-01-01T00:00:00Z"),
      token("o", "2026-02-01T00:00:00Z")
    local org, http = canned.connect {
      ["GET " .. path] = { canned.list(old), canned.list(old, orphan) },
      ["POST " .. path] = { lost, made },
      ["DELETE " .. path .. "/o"] = canned.ok(nil),
    }
    assert.equal("b", org.me.tokens:mint(request()).metadata.id)
    assert.same({ "POST " .. path, "POST " .. path,
      "DELETE " .. path .. "/o" }, canned.writes(http))
  end)

  it("leaves nothing behind when every answer gets lost", function()
    local org, http = canned.connect {
      ["GET " .. path] = { canned.list(),
        canned.list(token("o", "2026-02-01T00:00:00Z")),
        canned.list(token("o", "2026-02-01T00:00:00Z"),
          token("p", "2026-02-01T00:00:00Z")) },
      ["POST " .. path] = lost,
      ["DELETE " .. path .. "/o"] = canned.ok(nil),
      ["DELETE " .. path .. "/p"] = canned.ok(nil),
    }
    local ok, problem = pcall(org.me.tokens.mint, org.me.tokens, request())
    assert.is_false(ok)
    assert.equal("timeout", problem.code)
    local writes = canned.writes(http)
    assert.same({ "DELETE " .. path .. "/o", "DELETE " .. path .. "/p" },
      { writes[#writes - 1], writes[#writes] })
    assert.equal(7, #writes)
  end)

  it("revokes the new one too when a lost one cannot be", function()
    local org, http = canned.connect {
      ["GET " .. path] = { canned.list(),
        canned.list(token("o", "2026-02-01T00:00:00Z")) },
      ["POST " .. path] = { lost, made },
      ["DELETE " .. path .. "/o"] = canned.refused(403, "no", "no"),
      ["DELETE " .. path .. "/b"] = canned.ok(nil),
      ["GET /api/v1/user/rbac"] = canned.refused(403, "no", "no"),
    }
    local ok, problem = pcall(org.me.tokens.mint, org.me.tokens, request())
    assert.is_false(ok)
    assert.equal(403, problem.status)
    assert.same({ "POST " .. path, "POST " .. path,
      "DELETE " .. path .. "/o", "DELETE " .. path .. "/b" },
      canned.writes(http))
    assert.matches("nobody has the new token 'nightly', but it is valid: "
      .. "mkrun token revoke o", tostring(problem), 1, true)
  end)

  local unseen = "a token 'nightly' may have been made that nobody has"

  --- What a run says that asks for a token while no list shows one.
  local function said_after(...)
    local org, http = canned.connect {
      ["GET " .. path] = canned.list(), ["POST " .. path] = { ... } }
    local said, say = "", script.say
    script.say = function(text) said = said .. text end
    local ok, problem = pcall(org.me.tokens.mint, org.me.tokens, request())
    script.say = say
    return ok and said or tostring(problem), http
  end

  it("tells of a lost answer that no list shows", function()
    assert.matches(unseen, said_after(lost, made), 1, true)
    assert.matches(unseen, said_after(lost), 1, true)
  end)

  it("tells of none, and lists nothing, when nobody was reached", function()
    for _, code in ipairs { "connect", "resolve" } do
      local away = { code = code, message = "POST x: nobody there" }
      local said, http = said_after(away, away, made)
      assert.equal("", said)
      assert.equal(4, #http.seen)
      assert.is_nil(said_after(away):find(unseen, 1, true))
    end
  end)

  it("does not ask again when it was refused", function()
    local org, http = canned.connect {
      ["GET " .. path] = canned.list(),
      ["POST " .. path] = canned.refused(403, "too_much", "no"),
    }
    assert.is_false(pcall(org.me.tokens.mint, org.me.tokens, request()))
    assert.equal(1, #canned.writes(http))
  end)

  it("gives the JWT as a secret", function()
    local org = canned.connect { ["GET " .. path] = canned.list(),
      ["POST " .. path] = made }
    local jwt = org.me.tokens:mint(request()).metadata.JWT
    assert.is_true(secret.is(jwt))
    assert.is_true(jwt:equals "eyJ.x.y")
  end)
end)

describe("me.tokens:ensure", function()
  local id = "51aa22bb-33cc-44dd-88ee-55ff66aa77bb"

  --- A place like those of `mkrun.sys.reserve`.
  local function place(fails)
    local slot = {}
    function slot:store(stored)
      self.stored = stored
      if fails then return nil, "x: no space", "file" end
      return true
    end
    return slot
  end

  local function listed(changes)
    local found = token(id, "2026-01-01T00:00:00Z",
      { organizationId = organization, permissions = {} })
    found.metadata.type = "restricted"
    for name, value in pairs(changes or {}) do found.spec[name] = value end
    return { ["GET " .. path] = canned.list(found),
      ["POST " .. path] = canned.ok(token("b", "2026-03-01T00:00:00Z",
        { JWT = "eyJ.x.y" }), 201),
      ["DELETE " .. path .. "/b"] = canned.ok(nil) }
  end

  it("leaves a live one that does the same", function()
    local org, http = canned.connect(listed())
    local slot = place()
    local found, outcome = org.me.tokens:ensure(request(), slot)
    assert.equal("unchanged", outcome)
    assert.equal(id, found.metadata.id)
    assert.is_nil(slot.stored)
    assert.same({}, canned.writes(http))
  end)

  it("makes one when what is there does something else", function()
    for _, changes in ipairs { { organizationId = "other" },
      { permissions = { t = { i = { f = { "get" } } } } },
      { revoked = "2026-04-02T00:00:00Z" } } do
      local org = canned.connect(listed(changes))
      local slot = place()
      local _, outcome = org.me.tokens:ensure(request(), slot)
      assert.equal("created", outcome)
      assert.is_true(slot.stored:equals "eyJ.x.y")
    end
  end)

  it("revokes one that could not be stored", function()
    local org, http = canned.connect(listed { organizationId = "other" })
    local ok, problem =
      pcall(org.me.tokens.ensure, org.me.tokens, request(), place(true))
    assert.is_false(ok)
    assert.equal("x: no space", problem.detail)
    assert.same({ "POST " .. path, "DELETE " .. path .. "/b" },
      canned.writes(http))
  end)
end)

describe("me.tokens:prove", function()
  it("uses the token itself, and gives a young one some time", function()
    local jwt = secret.new("eyJ.x.y", "new token")
    local org, http = canned.connect { ["GET " .. path .. "/b"] = {
      canned.refused(401, "unknown", "no"), canned.ok(token "b") } }
    org.me.tokens:prove("b", jwt)
    assert.equal(2, #http.seen)
    assert.is_true(http.seen[1].token:equals "eyJ.x.y")
  end)
end)

describe("mkio.permissions", function()
  local rbac = { ["core.project"] = { p1 = { ["ams.asset"] =
    { "get", "update" } } } }

  local function wanted(...)
    return { ["core.project"] = { p1 = { ["ams.asset"] = { ... } } } }
  end

  it("lists what is not held", function()
    assert.same({}, permissions.missing(wanted "get", rbac))
    assert.same({ "core.project/p1: ams.asset.delete" },
      permissions.missing(wanted("get", "delete"), rbac))
    assert.same({ "core.customer/o: core.team.get" }, permissions.missing(
      { ["core.customer"] = { o = { ["core.team"] = { "get" } } } }, rbac))
  end)

  it("compares whatever the order", function()
    assert.is_true(permissions.equal(wanted("a", "b"), wanted("b", "a", "b")))
    assert.is_false(permissions.equal(wanted "a", wanted("a", "b")))
  end)

  it("turns names into ids", function()
    assert.same({ ["core.project"] = { p1 = { f = { "get" } },
      other = { f = { "get" } } } },
      permissions.resolve({ ["core.project"] = { news = { f = { "get" } },
        other = { f = { "get" } } } },
        { ["core.project"] = { news = "p1" } }))
  end)
end)
