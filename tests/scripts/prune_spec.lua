--- `onboard --prune`: removes what a SPEC does not name.

local bench = require "tests.support.bench"
local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local sys = require "mkrun.sys"
local terminal = require "tests.scripts.terminal"
local world = require "tests.scripts.world"

local ALL <const> = "members,teams,scopes,rules,invites,tokens"
local KARI <const>, NILS <const>, OLA <const> = "kari@northlight.example",
  "nils@northlight.example", "ola@northlight.example"

local RIGHTS <const> = { ["core.customer"] = {
  ["Northlight Broadcasting"] = { ["core.team"] = { "get" } } } }

local function token(name, rights)
  return { description = name, file = name .. ".tok",
    permissions = rights or RIGHTS }
end

local function rule(name, key)
  return { name = name, url = "https://hooks.test/" .. name,
    events = { "MediaKind.JobFinished" },
    authentication = key and { headers = { ["X-Key"] = key } } }
end

local function project(...)
  return { name = "news", displayName = "News", locationName = "westeurope",
    webhooks = json.array { ... } }
end

--- More than `less` names, with one of each kind.
local function more()
  return {
    paymentMethod = { displayName = "2026 contract", acceptTerms = true },
    projects = { project(rule "keep", rule "drop", rule("hidden", "geheim")) },
    teams = {
      { name = "desk", members = { { email = KARI }, { email = NILS } },
        scopes = { allProjectsScope = { roles = { "reader" } },
          newsScope = { roles = { "user" } } } },
      { name = "old", description = "as it was", members = { { email = NILS } },
        scopes = { newsScope = { roles = { "reader" } } } },
    },
    invites = { { email = "kept@x.example", teams = { "desk" } },
      { email = "gone@x.example", teams = { "old" } } },
    tokens = { token "night a", token "night b" },
  }
end

local function less()
  return {
    projects = { project(rule "keep") }, ownTokens = "night *",
    teams = { { name = "desk", members = json.array { { email = KARI } },
      scopes = { allProjectsScope = { roles = { "reader" } } } } },
    invites = json.array { { email = "kept@x.example", teams = { "desk" } } },
    tokens = json.array { token "night a" },
    paymentMethod = { displayName = "2026 contract", acceptTerms = true },
  }
end

--- A sandbox that has what `more` says.
local function grown(spec)
  local here = flow.new()
  local outcome = here:onboard(spec or more())
  assert.equal(0, outcome.code, outcome.err)
  return here
end

