--- `onboard --prune`: removes what a SPEC does not name.

local bench = require "tests.support.bench"
local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local terminal = require "tests.scripts.terminal"
local prunes = require "tests.support.prunes"

local ALL <const>, KARI <const>, NILS <const>, OLA <const> =
  prunes.ALL, prunes.KARI, prunes.NILS, prunes.OLA
local grown, less, more, prune =
  prunes.grown, prunes.less, prunes.more, prunes.prune
local inventory, members_of, team_of, refuses =
  prunes.inventory, prunes.members_of, prunes.team_of, prunes.refuses
local project =
  prunes.project

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
    assert.not_matches("before it removes", outcome.err, 1, true)
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

  it("says how much it would write before that", function()
    local spec, here = less(), grown()
    spec.teams[1].description = "new"
    local one = prune(here, spec, "teams")
    assert.matches("mkrun: before it removes anything, it writes 1 thing that "
      .. "SPEC adds or changes: mkrun drift names it\n", one.err, 1, true)
    spec.invites[2] = { email = "more@x.example", teams = { "desk" } }
    local two = prune(here, spec, "teams")
    assert.matches("it writes 2 things that SPEC", two.err, 1, true)
    local done = prune(here, spec, "teams", "--yes")
    assert.equal(0, done.code, done.err)
    assert.not_matches("before it removes", done.err, 1, true)
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

  it("says which rules cannot be had again", function()
    local whole = prunes.more()
    local lost = { { "query", url = "https://hooks.test/?desk=7" },
      { "user", url = "https://me:pass@hooks.test/" },
      { "header", headers = { ["X-Api-Key"] = "k" } },
      { "parameter", queryParams = { token = "k" } } }
    for _, more_of in ipairs(lost) do
      local rule = prunes.rule(more_of[1])
      for key, member in pairs(more_of) do
        if key ~= 1 then rule[key] = member end
      end
      table.insert(whole.projects[1].webhooks, rule)
    end
    local outcome = prune(grown(whole), less(), "rules")
    for _, one in ipairs(lost) do
      assert.matches(('webhook rule "news/%s"\n      url: [^\n]*\n'
        .. "      its history goes too\n      cannot be undone\n")
        :format(one[1]), outcome.err)
    end
    assert.matches('"news/drop"\n      url: https://hooks.test/drop\n'
      .. "      its history goes too\n  -", outcome.err)
  end)

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
    assert.same(prunes.PREDEFINED, inventory(here))
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

describe("an open invite to a team whose members SPEC names", function()
  local GUEST <const> = "guest@x.example"

  --- A sandbox with two teams and an invite to some teams.
  local function invited(...)
    local here = grown { teams = { { name = "desk",
      members = { { email = KARI } } }, { name = "other" },
      { name = "Everyone" } },
      invites = { { email = GUEST, teams = json.array { ... } } } }
    return here
  end

  local function spec_of(...)
    return { teams = { { name = "desk", members = { { email = KARI }, ... } },
      { name = "other" } } }
  end

  local function drift_of(here, spec, ...)
    here:write("d.json", json.encode(spec))
    local outcome = here:run("drift", "--output=jsonl", "d.json", ...)
    local rows = {}
    for line in outcome.out:gmatch "[^\n]+" do
      local row = json.decode(line)
      if row.change then
        rows[#rows + 1] = row.change .. " " .. row.kind .. "/" .. row.name
      end
    end
    return rows
  end

  it("is a membership to come: drift names it, members takes it", function()
    local here = invited("desk", "other")
    assert.same({ "extra invites/" .. GUEST }, drift_of(here, spec_of()))
    local outcome, writes = prune(here, spec_of(), "members", "--yes")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(1, writes)
    assert.matches("- invite          " .. GUEST .. "\n", outcome.out, 1, true)
    assert.same({}, drift_of(here, spec_of()))
  end)

  it("stays if SPEC names the person, or says nothing of members", function()
    for _, case in ipairs { { { "desk" }, spec_of { email = GUEST } },
      { { "other" }, spec_of() }, { {}, spec_of() },
      { { "Everyone" }, { teams = { { name = "Everyone",
        members = json.array {} } } } },
      { { "desk" }, { teams = { { name = "desk" } } } } } do
      local here = invited(table.unpack(case[1]))
      assert.same({}, drift_of(here, case[2], "--only=invites/*"))
    end
  end)

  it("is not what --prune=invites is about without 'invites'", function()
    local outcome, writes = prune(invited "desk", spec_of(), "invites", "--yes")
    refuses(outcome, writes, "--prune=invites: SPEC has no 'invites'")
  end)

  it("goes with the patterns of the team and of its members", function()
    local here = invited "desk"
    for _, word in ipairs { "--only=teams/desk", "--only=members/desk/*",
      "--only=members/*/GUEST@x.example", "--only=invites/*",
      "--except=teams/other" } do
      assert.same({ "extra invites/" .. GUEST },
        drift_of(here, spec_of(), word), word)
    end
    for _, word in ipairs { "--only=teams/other", "--except=invites/guest@*",
      "--except=members/desk/guest@*", "--except=teams/desk" } do
      assert.same({}, drift_of(here, spec_of(), word), word)
    end
  end)

  it("stays, if 'ignore' leaves out all its teams", function()
    local spec = spec_of()
    spec.invites, spec.ignore = json.array {}, { "teams/oth*" }
    assert.same({}, drift_of(invited "other", spec))
    assert.same({ "extra invites/" .. GUEST },
      drift_of(invited("other", "desk"), spec))
    spec.ignore[2] = "members/desk/*"
    assert.same({}, drift_of(invited("other", "desk"), spec))
  end)
end)

describe("onboard --prune with a part of SPEC", function()
  for _, case in ipairs {
    { "--only=teams/old", "- team            old\n" },
    { "--only=members/desk/*", "- team member     desk/" .. NILS .. "\n" },
    { "--only=teams/desk", "- team member     desk/" .. NILS
      .. "\n- scope           desk/newsScope\n" },
    { "--only=webhooks/news/drop", "- webhook rule    news/drop\n" },
    { "--only=projects/news", "- webhook rule    news/drop\n"
      .. "- webhook rule    news/hidden\n" },
    { "--only=invites/gone@*", "- invite          gone@x.example\n" },
    { "--except=teams/*,projects/*,tokens/*", "" },
    { "--except=teams/desk,projects/*,tokens/*,members/*/*",
      "- invite          gone@x.example\n- team            old\n" },
  } do
    it("removes nothing else: " .. case[1], function()
      local outcome = prune(grown(), less(), ALL, "--yes", case[1])
      assert.equal(0, outcome.code, outcome.err)
      assert.equal(case[2], (outcome.out:gsub("[=~][^\n]*\n", "")
        :gsub("Summary[^\n]*\n", "")))
    end)
  end

  it("still keeps what the whole of it names", function()
    local here = grown()
    local outcome = prune(here, less(), "teams", "--yes", "--only=invites/*")
    assert.equal(0, outcome.code, outcome.err)
    assert.is_not_nil(team_of(here, "desk"))
    outcome = prune(here, less(), "teams", "--yes", "--except=teams/desk")
    assert.equal(0, outcome.code, outcome.err)
    assert.is_not_nil(team_of(here, "desk"))
    assert.is_nil(team_of(here, "old"))
  end)

  it("does not count on an administrator whom it leaves out", function()
    local outcome, writes = prune(flow.new(), { teams = { {
      name = "Administrators", members = { { email = KARI,
        isTeamAdmin = true } } } } }, "members", "--yes", "--myself",
      "--only=members/Administrators/ola@*")
    refuses(outcome, writes, "'" .. OLA .. "' is the last administrator")
  end)
end)

describe("onboard --prune with several files", function()
  it("keeps what any of them names", function()
    local here = grown()
    here:write("team.lua", [[
      return { teams = { { name = set.name, members = {} } } }
    ]])
    here:write("rules.json", [[{ // without the one that is hidden
      "projects": [{ "name": "news", "displayName": "News",
        "locationName": "westeurope", "webhooks": [{ "name": "drop",
          "url": "https://hooks.test/drop",
          "events": ["MediaKind.JobFinished"] }] }] }]])
    local outcome = prune(here, less(), "teams,rules,members", "--yes",
      "--set", "name=old", "team.lua", "rules.json")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal("- webhook rule    news/hidden\n- team member     old/"
      .. NILS .. "\n- team member     desk/" .. NILS
      .. "\n- invite          gone@x.example\n",
      (outcome.out:gsub("[=~][^\n]*\n", ""):gsub("Summary[^\n]*\n", "")))
    assert.is_not_nil(team_of(here, "old"))
  end)

  it("takes an empty list in one of them for a wish", function()
    local here = grown()
    here:write("none.json", '{"teams": []}')
    local outcome = prune(here, { invites = json.array {} }, "teams,invites",
      "--yes", "none.json")
    assert.equal(0, outcome.code, outcome.err)
    assert.is_nil(team_of(here, "desk"))
    assert.same({}, here:state().organizations[1].invites)
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
    ["--at-most: integer of 0 to 1000000 expected, got 'x'"] =
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
  it("is checked before SPEC is read", function()
    local outcome = flow.new():run("onboard", "--prune", "teams", "--at-most",
      "x", "none.json")
    assert.equal(2, outcome.code)
    assert.matches("--at-most: integer of 0 to", outcome.err, 1, true)
  end)

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
