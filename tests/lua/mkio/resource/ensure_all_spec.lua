--- `ensure_all` of each resource that has it, as a writer of flows calls it.

local flow = require "tests.scripts.flow"

local COMMON <const> = [[
local org = require "mkio".connect()
local function show(results)
  for i, result in ipairs(results) do
    print(i, result.outcome or "problem",
      result.problem and result.problem.code
        or table.concat(result.details, ","))
  end
  print("problem", results.problem and results.problem.code)
end
]]

--- Run a script in a sandbox that is kept; returns what it prints, and how many
--- requests wrote something.
local function run(here, code)
  here:write("flow.lua", COMMON .. code)
  local outcome, writes = here:counted "flow.lua"
  assert.equal(0, outcome.code, outcome.err)
  return outcome.out, writes, outcome.err
end

--- Fails unless the code first does, and then says, what is expected.
local function assert_twice(code, first, second)
  local here = flow.new()
  assert.equal(first, (run(here, code)))
  local out, writes, trace = run(here, code)
  assert.equal(second, out)
  assert.equal(0, writes)
  return here, trace
end

describe("teams:ensure_all", function()
  local WISHES <const> = [[show(org.teams:ensure_all {
    { name = "desk", description = "d", scopes = {
      allProjectsScope = { roles = { "reader" } } } },
    { name = "Administrators", description = "Everything" },
    { name = "late" } })]]

  it("creates, changes and leaves alone, by one list", function()
    local _, trace = assert_twice(WISHES,
      "1\tcreated\t\n2\tchanged\treplace description\n3\tcreated\t\n"
      .. "problem\tnil\n", "1\tunchanged\t\n2\tunchanged\t\n3\tunchanged\t\n"
      .. "problem\tnil\n")
    assert.equal(1, select(2, trace:gsub("GET /api", "")))
  end)

  it("gives the others' results when one is refused", function()
    assert.equal("1\tcreated\t\n2\tproblem\tprotected\n3\tcreated\t\n"
      .. "problem\tprotected\n", (run(flow.new(), [[show(org.teams:ensure_all {
        { name = "a" }, { name = "Administrators", members = {},
          scopes = { organizationScope = { roles = {} },
            managementScope = { roles = {} },
            allProjectsScope = { roles = {} } } }, { name = "b" } })]])))
  end)

  it("refuses a wish that it does not know, and two for one team", function()
    local out = run(flow.new(), [[
      print(pcall(org.teams.ensure_all, org.teams,
        { { name = "a", desciption = "x" } }))
      print(pcall(org.teams.ensure_all, org.teams,
        { { name = "a" }, { name = "a" } }))
      print(pcall(org.teams.ensure_all, org.teams, { { description = "x" } }))
      print(pcall(org.teams.ensure_all, org.teams, {}, { lmit = 3 }))]])
    assert.matches("at '/0/desciption': unknown key, did you mean "
      .. "'description'?", out, 1, true)
    assert.matches("two wishes for 'a'", out, 1, true)
    assert.matches("at '/0/name': string expected", out, 1, true)
    assert.matches("at '/lmit'", out, 1, true)
  end)

  it("refuses options of a wrong type before it sends anything", function()
    local _, _, trace = run(flow.new(), [[
      local function refused(given)
        local ok, why = pcall(org.teams.ensure_all, org.teams,
          { { name = "a" } }, given)
        assert(not ok and tostring(why):find("expected, got number", 1, true))
      end
      refused { told = 1 }
      refused { have = 1 }
      refused { before = 1 }
      refused { limit = 0.5 }]])
    assert.not_matches("/api/", trace, 1, true)
  end)
end)

describe("projects:ensure_all and webhooks:ensure_all", function()
  it("set up projects and their rules", function()
    assert_twice([[
      org.payment_methods:ensure_terms(
        org.payment_methods:choose().metadata.id)
      local wishes, rules = {}, {}
      for i = 1, 5 do
        wishes[i] = { name = "p" .. i, displayName = "P", locationName =
          "westeurope" }
        rules[i] = { name = "r" .. i, enabled = true,
          url = "https://h.example/" .. i,
          events = { "MediaKind.JobFinished" } }
      end
      show(org.projects:ensure_all(wishes))
      show(org:project "p3".webhooks:ensure_all(rules))]],
      ("1\tcreated\t\n2\tcreated\t\n3\tcreated\t\n4\tcreated\t\n"
        .. "5\tcreated\t\nproblem\tnil\n"):rep(2),
      ("1\tunchanged\t\n2\tunchanged\t\n3\tunchanged\t\n4\tunchanged\t\n"
        .. "5\tunchanged\t\nproblem\tnil\n"):rep(2))
  end)
end)

