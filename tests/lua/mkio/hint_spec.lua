local canned = require "tests.lua.mkio.canned"
local json = require "mkrun.json"
local jwt = require "mkio.model.jwt"
local mkio = require "mkio"
local near = require "mkrun.rest.suggestion"
local secret = require "mkrun.secret"

local id = "5f1c0f52-0a52-4c9f-8a6f-0d8b3c7b2a10"
local teams = "/api/v1/organization/teams/"
local invites = "/api/v1/organization/invites"

--- The hint of the error that a call raises.
local function hint_of(call, ...)
  local ok, problem = pcall(call, ...)
  assert.is_false(ok)
  assert.is_true(mkio.Error.is(problem))
  return problem.hint
end

local function named(name) return { metadata = { name = name } } end

describe("the hint of a 403", function()
  local forbidden = canned.refused(403, "forbidden", "no")

  local function hint(rbac, roles)
    local org = canned.connect {
      ["DELETE " .. teams .. "x"] = forbidden,
      ["GET /api/v1/user/rbac"] = canned.ok { rbac = rbac },
      ["GET /api/v1/organization/roles"] = roles or forbidden,
    }
    return hint_of(org.teams.delete, org.teams, "x")
  end

  it("names the capability that is missing, and who has it", function()
    assert.equal("the token lacks core.team.delete; "
      .. "the role administrator has it; mkrun why-403 teams.delete tells more",
      hint({}, canned.list { metadata = { name = "administrator" },
        spec = { capabilities = json.array { "core.team.delete" } } }))
    assert.equal("the token lacks core.team.delete; mkrun why-403 "
      .. "teams.delete tells more", hint {})
  end)

  it("is left out when the answer that it needs is nonsense", function()
    assert.is_nil(hint({}, canned.list { metadata = { name = "r" },
      spec = { capabilities = 7 } }))
    assert.is_nil(hint { ["core.customer"] = "all" })
  end)

  it("says when the capability is held elsewhere", function()
    assert.equal("the token has core.team.delete, but not for this; "
      .. "mkrun why-403 teams.delete tells more", hint {
      ["core.customer"] = { [id] = { ["core.team"] = { "delete" } } } })
  end)
end)

describe("the hint of a 401", function()
  local function hint(claims)
    local http = canned.http { ["GET " .. teams .. "x"] =
      canned.refused(401, "unauthorized", "no") }
    local org = mkio.connect { base_url = "https://api.test", http = http,
      token = claims and secret.new(jwt.make(claims, ("x"):rep(32)), "t") }
    return hint_of(org.teams.get, org.teams, "x")
  end

  it("says when the token expired", function()
    assert.equal("this run's token expired at 2026-02-03T10:00:00Z: make a "
      .. "new one, and set MKIO_TOKEN or use --token-file",
      hint { exp = 1770112800 })
  end)

  it("says what else may be wrong", function()
    assert.equal("the token is revoked or not of this server",
      hint { exp = 4102444800 })
    assert.equal("set MKIO_TOKEN or use --token-file", hint())
  end)
end)

