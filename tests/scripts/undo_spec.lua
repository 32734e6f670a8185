local ending = require "tests.support.ending"
local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local release = require "tests.support.release"
local temp = require "tests.support.temp"

--- Lua that the steps of a spec begin with.
local HEAD <const> = [[
  local org = require "mkio".connect()
  local function id(name)
    return org.users:find(name .. "@northlight.example").metadata.id
  end
]]

--- Run Lua on the sandbox of a flow.
local function act(here, code, ...)
  local words = { ... }
  words[#words + 1] = "-e"
  words[#words + 1] = HEAD .. code
  local outcome = here:run(table.unpack(words))
  assert.equal(0, outcome.code, outcome.err)
end

local function undo(here)
  local outcome, writes = here:counted("undo", "--yes", "journal")
  assert.equal(0, outcome.code, outcome.err)
  return outcome, writes
end

--- What `code` does is undone, and then there is nothing left to do.
local function is_undone(before, code)
  local here = flow.new()
  act(here, before)
  local expected = ending.of(here:state())
  act(here, code, "--journal", "journal")
  assert.not_same(expected, ending.of(here:state()))
  local outcome = undo(here)
  assert.same(expected, ending.of(here:state()))
  local _, writes = undo(here)
  assert.equal(0, writes)
  return outcome
end

local DESK <const> = [[
  org.teams:ensure("desk", { description = "one",
    members = { [id "nils"] = { isTeamAdmin = true }, [id "kari"] = {} },
    scopes = { allProjectsScope = { roles = { "reader" } } } })
]]

local PROJECT <const> = [[
  local method = org.payment_methods:list()[1].metadata.id
  org.payment_methods:ensure_terms(method)
  org.projects:ensure("news", { displayName = "News",
    locationName = "westeurope", paymentMethodId = method })
]]

describe("undo takes back", function()
  it("a change of the organization", function()
    is_undone([[org:patch { legalEntityContactEmail = "a@x.test" }]],
      [[org:patch { legalEntityContactEmail = "b@x.test" }]])
  end)

  it("a team that was made", function()
    is_undone("org:get()", DESK)
  end)

  it("a team that was deleted", function()
    is_undone(DESK, [[org.teams:delete "desk"]])
  end)

  it("changes of a team, one after the other", function()
    is_undone(DESK, [[
      org.teams:ensure("desk", { description = "two",
        members = { [id "ola"] = { isTeamAdmin = true } },
        scopes = { allProjectsScope = { roles = { "user" } },
          managementScope = { roles = { "managementReader" } } } })
      org.teams:patch("desk", { { op = "remove",
        path = "/spec/members/" .. id "nils" } })
    ]])
  end)

  it("a team that was replaced", function()
    is_undone(DESK, [[
      org.teams:put("desk", { description = "new", members = {
        [id "ola"] = { isTeamAdmin = true } }, scopes = {} })
    ]])
  end)

  it("an invite that was sent, or cancelled", function()
    local send = [[org.invites:ensure("x@y.test", { comment = "c" })]]
    is_undone("org:get()", send)
    is_undone(send,
      [[org.invites:cancel(org.invites:find "x@y.test".metadata.id)]])
  end)

  it("a token that was made", function()
    is_undone("org:get()", [[
      org.me.tokens:create { type = "full-access", description = "t",
        organizationId = org:get().metadata.id,
        expireDate = require "mkrun.sys".iso8601(
          math.floor(os.time() + 1e6)) }
    ]])
  end)

  it("names of a payment method and of a project", function()
    is_undone(PROJECT, [[
      org.payment_methods:rename(org.payment_methods:list()[1].metadata.id,
        "new")
      org.projects:patch("news", { metadata = { displayName = "Other" },
        spec = { isActive = false } })
    ]])
  end)

  it("what was switched on", function()
    is_undone(PROJECT .. [[org.projects:patch("news",
      { spec = { isActive = false } }) ]],
      [[ org.projects:patch("news", { spec = { isActive = true } })
         org:project "news":set_metrics(true) ]])
    local here = flow.new()
    act(here, PROJECT)
    act(here, [[org:project "news":set_metrics(true)]], "--journal", "journal")
    here:run("--audit", "audit", "undo", "--yes", "journal")
    assert.matches('"sent":{"spec":{"enabled":false}}',
      temp.read(here.folder .. "/audit"), 1, true)
  end)

  it("a webhook rule that was made, changed or deleted", function()
    local rule = [[
      org:project "news".webhooks:put("rule", { enabled = %s,
        url = "https://hooks.test/", events = { "MediaKind.JobFinished" } })
    ]]
    is_undone(PROJECT, rule:format "true")
    is_undone(PROJECT .. rule:format "true", rule:format "false")
    is_undone(PROJECT .. rule:format "true",
      [[org:project "news".webhooks:delete "rule"]])
  end)
end)

--- A flow whose organization has a second payment method, the project "news",
--- and the token of an administrator.
local function with_two_methods()
  local here = flow.new()
  act(here, PROJECT)
  local state = here:state()
  local methods = state.organizations[1].paymentMethods
  local second = json.decode(json.encode(methods[1]))
  second.id = "5f1c0f52-0a52-4c9f-8a6f-0d8b3c7b2a99"
  methods[2] = second
  here:write("state.json", json.encode(state))
  return here, methods[1].id, second.id
end

describe("undo gives back", function()
  for _, active in ipairs { true, false } do
    it("a project its payment method, the project being "
      .. (active and "on" or "off"), function()
        local here, first, second = with_two_methods()
        act(here, ([[
          org.projects:patch("news", { spec = { isActive = %s } })
        ]]):format(active))
        act(here, ([[
          org:project "news":assign_payment_method "%s"
        ]]):format(second), "--journal", "journal")
        local function project()
          return here:state().organizations[1].projects[1]
        end
        assert.same({ second, true },
          { project().paymentMethodId, project().isActive })
        local outcome = undo(here)
        assert.matches("~ project         news", outcome.out, 1, true)
        assert.same({ first, active },
          { project().paymentMethodId, project().isActive })
        local _, writes = undo(here)
        assert.equal(0, writes)
      end)
  end

  it("the profile what it was, in both of its shapes", function()
    for _, code in ipairs {
      [[org.me:put_old_profile { name = "X", country = "NO",
        company = require "mkrun.json".null, jobrole = "Y",
        phonenumber = "1" }]],
      [[org.me:patch_profile { name = "X", jobRole = "Y" }]],
    } do
      local here = flow.new()
      act(here, "org:get()")
      local users = here:state().users
      act(here, code, "--journal", "journal")
      assert.not_same(users, here:state().users)
      undo(here)
      assert.same(users, here:state().users)
    end
  end)
end)

describe("undo", function()
  it("leaves alone what others changed since", function()
    local here = flow.new()
    act(here, DESK)
    act(here, [[org.teams:ensure("desk", { description = "two" })]],
      "--journal", "journal")
    act(here, [[
      org.teams:patch("desk", { { op = "add", path = "/spec/members/"
        .. id "ola", value = { isTeamAdmin = true } } })
    ]])
    undo(here)
    local team = here:state().organizations[1].teams[3]
    assert.equal("one", team.description)
    local size = 0
    for _ in pairs(team.members) do size = size + 1 end
    assert.equal(3, size)
  end)

  it("leaves alone what others changed in the same place", function()
    local here = flow.new()
    local RULE <const> = [[org:project "news".webhooks:put("%s", {
      enabled = %s, url = "https://hooks.test/", events = { "%s" } })]]
    local JOB <const> = "MediaKind.JobFinished"
    local function change(mail, name, rule, description)
      return ([[
        org:patch { legalEntityContactEmail = "%s@x.test" }
        org.payment_methods:rename(org.payment_methods:list()[1].metadata.id,
          "%s")
        org.teams:ensure("desk", { description = "%s" })
      ]]):format(mail, name, description) .. rule
    end
    act(here, PROJECT .. RULE:format("gone", "true", JOB)
      .. change("a", "a", RULE:format("rule", "true", JOB), "a"))
    act(here, change("b", "b", RULE:format("rule", "false", JOB)
      .. [[ org:project "news".webhooks:delete "gone"]], "b"),
      "--journal", "journal")
    act(here, change("c", "c", RULE:format("rule", "false",
      "MediaKind.JobStarted") .. RULE:format("gone", "false", JOB), "c"))
    local expected = ending.of(here:state())
    local outcome = here:run("undo", "--yes", "journal")
    assert.equal(1, outcome.code)
    local _, count =
      outcome.out:gsub("somebody else has changed it since", "")
    assert.equal(4, count)
    assert.matches("= webhook rule    news/gone", outcome.out, 1, true)
    assert.same(expected, ending.of(here:state()))
  end)

  it("says what cannot be undone, and undoes the rest", function()
    local here = flow.new()
    assert.equal(0,
      here:run("--journal", "journal", "onboard", flow.example).code)
    local outcome = undo(here)
    assert.matches('  ! project "evening-news"\n      a project cannot be '
      .. "deleted\n", outcome.err, 1, true)
    assert.matches("\n      accepted terms stay accepted\n", outcome.err, 1,
      true)
    assert.matches("Plan: 0 to create, 1 to change, 5 to delete, 2 to leave.",
      outcome.err, 1, true)
    local lines = {}
    for line in outcome.out:gmatch "[^\n]+" do lines[#lines + 1] = line end
    local summary, last = table.remove(lines), lines[#lines]
    table.sort(lines) -- they were made side by side, in any order
    assert.same({ "- invite          freelance@partner.example",
      "- team            auditors", "- team            night-desk",
      "- token           evening-news automation",
      "- webhook rule    evening-news/job-done",
      "~ organization    Northlight Broadcasting" }, lines)
    assert.equal("~ organization    Northlight Broadcasting", last)
    assert.equal("Summary: 0 created, 1 changed, 0 unchanged, 5 removed.",
      summary)
  end)

  it("does not put back a rule whose secrets nobody knows", function()
    local here = flow.new()
    here:run("onboard", flow.example)
    act(here, [[org:project "evening-news".webhooks:delete "job-done"]],
      "--journal", "journal")
    local outcome, writes = undo(here)
    assert.equal(0, writes)
    assert.matches('! webhook rule "evening-news/job-done"\n      the secrets '
      .. "of the rule cannot be read", outcome.err, 1, true)
  end)

  it("writes no text of which the journal hides a part", function()
    local here = flow.new()
    act(here, [[
      org.teams:ensure("gone", { description = "https://x.test/?page=1" })
      org.teams:ensure("other", { description = "https://x.test/?page=1" })
      org.invites:ensure("x@y.test", { comment = "https://x.test/?page=1" })
    ]])
    act(here, [[
      org.teams:delete "gone"
      org.teams:ensure("other", { description = "two" })
      org.teams:ensure("other", { description = "https://x.test/?page=2" })
      org.invites:cancel(org.invites:find "x@y.test".metadata.id)
    ]], "--journal", "journal")
    local outcome, writes = undo(here)
    assert.equal(0, writes)
    local _, count = outcome.err:gsub("it had a secret", "")
    assert.equal(4, count)
  end)

  it("removes what it made with a text that the journal hides", function()
    is_undone("org:get()", [[
      org.teams:ensure("desk", { description = "https://x.test/?page=1" })
      org.invites:ensure("x@y.test", { comment = "https://x.test/?page=1" })
    ]])
  end)

  it("says when nobody knows what became of a write", function()
    local here = flow.new()
    act(here, DESK, "--journal", "journal")
    local file <close> = io.open(here.folder .. "/journal", "a")
    file:write('{"write":2,"method":"POST","safe":false,'
      .. '"path":"/api/v1/user/tokens","body":{"description":"t"}}\n')
    file:close()
    assert.matches('! token "t"\n      no answer came, so nobody knows '
      .. "whether it happened", undo(here).err, 1, true)
  end)

  it("looks for what was made without an answer", function()
    local here = flow.new()
    act(here, "org:get()")
    local expected = ending.of(here:state())
    local DIE <const> = [[
      local journal = require "mkrun.journal".Journal
      function journal.outcome()
        os.execute("kill -KILL " .. require "mkrun.sys".getpid())
      end ]]
    for _, code in ipairs {
      [[org.invites:ensure("x@y.test", { comment = "c" })]], DESK } do
      for _, moment in ipairs { "outcome(", "intent(" } do
        here:remove "journal"
        here:run("--journal", "journal", "-e", HEAD
          .. DIE:gsub("outcome%(", moment) .. code)
        assert.equal(moment == "intent(",
          pcall(assert.same, expected, ending.of(here:state())))
        undo(here)
        assert.same(expected, ending.of(here:state()))
      end
    end
    act(here, [[org.invites:ensure("x@y.test", { comment = "mine" })]])
    here:write("journal", (temp.read(here.folder .. "/journal"):gsub(
      '{"body".*', '{"write":1,"method":"POST","safe":false,'
        .. '"path":"/api/v1/organization/invites","time":"'
        .. os.date("!%Y-%m-%dT%TZ") .. '","body":{"spec":{"comment":"c",'
        .. '"email":"x@y.test"}}}\n')))
    undo(here)
    assert.equal(1, #here:state().organizations[1].invites)
  end)

  it("leaves alone what the run has made and deleted again", function()
    local here = flow.new()
    act(here, DESK .. [[
      org.teams:ensure("desk", { description = "two" })
      org.teams:delete "desk"
      org.teams:ensure("desk", { description = "three" })
      org.invites:ensure("x@y.test", { comment = "c" })
      org.invites:cancel(org.invites:find "x@y.test".metadata.id)
    ]], "--journal", "journal")
    local outcome, writes = undo(here)
    assert.equal(1, writes)
    assert.equal("- team            desk\n"
      .. "Summary: 0 created, 0 changed, 0 unchanged, 1 removed.\n",
      outcome.out)
  end)

  it("puts back what the run has deleted and made anew", function()
    is_undone(DESK, [[
      org.teams:delete "desk"
      org.teams:ensure("desk", { description = "three" })
    ]])
  end)

  it("leaves what is somebody else's now", function()
    local here = flow.new()
    act(here, DESK .. [[org.teams:ensure("desk2", { description = "two" })]],
      "--journal", "journal")
    act(here, [[
      org.teams:delete "desk"
      org.teams:ensure("desk", { description = "one" })
      org.teams:ensure("desk2", { description = "three" })
    ]])
    local outcome = here:run("undo", "--yes", "journal")
    assert.equal(1, outcome.code)
    assert.equal("! team            desk2: somebody else has changed it since\n"
      .. "= team            desk\n"
      .. "Summary: 0 created, 0 changed, 1 unchanged, 1 failed.\n", outcome.out)
    assert.equal(4, #here:state().organizations[1].teams)
  end)

  it("leaves a member whom somebody else has changed, and no other", function()
    local here = flow.new()
    act(here, [[org.teams:ensure("team-x", { description = "one" })]])
    act(here, [[
      org.teams:ensure("team-x", { members = {
        [id "kari"] = { isTeamAdmin = false },
        [id "nils"] = { isTeamAdmin = false } } })
    ]], "--journal", "journal")
    here:run("team", "team-x", "--promote", "kari@northlight.example")
    local outcome = here:run("undo", "--yes", "journal")
    assert.equal(1, outcome.code)
    local changed = "! team            team-x: somebody else has changed it"
    assert.matches(changed, outcome.out, 1, true)
    local teams = here:run("team", "team-x", "--output", "json").out
    assert.matches("kari@northlight", teams, 1, true)
    assert.not_matches("nils@northlight", teams, 1, true)
  end)

  it("leaves a webhook rule that somebody else has changed", function()
    local here = flow.new()
    act(here, PROJECT)
    local rule = [[org:project "news".webhooks:put("rule", { enabled = %s,
      url = "https://hooks.test/?a=b", events = { "MediaKind.JobFinished" },
      authentication = { headers = { A = "secret-words" } } })]]
    act(here, rule:format "true", "--journal", "journal")
    act(here, rule:format "false")
    local outcome = here:run("undo", "--yes", "journal")
    assert.equal(1, outcome.code)
    assert.matches("somebody else has changed it since", outcome.out, 1, true)
    act(here, rule:format "true")
    undo(here)
    assert.equal(0, #here:state().organizations[1].projects[1].webhooks)
  end)

  it("takes only the roles of a scope that the run gave", function()
    local here = flow.new()
    act(here, [[org.teams:ensure("desk", { description = "one" })]])
    act(here, [[org.teams:ensure("desk", { scopes = {
      allProjectsScope = { roles = { "reader" } },
      managementScope = { roles = { "managementReader" } } } })]],
      "--journal", "journal")
    act(here, [[org.teams:ensure("desk", { scopes = {
      allProjectsScope = { roles = { "reader", "user" } } } })]])
    undo(here)
    local team = here:state().organizations[1].teams[3]
    assert.same({ allProjectsScope = { roles = { "user" } } }, team.scopes)
  end)

  it("leaves a token whose predecessor is revoked", function()
    local here = flow.new()
    here:run("onboard", flow.example)
    assert.equal(0, here:run("--journal", "journal", "rotate-tokens", "--file",
      "evening-news.token", "evening-news automation").code)
    local outcome, writes = undo(here)
    assert.equal(0, writes)
    assert.matches('! token "evening-news automation"\n      it is in the '
      .. "place of the one that it replaced\n", outcome.err, 1, true)
    assert.same({ here:stored "evening-news.token" },
      here:live "evening-news automation")
  end)

  it("leaves a token whose predecessor is leased", function()
    local here = flow.new()
    here:run("onboard", flow.example)
    assert.equal(0, here:run("--journal", "journal", "rotate-tokens", "--file",
      "evening-news.token", "--keep-old", "24h",
      "evening-news automation").code)
    local outcome, writes = undo(here)
    assert.equal(0, writes)
    assert.matches("it is in the place of the one that it replaced",
      outcome.err, 1, true)
    assert.equal(2, #here:live "evening-news automation")
  end)

  it("leaves a token that is stored in the place of one that is alive",
    function()
      local here = flow.new()
      here:run("onboard", flow.example)
      here:run("--journal", "journal", "-e", [[
        local tokens = require "mkio.resource.my_tokens"
        function tokens.revoke()
          os.execute("kill -KILL " .. require "mkrun.sys".getpid())
        end
      ]], here:unconfined "rotate-tokens", "--file", "evening-news.token",
        "evening-news automation")
      local outcome, writes = undo(here)
      assert.equal(0, writes)
      assert.matches("it is in the place of the one that it replaced",
        outcome.err, 1, true)
      assert.equal(2, #here:live "evening-news automation")
    end)

  it("goes on after what the API refuses", function()
    local here = flow.new()
    act(here, DESK)
    act(here, [[
      org.teams:ensure("desk", { description = "two" })
      org.teams:patch("desk", { { op = "remove",
        path = "/spec/members/" .. id "nils" } })
      org.invites:ensure("x@y.test", { comment = "c" })
    ]], "--journal", "journal")
    act(here, "org.users:remove(id 'nils')")
    local outcome = here:run("undo", "--yes", "journal")
    assert.equal(1, outcome.code)
    assert.matches("! team            desk: PATCH /api/v1/organization/teams/"
      .. "desk: 400 ", outcome.out, 1, true)
    assert.matches("Summary: 0 created, 1 changed, 0 unchanged, 1 removed, "
      .. "1 failed.\n", outcome.out, 1, true)
    assert.equal("one", here:state().organizations[1].teams[3].description)
  end)

  it("does not make members of users who were removed", function()
    local here = flow.new()
    act(here, DESK)
    assert.equal(0, here:run("--journal", "journal", "offboard", "--yes",
      "nils@northlight.example").code)
    local outcome, writes = undo(here)
    assert.equal(0, writes)
    assert.matches('! team "desk"\n      a user that was removed cannot be a '
      .. "member\n", outcome.err, 1, true)
  end)

  it("asks, and without a terminal does nothing", function()
    local here = flow.new()
    act(here, DESK, "--journal", "journal")
    local state = json.encode(ending.of(here:state()), { sort = true })
    for _, words in ipairs { { "undo", "journal" }, { "--undo", "journal" } } do
      local outcome = here:run(table.unpack(words))
      assert.not_equal(0, outcome.code)
      assert.matches('- team "desk"\n', outcome.err, 1, true)
      assert.matches("nothing was done", outcome.err, 1, true)
      assert.equal(state,
        json.encode(ending.of(here:state()), { sort = true }))
    end
  end)

  it("does not ask when there is nothing to do", function()
    local here = flow.new()
    act(here, DESK .. [[org.invites:ensure("x@y.test", { comment = "c" })]],
      "--journal", "journal")
    undo(here)
    local outcome = here:run("undo", "journal")
    assert.equal(0, outcome.code)
    assert.equal("= invite          x@y.test\n= team            desk\n"
      .. "Summary: 0 created, 0 changed, 2 unchanged.\n", outcome.out)
    assert.not_matches("desk", outcome.err, 1, true)
    assert.equal(0, here:run("--dry-run", "undo", "journal").code)
  end)

  it("is planned by --dry-run, which sends nothing", function()
    local here = flow.new()
    assert.equal(0,
      here:run("--journal", "journal", "onboard", flow.example).code)
    local state = here:state()
    for _, words in ipairs { { "undo", "journal" }, { "--undo", "journal" } } do
      local outcome = here:run("--dry-run", table.unpack(words))
      assert.equal(3, outcome.code, outcome.err)
      assert.matches("Plan: 0 to create, 1 to change, 5 to delete.",
        outcome.out, 1, true)
      assert.matches("! project         evening-news: a project cannot be "
        .. "deleted\n", outcome.err, 1, true)
      assert.same(state, here:state())
    end
  end)

  it("takes back what --apply did", function()
    local here = flow.new()
    act(here, DESK)
    local expected = ending.of(here:state())
    here:write("f.lua", HEAD .. [[org.teams:ensure("desk",
      { description = "two" })]])
    here:run("--plan-out", "plan", "f.lua")
    local outcome = here:run("--journal", "journal", "--apply", "plan")
    assert.equal(0, outcome.code, outcome.err)
    assert.not_same(expected, ending.of(here:state()))
    undo(here)
    assert.same(expected, ending.of(here:state()))
  end)

  it("refuses a journal of another organization", function()
    local here = flow.new()
    act(here, DESK, "--journal", "journal")
    local outcome =
      release.run({ "--sandbox=other.json", "export" }, { cwd = here.folder })
    assert.equal(0, outcome.code)
    here:write("state.json", temp.read(here.folder .. "/other.json"))
    outcome = here:run("undo", "--yes", "journal")
    assert.equal(2, outcome.code)
    assert.equal("mkrun: journal: is of a run in another organization\n",
      outcome.err)
    outcome = here:run("--resume", "journal", "-e", HEAD .. DESK)
    assert.equal(1, outcome.code)
    assert.matches("not sent, the journal is of a run in another organization",
      outcome.err, 1, true)
  end)

  it("refuses a journal of another place, and no journal", function()
    local here = flow.new()
    act(here, DESK, "--journal", "journal")
    local outcome = here:run("--base-url", "https://x.test", "undo", "--yes",
      "journal")
    assert.equal(2, outcome.code)
    assert.matches("journal: is of a run with --base-url", outcome.err, 1, true)
    assert.equal(2, here:run("undo", "nix").code)
    assert.equal(2, here:run("--undo", "journal", "onboard").code)
    assert.equal(2, here:run("--undo", "journal", "--resume", "j").code)
  end)
end)
