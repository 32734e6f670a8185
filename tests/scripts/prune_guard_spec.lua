--- `onboard --prune`: what it protects, in which order it removes things, and
--- what becomes of a run that fails.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local release = require "tests.support.release"
local world = require "tests.scripts.world"
local prunes = require "tests.support.prunes"

local ALL <const>, KARI <const>, NILS <const>, OLA <const> =
  prunes.ALL, prunes.KARI, prunes.NILS, prunes.OLA
local grown, less, prune, inventory =
  prunes.grown, prunes.less, prunes.prune, prunes.inventory
local members_of, team_of, refuses, rule =
  prunes.members_of, prunes.team_of, prunes.refuses, prunes.rule
local token =
  prunes.token

describe("onboard --prune protects", function()
  local function administrators(...)
    return { teams = { { name = "Administrators",
      members = json.array { ... } } } }
  end

  it("the last administrator", function()
    local here = flow.new()
    here:onboard {}
    local outcome, writes = prune(here, administrators(), "members", "--yes",
      "--myself")
    refuses(outcome, writes, "'" .. OLA .. "' is the last administrator")
    outcome, writes = prune(here, administrators { email = KARI }, "members",
      "--yes", "--myself")
    refuses(outcome, writes, "'" .. OLA .. "' is the last administrator")
    assert.same({ OLA }, members_of(here, "Administrators"))
  end)

  it("the last one when SPEC takes the rank from the other", function()
    local here = grown(administrators { email = KARI, isTeamAdmin = true })
    local outcome, writes = prune(here, administrators { email = KARI,
      isTeamAdmin = false }, "members", "--yes", "--myself")
    refuses(outcome, writes, "is the last administrator")
  end)

  it("oneself unless that is said, and then goes last", function()
    local here = grown()
    local spec = less()
    table.insert(spec.teams, { name = "Administrators",
      members = { { email = KARI, isTeamAdmin = true } } })
    local outcome, writes = prune(here, spec, ALL, "--yes")
    refuses(outcome, writes, "'" .. OLA .. "' is you, in the team "
      .. "'Administrators': --myself goes ahead")
    outcome = prune(here, spec, ALL, "--yes", "--myself")
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("- team            old\n- team member     Administrators/"
      .. OLA .. "\nSummary: ", outcome.out, 1, true)
    assert.same({ KARI }, members_of(here, "Administrators"))
  end)

  it("the team that gives the run its rights", function()
    local here = grown { teams = { { name = "root", members = {
      { email = KARI } }, scopes = { managementScope = { roles = {
      "administrator" } } } }, { name = "old" } } }
    local jwt
    world.change(here, function(api)
      jwt = api.model:login(KARI)
    end)
    here:write("kari.token", jwt)
    here:write("less.json", '{"teams": []}')
    local function run(...)
      return here:counted("--token-file", "kari.token", "onboard", "--prune",
        "teams", "--yes", ...)
    end
    local outcome, writes = run "less.json"
    refuses(outcome, writes,
      "you have rights by the team 'root': --myself goes ahead")
    outcome = run("--myself", "less.json")
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("- team            old\n- team            root\n",
      outcome.out, 1, true)
  end)

  it("the scopes that every organization needs", function()
    local here = flow.new()
    for _, name in ipairs { "Administrators", "Everyone" } do
      local outcome, writes = prune(here, { teams = { { name = name,
        scopes = {} } } }, "scopes", "--yes", "--myself")
      refuses(outcome, writes, ("the team '%s' needs the scope "
        .. "'allProjectsScope': name it in SPEC"):format(name))
    end
    local outcome = prune(here, { teams = { { name = "Everyone", scopes = {
      managementScope = { roles = { "user" } } } } } }, "scopes", "--yes")
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("- scope           Everyone/allProjectsScope\n",
      outcome.out, 1, true)
  end)

  it("tokens that are not its own, and the one that it uses", function()
    local here = grown { tokens = { token "day", token("night a", {
      ["core.customer"] = { ["Northlight Broadcasting"] = {
        ["core.customer"] = { "get" }, ["core.project"] = { "get" },
      } } }) } }
    world.change(here, function(api)
      local home = api:user(OLA):organization_id()
      local status = api:user(OLA):post("/user/tokens", { type = "full-access",
        description = "night full", organizationId = home })
      assert.equal(201, status)
      status = api:user(KARI):post("/user/tokens", { type = "restricted",
        description = "night kari", organizationId = home, permissions =
        { ["core.customer"] = { [home] = { ["core.team"] = { "get" } } } } })
      assert.equal(201, status)
    end)
    here:write("less.json", json.encode { tokens = json.array {},
      ownTokens = "*" })
    local outcome, writes = here:counted("--token-file", "night a.tok",
      "onboard", "--prune", "tokens", "--yes", "less.json")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(1, writes)
    assert.matches("mkrun: the token 'night a' stays, because this run uses it",
      outcome.err, 1, true)
    assert.equal(1, #here:live "night a")
    assert.equal(0, #here:live "day")
    assert.equal(1, #here:live "night full")
    assert.equal(1, #here:live "night kari")
  end)
end)

describe("onboard --prune writes in an order that", function()
  it("adds a member to the new team before the old one loses them", function()
    local here = grown { teams = { { name = "a", members = {
      { email = KARI } } }, { name = "b" } } }
    local outcome = prune(here, { teams = { { name = "a",
      members = json.array {} }, { name = "b", members = {
      { email = KARI } } } } }, "members", "--yes")
    assert.equal(0, outcome.code, outcome.err)
    local order = {}
    for name in outcome.err:gmatch "PATCH /api/v1/organization/teams/(%l)" do
      order[#order + 1] = name
    end
    assert.same({ "b", "a" }, order)
  end)

  it("deletes a team after the invites to it", function()
    local outcome = prune(grown(), less(), "teams,invites", "--yes")
    local invite = outcome.err:find("DELETE /api/v1/organization/invites", 1,
      true)
    local team = outcome.err:find("DELETE /api/v1/organization/teams", 1, true)
    assert.is_true(invite < team)
  end)

  it("removes nothing after a write that failed", function()
    local here = grown()
    local spec = less()
    spec.teams[1].description = "new"
    here:write("faults.json", json.encode { rules = json.array { {
      method = "PATCH", path = "/api/v1/organization/teams/desk",
      faults = json.array { { status = 409 } } } } })
    here:write("less.json", json.encode(spec))
    local before = inventory(here)
    local outcome = here:run("--faults", "faults.json", "onboard", "--prune",
      ALL, "--yes", "less.json")
    assert.equal(1, outcome.code)
    assert.same(before, inventory(here))
  end)

  it("removes nothing after an invite that failed", function()
    local here = grown()
    local spec = less()
    table.insert(spec.invites, { email = "new@x.example" })
    here:write("faults.json", json.encode { rules = json.array { {
      method = "POST", path = "/api/v1/organization/invites",
      faults = json.array { { status = 409 } } } } })
    here:write("less.json", json.encode(spec))
    local before = inventory(here)
    local outcome = here:run("--faults", "faults.json", "onboard", "--prune",
      ALL, "--yes", "less.json")
    assert.equal(1, outcome.code)
    assert.matches("--prune removed nothing, because a step before failed",
      outcome.err, 1, true)
    assert.same(before, inventory(here))
  end)
end)

describe("onboard --prune, when a removal fails,", function()
  it("tells so, does the others, and goes on the next time", function()
    local here = grown()
    here:write("faults.json", json.encode { rules = json.array { {
      method = "DELETE", path = "/api/v1/projects/news/webhook/rules/drop",
      faults = json.array { { status = 409 } } } } })
    here:write("less.json", json.encode(less()))
    local outcome = here:run("--faults", "faults.json", "onboard", "--prune",
      ALL, "--yes", "less.json")
    assert.equal(1, outcome.code)
    assert.matches("- invite          gone@x.example\n", outcome.out, 1, true)
    assert.not_matches("- team            old", outcome.out, 1, true)
    assert.matches("then stopped; run it again to go on.\n$", outcome.out)
    assert.matches("webhook/rules/drop: 409", outcome.err, 1, true)
    local again = prune(here, less(), ALL, "--yes")
    assert.equal(0, again.code, again.err)
    assert.matches("- webhook rule    news/drop\n- team            old\n",
      again.out, 1, true)
  end)
end)

describe("onboard --prune looks again right before, and", function()
  --- Runs it while somebody else sends `method` to `path` with `body` before
  --- this run reads `path` for the second time.
  local function meanwhile(path, method, body, kinds)
    local here = grown()
    here:write("less.json", json.encode(less()))
    here:write("body", body and json.encode(body) or "")
    local hook = ([[
      local http = require "mkrun.http"
      local request, seen = http.request, 0
      function http.request(options)
        if options.method == "GET" and options.url:find("%s", 1, true) then
          seen = seen + 1
          if seen == 1 then
            local other = {}
            for name, part in pairs(options) do other[name] = part end
            other.method = "%s"
            local body = io.open("body"):read "a"
            if body ~= "" then other.body = body end
            assert(request(other))
          end
        end
        return request(options)
      end]]):format(path, method)
    local outcome = here:run("-e", hook, here:unconfined "onboard", "--prune",
      kinds, "--yes", "less.json")
    return outcome, here
  end

  it("leaves alone a team that was changed", function()
    local outcome, here = meanwhile("/teams/old", "PATCH", { { op = "add",
      path = "/spec/description", value = "in use again" } }, "teams")
    assert.equal(1, outcome.code, outcome.err)
    assert.matches("! team            old: was changed since it was looked at: "
      .. "run it again\n", outcome.out, 1, true)
    assert.equal("in use again", team_of(here, "old").description)
  end)

  it("leaves alone a scope whose roles were changed", function()
    local outcome, here = meanwhile("/teams/desk", "PATCH", { { op = "add",
      path = "/spec/scopes/newsScope/roles/-", value = "reader" } },
      "members,scopes")
    assert.equal(1, outcome.code, outcome.err)
    assert.matches("- team member     desk/" .. NILS
      .. "\n! scope           desk/newsScope: was changed since it was looked "
      .. "at: run it again\n", outcome.out, 1, true)
    assert.same({ "user", "reader" },
      team_of(here, "desk").scopes.newsScope.roles)
  end)

  it("leaves alone a rule that was changed", function()
    local changed = rule "drop"
    changed.name, changed.url, changed.enabled = nil, "https://else.test/", true
    local outcome = meanwhile("/webhook/rules/drop", "PUT",
      { spec = changed }, "rules")
    assert.equal(1, outcome.code, outcome.err)
    assert.matches("! webhook rule    news/drop: was changed", outcome.out, 1,
      true)
    assert.matches("- webhook rule    news/hidden\n", outcome.out, 1, true)
  end)

  it("is content with what is gone", function()
    local outcome = meanwhile("/teams/old", "DELETE", nil, "teams")
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("= team            old: is gone\n", outcome.out, 1, true)
  end)
end)

describe("onboard --prune can be", function()
  it("planned and applied", function()
    local here = grown()
    here:write("less.json", json.encode(less()))
    local planned = here:run("--plan-out", "p", "onboard", "--prune", ALL,
      "less.json")
    assert.equal(3, planned.code, planned.err)
    local applied = here:run("--apply", "p")
    assert.equal(0, applied.code, applied.err)
    assert.matches("1 revoked, 6 removed.\n$", applied.out)
    assert.is_nil(team_of(here, "old"))
  end)

  it("applied only as long as what is to go is as it was", function()
    local here = grown()
    here:write("less.json", json.encode(less()))
    here:run("--plan-out", "p", "onboard", "--prune", ALL, "less.json")
    here:run("team", "old", "--add", KARI)
    local before = inventory(here)
    local applied = here:run("--apply", "p")
    assert.equal(2, applied.code, applied.err)
    assert.matches("nothing was written", applied.err, 1, true)
    assert.same(before, inventory(here))
  end)

  it("undone, but for tokens and the secrets of rules", function()
    local here = grown()
    here:write("less.json", json.encode(less()))
    local before = inventory(here)
    local outcome = here:run("--journal", "j", "onboard", "--prune", ALL,
      "--yes", "less.json")
    assert.equal(0, outcome.code, outcome.err)
    local undone = here:run("undo", "--yes", "j")
    assert.equal(0, undone.code, undone.err)
    assert.matches("a token that is revoked stays revoked", undone.err
      .. undone.out, 1, true)
    assert.matches("the secrets of the rule cannot be read", undone.err
      .. undone.out, 1, true)
    local left = {}
    for _, line in ipairs(before) do
      if line ~= "token night b" and line ~= "rule hidden" then
        left[#left + 1] = line
      end
    end
    assert.same(left, inventory(here))
    assert.equal("as it was", team_of(here, "old").description)
  end)

  it("told as data", function()
    local here = grown()
    here:write("less.json", json.encode(less()))
    local outcome = here:run("onboard", "--prune", ALL, "--yes", "--output",
      "json", "less.json")
    assert.equal(0, outcome.code, outcome.err)
    local outcomes = {}
    for _, row in ipairs(json.decode(outcome.out)) do
      outcomes[row.kind .. " " .. row.name] = row.outcome
    end
    assert.equal("removed", outcomes["team old"])
    assert.equal("revoked", outcomes["token night b"])
    assert.equal("removed", outcomes["team member desk/" .. NILS])
  end)

  it("recorded and replayed", function()
    local here = grown()
    here:write("less.json", json.encode(less()))
    local words = { "onboard", "--prune", "members,teams,scopes,rules,invites",
      "--yes", "less.json" }
    local recorded = here:run("--record", "r.har", table.unpack(words))
    assert.equal(0, recorded.code, recorded.err)
    local replayed = release.run({ "--replay", "r.har", table.unpack(words) },
      { cwd = here.folder })
    assert.equal(0, replayed.code, replayed.err)
    assert.equal(recorded.out, replayed.out)
  end)
end)

describe("onboard --prune shows names of strangers", function()
  local NAME <const> = "a\27[31m</script>`|@all\u{202e}\r\nmkrun: fine"

  it("without their control characters", function()
    local here = flow.new()
    local made = here:run("-e", ("local name = %q\n"):format(NAME) .. [[
      local org = require "mkio".connect {}
      local id = org:get().metadata.id
      org.teams:put(name, {})
      org.teams:put("desk", { scopes = {} })
      org.invites:create("a@x.example", { comment = name, teams = { name } })
      org.me.tokens:create { type = "restricted", description = name,
        organizationId = id, permissions = { ["core.customer"] = {
          [id] = { ["core.team"] = { "get" } } } } }]])
    assert.equal(0, made.code, made.err)
    local spec = { teams = json.array {}, invites = json.array {},
      tokens = json.array {}, ownTokens = "a*" }
    here:write("less.json", json.encode(spec))
    local told = ""
    for _, words in ipairs { {}, { "--at-most", "1" }, { "--yes" } } do
      local outcome = here:run("onboard", "--prune", "teams,invites,tokens",
        table.unpack({ "less.json", table.unpack(words) }))
      told = told .. outcome.err .. outcome.out
    end
    assert.matches("- team            a?[31m", told, 1, true)
    assert.not_matches("[\1-\9\11-\31\127]", told)
    assert.not_matches("\nmkrun: fine", told, 1, true)
    assert.not_matches("\u{202e}", told, 1, true)
    assert.is_nil(team_of(here, NAME))
  end)
end)