describe("the hint of a 404", function()
  local absent = canned.refused(404, "not_found", "not there")

  local function team_hint(name, ...)
    local org = canned.connect { ["GET " .. teams .. name] = absent,
      ["GET " .. teams:sub(1, -2)] = canned.list(...) }
    return hint_of(org.teams.get, org.teams, name)
  end

  it("names what is near", function()
    assert.equal("did you mean 'night-desk'?",
      team_hint("nigth-desk", named "Everyone", named "night-desk"))
    assert.equal("did you mean 'Editors' or 'editors'?",
      team_hint("EDITORS", named "editors", named "Editors"))
  end)

  it("names what there is, when that is little", function()
    assert.equal("there is 'Administrators' and 'Everyone'",
      team_hint("x", named "Administrators", named "Everyone"))
  end)

  it("looks for the project before what is in it", function()
    local rule = "GET /api/v1/projects/newz/webhook/rules/done"
    local answers = { [rule] = absent,
      ["GET /api/v1/projects"] = canned.list(named "news") }
    local org = canned.connect(answers)
    local rules = org:project("newz").webhooks
    assert.equal("did you mean 'news'?", hint_of(rules.get, rules, "done"))
    answers["GET /api/v1/projects"] = canned.list(named "newz")
    answers["GET /api/v1/projects/newz/webhook/rules"] =
      canned.list(named "job-done")
    org = canned.connect(answers)
    rules = org:project("newz").webhooks
    assert.equal("did you mean 'job-done'?", hint_of(rules.get, rules, "done"))
  end)

  it("knows that a name is no id", function()
    local org = canned.connect { ["GET " .. invites .. "/eva"] = absent }
    assert.equal("'eva' is no id", hint_of(org.invites.get, org.invites, "eva"))
  end)

  it("gives the id of a user who was named by address", function()
    local users = "GET /api/v1/organization/users"
    local org = canned.connect { [users .. "/eva%40b.example"] = absent,
      [users] = canned.list { metadata = { id = id },
        spec = { email = "Eva@b.example" } } }
    assert.equal("the id of eva@b.example is " .. id,
      hint_of(org.users.get, org.users, "eva@b.example"))
  end)

  it("costs nothing where nobody reads it", function()
    local org, http = canned.connect { ["GET " .. teams .. "x"] = absent }
    assert.is_nil(org.teams:find "x")
    assert.equal(1, #http.seen)
  end)
end)

describe("the hint of a 409", function()
  local function hint(open, members, extra)
    local refused = canned.refused(409, "conflict", "no")
    refused.body.error.extraDetail = extra
    local org = canned.connect { ["POST " .. invites] = refused,
      ["GET " .. invites] = canned.list(table.unpack(open)),
      ["GET /api/v1/organization/users"] =
        canned.list(table.unpack(members)),
      ["POST /api/v1/organization/reports/usage"] = refused,
    }
    if extra then
      return hint_of(org.usage, org,
        { startDate = "2026-01-01", endDate = "2026-02-01" })
    end
    return hint_of(org.invites.create, org.invites, "eva@partner.example",
      { comment = "x" })
  end

  local eva = { metadata = { id = id, created = "2026-02-03T10:00:00Z" },
    spec = { email = "Eva@partner.example" } }

  it("names the invite that is open", function()
    assert.equal("there is an open invite " .. id .. " of 2026-02-03",
      hint({ eva }, {}))
  end)

  it("says that somebody is a member", function()
    assert.equal("eva@partner.example is a member already", hint({}, { eva }))
    assert.is_nil(hint({}, {}))
  end)

  it("gives MK.IO's own particulars", function()
    assert.equal("limit 5, project news",
      hint({}, {}, { project = "news", limit = 5, deep = { 1 } }))
  end)
end)

describe("the hint of a 429", function()
  it("says which limit, and how long to wait", function()
    local http = { request = function()
      return { status = 429, headers = { ["retry-after"] = "30" }, body = "" }
    end }
    local org = mkio.connect { base_url = "https://api.test", http = http }
    assert.equal("MK.IO allows 2000 reads a minute for one organization, "
      .. "and fewer of some requests; it says to wait: 30",
      hint_of(org.teams.get, org.teams, "x"))
    local project = org:project "p"
    assert.matches("1000 writes a minute for one project",
      hint_of(project.set_metrics, project, true))
  end)
end)

describe("mkrun.rest.suggestion", function()
  it("puts the likest first, and three at most", function()
    assert.same({ "news", "newss", "newsy" },
      near.find("new", { "newsy", "newss", "other", "news", "newsroom" }))
    assert.same({}, near.find("x", { "abc" }))
    assert.same({}, near.find("x", {}))
  end)
end)