--- Runs `onboard --prune` with a SPEC, a Lua value, and more options.
local function prune(here, spec, kinds, ...)
  here:write("less.json", json.encode(spec))
  local words = { "onboard", "--prune", kinds, ... }
  words[#words + 1] = "less.json"
  return here:counted(table.unpack(words))
end

local function team_of(here, name)
  for _, team in ipairs(here:state().organizations[1].teams) do
    if team.name == name then return team end
  end
end

local function members_of(here, name)
  local emails, by_id = {}, {}
  for _, user in ipairs(here:state().users) do by_id[user.id] = user.email end
  for id in pairs(team_of(here, name).members) do
    emails[#emails + 1] = by_id[id]
  end
  table.sort(emails)
  return emails
end

--- Returns what there is, as "KIND NAME".
local function inventory(here)
  local organization, list = here:state().organizations[1], {}
  local function add(...) list[#list + 1] = table.concat({ ... }, " ") end
  for _, one in ipairs(organization.projects) do
    for _, hook in ipairs(one.webhooks) do add("rule", hook.name) end
  end
  for _, team in ipairs(organization.teams) do
    local count = 0
    for _ in pairs(team.members) do count = count + 1 end
    add("team", team.name, tostring(count))
    for scope in pairs(team.scopes) do add("scope", team.name, scope) end
  end
  for _, invite in ipairs(organization.invites) do
    add("invite", invite.email)
  end
  for _, one in ipairs(here:state().tokens) do
    if one.revoked == json.null and one.type == "restricted" then
      add("token", one.description)
    end
  end
  table.sort(list)
  return list
end

local PREDEFINED <const> = { "scope Administrators allProjectsScope",
  "scope Administrators managementScope", "scope Everyone allProjectsScope",
  "scope Everyone managementScope", "team Administrators 1",
  "team Everyone 3" }

local function refuses(outcome, writes, message)
  assert.equal(2, outcome.code, outcome.err)
  assert.equal(0, writes)
  assert.matches(message, outcome.err, 1, true)
end

describe("onboard --prune", function()
  it("removes what SPEC does not name, once", function()
    local here = grown()
    local outcome, writes = prune(here, less(), ALL, "--yes")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(6, writes)
    assert.equal([[
- webhook rule    news/drop
- webhook rule    news/hidden
- team member     desk/nils@northlight.example
- scope           desk/newsScope
- invite          gone@x.example
]], outcome.out:match "\n(%- webhook.-)%- token")
    assert.matches("%- token           night b: %x+%-%x+%-[%x-]+\n"
      .. "%- team            old\n"
      .. "Summary: 0 created, 0 changed, 7 unchanged, 1 revoked, 6 removed.\n$",
      outcome.out)
    local left = {}
    for _, line in ipairs(inventory(here)) do left[line] = true end
    assert.is_true(left["rule keep"] and left["team desk 1"]
      and left["invite kept@x.example"] and left["token night a"]
      and left["scope desk allProjectsScope"])
    for _, line in ipairs { "rule drop", "team old 1", "token night b",
      "invite gone@x.example", "scope desk newsScope" } do
      assert.is_nil(left[line], line)
    end

    local again, none = prune(here, less(), ALL, "--yes")
    assert.equal(0, again.code, again.err)
    assert.equal(0, none)
  end)

  it("shows what it would remove, and does nothing without a yes", function()
    local here = grown()
    local outcome, writes = prune(here, less(), ALL)
    refuses(outcome, writes, "mkrun: nothing was done: there is no terminal to "
      .. "ask on, and no --yes\n")
    assert.equal("", outcome.out)
    for _, text in ipairs {
      '  - webhook rule "news/drop"\n      url: https://hooks.test/drop\n',
      "      has secrets\n      its history goes too\n"
        .. "      cannot be undone\n",
      '  ~ team "desk"\n      - member: ' .. NILS
        .. "\n      - scope: newsScope (roles: 'user')\n",
      '  - team "old"\n      members: \'' .. NILS
        .. "'\n      scopes: 'newsScope'\n",
      '  - invite "gone@x.example"\n      teams: \'old\'\n      made 20',
      " by " .. OLA .. "\n", '  - token "night b"\n      id: ',
      "Plan: 0 to create, 1 to change, 5 to delete.\n",
    } do
      assert.matches(text, outcome.err, 1, true)
    end
    local planned = here:run("--dry-run", "onboard", "--prune", ALL,
      "less.json")
    assert.equal(3, planned.code, planned.err)
    local function sorted(text)
      local heads = bench.heads(text)
      table.sort(heads)
      return heads
    end
    assert.same(sorted(planned.out), sorted(outcome.err))
    assert.equal(6, #sorted(planned.out))
  end)

  for answer, gone in pairs { ["y\n"] = true, ["n\n"] = false } do
    it(("asks once on a terminal, and takes %q"):format(answer), function()
      if not terminal.works() then pending "needs a pseudo-terminal" end
      local here = grown()
      here:write("less.json", json.encode(less()))
      local outcome = terminal.run({ "--sandbox=state.json", "onboard",
        "--prune", ALL, "less.json" }, answer, { cwd = here.folder })
      local _, questions = outcome.out:gsub("Go on%? %[y/N%]", "")
      assert.equal(1, questions)
      assert.equal(gone and 0 or 2, outcome.code, outcome.out)
      assert.equal(gone, team_of(here, "old") == nil)
    end)
  end

  it("asks nothing where there is nothing to remove", function()
    local outcome = prune(grown(), more(), "teams,members,rules,scopes,invites")
    assert.equal(0, outcome.code, outcome.err)
  end)

  it("removes only the kinds that it is told", function()
    for kind, line in pairs { members = "team desk 2", teams = "team old 1",
      scopes = "scope desk newsScope", rules = "rule drop",
      invites = "invite gone@x.example", tokens = "token night b" } do
      local here = grown()
      local before = inventory(here)
      local outcome = prune(here, less(), kind, "--yes")
      assert.equal(0, outcome.code, outcome.err)
      local after, lost = {}, {}
      for _, one in ipairs(inventory(here)) do after[one] = true end
      for _, one in ipairs(before) do
        if not after[one] then lost[#lost + 1] = one end
      end
      assert.equal(line, lost[kind == "teams" and 2 or 1], kind)
      local expected = (kind == "teams" or kind == "rules") and 2 or 1
      assert.equal(expected, #lost, kind)
    end
  end)
end)

describe("onboard --prune takes an absent key for no wish, and", function()
  for kinds, message in pairs {
    teams = "--prune=teams: SPEC has no 'teams'",
    members = "--prune=members: no team of SPEC has 'members'",
    scopes = "--prune=scopes: no team of SPEC has 'scopes'",
    rules = "--prune=rules: no project of SPEC has 'webhooks'",
    invites = "--prune=invites: SPEC has no 'invites'",
    tokens = "--prune=tokens: SPEC needs 'tokens' and 'ownTokens'",
  } do
    it("refuses a SPEC without " .. kinds, function()
      local here = grown()
      local outcome, writes = prune(here, {}, kinds, "--yes")
      refuses(outcome, writes, message)
      local both = prune(here, { teams = { { name = "desk" } },
        projects = { { name = "news", displayName = "News",
          locationName = "westeurope" } }, ownTokens = "*" },
        "members,scopes,rules,invites,tokens", "--yes")
      assert.equal(2, both.code)
      local _, lines = both.err:gsub("mkrun: %-%-prune=", "")
      assert.equal(5, lines)
    end)
  end

  it("keeps what a team or project says nothing of", function()
    local spec = more()
    spec.teams[1].members, spec.teams[1].scopes = nil, nil
    spec.teams[2].members, spec.teams[2].scopes = json.array {}, {}
    spec.projects[1].webhooks = nil
    local here = grown()
    local outcome = prune(here, spec, "members,scopes", "--yes")
    assert.equal(0, outcome.code, outcome.err)
    assert.same({ KARI, NILS }, members_of(here, "desk"))
    assert.same({}, members_of(here, "old"))
    assert.is_not_nil(team_of(here, "desk").scopes.newsScope)
  end)

  it("takes an empty list for a wish", function()
    local here = grown()
    local outcome = prune(here, { teams = json.array {},
      invites = json.array {}, tokens = json.array {}, ownTokens = "night *",
      projects = { project() } }, "teams,invites,tokens,rules", "--yes")
    assert.equal(0, outcome.code, outcome.err)
    assert.same(PREDEFINED, inventory(here))
  end)

  it("leaves alone what 'ignore' names", function()
    local spec = less()
    spec.ignore = { "teams/old", "members/desk/nils@*", "tokens/night b",
      "webhooks/news/d*", "invites/*" }
    local here = grown()
    local outcome = prune(here, spec, ALL, "--yes")
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("0 changed, 6 unchanged, 2 removed.\n$", outcome.out)
    assert.not_matches("invite", outcome.out)
    assert.is_not_nil(team_of(here, "old"))
  end)
end)

describe("onboard --prune refuses wrong usage:", function()
  for message, words in pairs {
    ["--prune: there is no kind 'team', did you mean 'teams'?"] =
      { "--prune", "members,team" },
    ["--prune: there is no kind 'gizmos'; there is members, teams, scopes, "
      .. "rules, invites, tokens"] = { "--prune", "gizmos" },
    ["--prune: there is no kind ''"] = { "--prune=teams," },
    ["--at-most goes with --prune"] = { "--at-most", "3" },
    ["--yes goes with --prune"] = { "--yes" },
    ["--myself goes with --prune"] = { "--myself" },
    ["--at-most: integer of 0 to 1e+06 expected, got 'x'"] =
      { "--prune", "teams", "--at-most", "x" },
  } do
    it(message, function()
      local here = flow.new()
      here:write("spec.json", '{"teams": []}')
      table.insert(words, "spec.json")
      local outcome, writes = here:counted("onboard", table.unpack(words))
      refuses(outcome, writes, message)
    end)
  end
end)

describe("onboard --prune --at-most", function()
  --- Twelve teams that nothing names.
  local function many()
    local spec = { teams = {} }
    for i = 1, 12 do spec.teams[i] = { name = ("t%02d"):format(i) } end
    return grown(spec)
  end

  it("is 10, and no --yes goes past it", function()
    local here = many()
    local spec = { teams = { { name = "new" } },
      invites = json.array { { email = "new@x.example" } } }
    for _, words in ipairs { { "--yes" }, {} } do
      local outcome, writes = prune(here, spec, "teams,invites",
        table.unpack(words))
      refuses(outcome, writes, "mkrun: 12 teams to remove, which is more than "
        .. "--at-most 10: nothing was done (--at-most 12 goes ahead)\n"
        .. "mkrun: teams: 't01', 't02', ")
    end
  end)

  it("holds for a dry run and a plan, too", function()
    local here = many()
    here:write("less.json", '{"teams": []}')
    for _, word in ipairs { "--dry-run", "--plan-out=p" } do
      local outcome, writes = here:counted(word, "onboard", "--prune", "teams",
        "less.json")
      refuses(outcome, writes, "12 teams to remove")
    end
  end)

  it("lets through as many as it says", function()
    local outcome = prune(many(), { teams = json.array {} }, "teams", "--yes",
      "--at-most=12")
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("12 removed.\n$", outcome.out)
  end)

  it("counts each thing by its kind", function()
    local outcome, writes = prune(grown(), less(), ALL, "--yes", "--at-most=6")
    refuses(outcome, writes, "mkrun: 1 team member, 1 team, 1 scope of a team, "
      .. "2 webhook rules, 1 invite and 1 token to remove, which is more than "
      .. "--at-most 6: nothing was done (--at-most 7 goes ahead)\n"
      .. "mkrun: team members: 'desk/" .. NILS .. "'\nmkrun: teams: 'old'\n"
      .. "mkrun: scopes of teams: 'desk/newsScope'\n"
      .. "mkrun: webhook rules: 'news/drop' and 'news/hidden'\n")
  end)
end)

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
end)

describe("the last day of a member", function()
  --- The date of today and so many days.
  local function day(days)
    return sys.iso8601(math.floor(sys.now()) + days * 86400):sub(1, 10)
  end

  local function spec(kari, nils)
    return { teams = { { name = "desk", members = {
      { email = KARI, ["until"] = kari }, { email = NILS, ["until"] = nils },
      { email = "guest@x.example", ["until"] = kari } } } } }
  end

  it("lets onboard add and invite until it is over", function()
    local here = flow.new()
    local outcome = here:onboard(spec(day(-3), day(30)))
    assert.equal(0, outcome.code, outcome.err)
    assert.same({ NILS }, members_of(here, "desk"))
    assert.same({}, here:state().organizations[1].invites)
    assert.not_matches("until", outcome.err, 1, true)
    outcome = here:onboard(spec(day(3), day(30)))
    assert.same({ KARI, NILS }, members_of(here, "desk"))
    assert.equal(1, #here:state().organizations[1].invites)
    assert.matches(("mkrun: desk: %s until %s\n"):format(KARI, day(3)),
      outcome.err, 1, true)
    assert.not_matches(NILS .. " until", outcome.err, 1, true)
  end)

  it("is told when it is over, and removes no one by itself", function()
    local here = grown(spec(day(30), day(30)))
    local outcome, writes = here:onboard(spec(day(-3), day(30)))
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(0, writes)
    assert.matches(("mkrun: desk: %s until %s, which is over: --prune=members "
      .. "removes them\n"):format(KARI, day(-3)), outcome.err, 1, true)
    assert.same({ KARI, NILS }, members_of(here, "desk"))
  end)

  it("makes --prune=members remove members and their invites", function()
    local here = grown(spec(day(30), day(30)))
    local over = spec(day(-3), day(30))
    local outcome, writes = prune(here, over, "members")
    refuses(outcome, writes, "nothing was done")
    assert.matches(("      - member: %s (until %s, which is over)\n")
      :format(KARI, day(-3)), outcome.err, 1, true)
    assert.matches('  - invite "guest@x.example"\n      until '
      .. day(-3) .. ", which is over\n", outcome.err, 1, true)
    outcome = prune(here, over, "members", "--yes")
    assert.equal(0, outcome.code, outcome.err)
    assert.matches(("- team member     desk/%s: until %s, which is over\n")
      :format(KARI, day(-3)), outcome.out, 1, true)
    assert.same({ NILS }, members_of(here, "desk"))
    assert.same({}, here:state().organizations[1].invites)
    assert.same(0, select(2, prune(here, over, "members", "--yes")))
  end)

  it("is a date, of members only", function()
    local here = flow.new()
    for text, message in pairs {
      ['{"teams": [{"name": "a", "members": [{"email": "a@x.y", "until": '
        .. '"2026-02-30"}]}]}'] = "date (YYYY-MM-DD) expected",
      ['{"invites": [{"email": "a@x.y", "until": "2026-12-31"}]}'] =
        "at '/invites/0/until': unknown key",
    } do
      here:write("spec.json", text)
      local outcome = here:run("onboard", "spec.json")
      assert.equal(2, outcome.code)
      assert.matches(message, outcome.err, 1, true)
    end
  end)
end)
