local canned = require "tests.lua.mkio.canned"
local json = require "mkrun.json"
local long_wait = require "mkrun.host.long_wait"
local sys = require "mkrun.sys"

local path = "/api/v1/organization/invites"
local id = "41aa22bb-33cc-44dd-88ee-55ff66aa77bb"

local function invite(...)
  return { metadata = { id = id }, spec = { email = "Kari@partner.example",
    comment = "c", teams = json.array { ... } } }
end

local function ensure(answers, teams)
  local org, http = canned.connect(answers)
  local _, outcome, details = org.invites:ensure("kari@partner.example",
    { comment = "hello", teams = teams })
  return outcome, details, http
end

describe("invites:ensure", function()
  it("invites somebody new", function()
    local outcome, _, http = ensure({ ["GET " .. path] = canned.list(),
      ["POST " .. path] = canned.ok(invite "a", 201) }, { "a" })
    assert.equal("created", outcome)
    assert.is_false(http.seen[2].safe)
  end)

  it("leaves an open invite that names the teams", function()
    local outcome, _, http = ensure(
      { ["GET " .. path] = canned.list(invite("b", "a")) }, { "a" })
    assert.equal("unchanged", outcome)
    assert.same({}, canned.writes(http))
  end)

  it("sends nothing more after an answer that is wrong", function()
    local answers = { ["GET " .. path] = canned.list(invite "a"),
      ["DELETE " .. path .. "/" .. id] = canned.ok(nil),
      ["POST " .. path] = canned.ok("text", 201) }
    local org, http = canned.connect(answers)
    assert.error_matches(function()
      org.invites:ensure("kari@partner.example",
        { comment = "hello", teams = { "b" } })
    end, "answer to invites.create.*is withdrawn and not sent again")
    assert.same({ "DELETE " .. path .. "/" .. id, "POST " .. path },
      canned.writes(http))
  end)

  it("withdraws again what nobody answered, and says it when nobody does",
    function()
      local lost = { code = "timeout", message = "DELETE x: no answer" }
      local answers = { ["GET " .. path] = canned.list(invite "a"),
        ["DELETE " .. path .. "/" .. id] = { lost,
          canned.refused(404, "absent", "gone") },
        ["POST " .. path] = canned.ok(invite("a", "b"), 201) }
      assert.equal("changed", (ensure(answers, { "b" })))
      answers["DELETE " .. path .. "/" .. id] = lost
      assert.error_matches(function() ensure(answers, { "b" }) end,
        "Kari@partner.example' with 'a' may be withdrawn and not sent again")
    end)

  it("sends one that lacks a team anew, with the teams that it had",
    function()
      local outcome, details, http = ensure({
        ["GET " .. path] = canned.list(invite "a"),
        ["DELETE " .. path .. "/" .. id] = canned.ok(nil),
        ["POST " .. path] = canned.ok(invite("a", "b"), 201),
      }, { "b" })
      assert.equal("changed", outcome)
      assert.same({ "sent anew with 'b'" }, details)
      assert.same({ "a", "b" }, { table.unpack(
        http.seen[3].json.spec.teams) })
    end)

  it("leaves out a team that is gone, rather than lose the invite", function()
    local outcome, _, http = ensure({
      ["GET " .. path] = canned.list(invite("a", "old")),
      ["DELETE " .. path .. "/" .. id] = canned.ok(nil),
      ["POST " .. path] = { canned.refused(400, "no_team", "no team 'old'"),
        canned.ok(invite("a", "b"), 201) },
      ["GET /api/v1/organization/teams"] = canned.list(
        { metadata = { name = "a" } }, { metadata = { name = "b" } }),
    }, { "b" })
    assert.equal("changed", outcome)
    local sent = http.seen[#http.seen]
    assert.equal("POST " .. path, sent.key)
    assert.same({ "a", "b" }, { table.unpack(sent.json.spec.teams) })
  end)

  it("says what is lost when it cannot send the other one", function()
    local function fails(posts)
      local org, http = canned.connect {
        ["GET " .. path] = canned.list(invite "a"),
        ["DELETE " .. path .. "/" .. id] = canned.ok(nil),
        ["POST " .. path] = posts, ["GET /api/v1/organization/users"] =
          canned.list(),
      }
      local ok, problem = pcall(org.invites.ensure, org.invites,
        "kari@partner.example", { comment = "hello", teams = { "b" } })
      assert.is_false(ok)
      return tostring(problem), http
    end
    local lost = fails(canned.refused(500, "x", "no"))
    assert.matches("the invite to 'Kari@partner.example' with 'a' is withdrawn "
      .. "and not sent again", lost, 1, true)
    local kept, http = fails { canned.refused(400, "unknown_team", "no"),
      canned.ok(invite "a", 201) }
    assert.matches("400 no (unknown_team, ref f00d-1): the invite to "
      .. "'Kari@partner.example' with 'a' was withdrawn and is sent again as "
      .. "it was", kept, 1, true)
    local sent = http.seen[#http.seen].json.spec
    assert.same({ "a" }, { table.unpack(sent.teams) })
    assert.equal("c", sent.comment)
  end)

  it("does not take what it has withdrawn for the other one", function()
    local org = canned.connect {
      ["GET " .. path] = canned.list(invite "a"), -- the list lags behind
      ["DELETE " .. path .. "/" .. id] = canned.ok(nil),
      ["POST " .. path] = canned.refused(409, "already_invited", "no"),
      ["GET /api/v1/organization/users"] = canned.list(),
    }
    long_wait.use { sleep = function() end, is_simulated = true }
    finally(long_wait.use)
    assert.error(function()
      org.invites:ensure("kari@partner.example",
        { comment = "hello", teams = { "b" } })
    end)
  end)

  it("sends one that expired anew", function()
    local old = invite "a"
    old.metadata.created = sys.iso8601(math.floor(sys.now() - 15 * 86400))
    local outcome, details = ensure({
      ["GET " .. path] = canned.list(old),
      ["DELETE " .. path .. "/" .. id] = canned.refused(404, "gone", "no"),
      ["POST " .. path] = canned.ok(invite "a", 201),
    }, { "a" })
    assert.equal("changed", outcome)
    assert.same({ "sent anew, it had expired" }, details)
  end)

  it("looks before it believes that nothing was sent", function()
    local outcome, _, http = ensure({
      ["GET " .. path] = { canned.list(), canned.list(invite "a") },
      ["POST " .. path] = { code = "timeout", message = "POST x: no answer" },
    }, { "a" })
    assert.equal("created", outcome)
    assert.same({ "POST " .. path }, canned.writes(http))
  end)

  it("sends again when it looked and found nothing", function()
    local outcome, _, http = ensure({
      ["GET " .. path] = canned.list(),
      ["POST " .. path] = { { code = "closed", message = "POST x: closed" },
        canned.ok(invite "a", 201) },
    }, { "a" })
    assert.equal("created", outcome)
    assert.equal(2, #canned.writes(http))
  end)

  it("raises when nothing was sent", function()
    local ok, problem = pcall(ensure, {
      ["GET " .. path] = canned.list(),
      ["POST " .. path] = canned.refused(400, "bad_team", "no team 'a'"),
    }, { "a" })
    assert.is_false(ok)
    assert.equal("bad_team", problem.code)
  end)
end)