describe("invites:ensure_all", function()
  it("invites many, and sends anew what lacks a team", function()
    local code = [[
      org.teams:ensure("desk", {})
      local wishes = {}
      for i = 1, 20 do
        wishes[i] = { email = "g" .. i .. "@x.example", comment = "hi",
          teams = TEAMS }
      end
      local results = org.invites:ensure_all(wishes)
      local counts = {}
      for i, result in ipairs(results) do
        assert(result.wish == wishes[i])
        counts[result.outcome] = (counts[result.outcome] or 0) + 1
      end
      print(counts.created, counts.changed, counts.unchanged)]]
    local here = assert_twice((code:gsub("TEAMS", "nil")),
      "20\tnil\tnil\n", "nil\tnil\t20\n")
    assert.equal("nil\t20\tnil\n",
      (run(here, (code:gsub("TEAMS", "{'desk'}")))))
    assert.equal(20, #here:state().organizations[1].invites)
  end)
end)

describe("me.tokens:ensure_all", function()
  it("makes tokens, and stores each", function()
    local here = assert_twice([[
      local sys, id = require "mkrun.sys", org:get().metadata.id
      local wishes = {}
      for i = 1, 4 do
        wishes[i] = { request = { type = "restricted", organizationId = id,
          description = "t" .. i, permissions = {} },
          place = assert(sys.reserve("t" .. i .. ".token",
            { overwrite = true })) }
      end
      show(org.me.tokens:ensure_all(wishes))
      for _, wish in ipairs(wishes) do wish.place:close() end]],
      "1\tcreated\t\n2\tcreated\t\n3\tcreated\t\n4\tcreated\t\n"
        .. "problem\tnil\n",
      "1\tunchanged\t\n2\tunchanged\t\n3\tunchanged\t\n4\tunchanged\t\n"
        .. "problem\tnil\n")
    for i = 1, 4 do
      assert.same({ here:stored("t" .. i .. ".token") }, here:live("t" .. i))
    end
  end)

  local WISHES_FOR <const> = [[
    local id, place = org:get().metadata.id,
      assert(require "mkrun.sys".reserve("x.token", { overwrite = true }))
    local function wish(description)
      return { request = { type = "restricted", organizationId = id,
        description = description, permissions = {} }, place = place }
    end
  ]]

  it("refuses one place for two tokens", function()
    local here = flow.new()
    local out, writes = run(here, WISHES_FOR .. [[
      print(pcall(org.me.tokens.ensure_all, org.me.tokens,
        { wish "a", wish "b" }))]])
    assert.matches("two wishes for one place", out, 1, true)
    assert.equal(0, writes)
  end)

  it("leaves no token whose place cannot be used", function()
    local here = flow.new()
    local out = run(here, WISHES_FOR .. [[
      place:close()
      show(org.me.tokens:ensure_all { wish "a" })]])
    assert.matches("1\tproblem\tfile", out)
    assert.same({}, here:live "a")
  end)

  it("asks for one alone until one has succeeded", function()
    local here = flow.new()
    here:write("plan.json", [[{"rules": [{"method": "POST",
      "faults": [{"cut": "before"}]}]}]])
    here:write("flow.lua", COMMON .. [[
      local id, wishes = org:get().metadata.id, {}
      for i = 1, 8 do
        wishes[i] = { request = { type = "restricted", organizationId = id,
          description = "t" .. i, permissions = {} }, place = {} }
      end
      show(org.me.tokens:ensure_all(wishes))]])
    local outcome = here:run("--faults", "plan.json", "--trace", "flow.lua")
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("8\tproblem", outcome.out)
    for i = 2, 8 do assert.same({}, here:live("t" .. i)) end
    assert.is_true(select(2, outcome.err:gsub("POST /api", "")) < 8)
  end)
end)
