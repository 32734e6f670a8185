--- What makes a plan stale, and what does not: for each flow that can be
--- planned, changes that none of its writes rests on, and changes that one
--- does.  Somebody else makes them between the plan and `--apply`.

local json = require "mkrun.json"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local sys = require "mkrun.sys"
local temp = require "tests.support.temp"

local EXAMPLE = shell.output "pwd" .. "/scripts/examples/onboard.json"
local TOKEN <const> = "canary-0b3f6c1a"
local LONG_AGO <const>, LATER <const> =
  "2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z"

-- Looking into the state of the sandbox ---------------------------------------

local function home(state) return state.organizations[1] end

local function find(list, member, value)
  for i, item in ipairs(list) do
    if item[member] == value then return item, i end
  end
  error(("no %s '%s'"):format(member, value))
end

local function drop(list, member, value)
  table.remove(list, select(2, find(list, member, value)))
end

local function copy(item)
  return json.decode(json.encode(item))
end

--- Adds a copy of the first item of a list, with these members.
local function add(list, members)
  local item = copy(list[1])
  item.id = sys.uuid()
  for name, value in pairs(members) do item[name] = value end
  list[#list + 1] = item
  return item
end

local function user_id(state, email)
  return find(state.users, "email", email).id
end

--- Whoever joins is in the team Everyone.
local function add_user(state, email)
  local user = add(state.users, { email = email, name = email })
  table.insert(home(state).members, user.id)
  find(home(state).teams, "name", "Everyone").members[user.id] =
    { isTeamAdmin = false }
end

local function remove_user(state, email)
  local id = user_id(state, email)
  for i, member in ipairs(home(state).members) do
    if member == id then table.remove(home(state).members, i) break end
  end
  for _, team in ipairs(home(state).teams) do team.members[id] = nil end
end

local function add_team(state, name, members)
  local team = add(home(state).teams, { name = name, description = name,
    members = json.object {}, scopes = json.object {} })
  for _, email in ipairs(members or {}) do
    team.members[user_id(state, email)] = { isTeamAdmin = false }
  end
end

local function add_project(state, name)
  local added = add(home(state).projects, { name = name,
    displayName = name, webhooks = json.array {} })
  add(home(state).scopes, { name = name .. "Scope",
    resources = json.array { { id = added.id, type = "core.project" } } })
  return added
end

local function add_invite(state, email)
  add(home(state).invites, { email = email, teams = json.array {} })
end

local function add_token(state, email, description)
  return add(state.tokens, { description = description, expires = LATER,
    type = "restricted",
    userId = user_id(state, email), digest = sys.sha256(sys.uuid()),
    revoked = json.null })
end

local function team(state, name)
  return find(home(state).teams, "name", name)
end

local function project(state, name)
  return find(home(state).projects, "name", name)
end

-- Changes that concern nobody -------------------------------------------------

--- What is there besides, that no plan is about.
local function add_bystanders(state)
  add_user(state, "by@stander.example")
  add_team(state, "bystanders", { "by@stander.example" })
  local rule = copy(home(state).projects[1].webhooks[1])
  rule.id = sys.uuid()
  add_project(state, "by-project").webhooks[1] = rule
  add_invite(state, "by@invited.example")
  add_invite(state, "by@withdrawn.example")
  add_token(state, "by@stander.example", "by token")
  add_token(state, "by@stander.example", "by revoked")
  add(home(state).paymentMethods, { displayName = "by contract" })
  add(state.roles, { name = "by role" })
end

local UNRELATED <const> = {
  function(s) add_user(s, "new@stander.example") end,
  function(s) find(s.users, "email", "nils@northlight.example").name = "N" end,
  function(s) remove_user(s, "by@stander.example") end,
  function(s) add_team(s, "new bystanders", { "new@stander.example" }) end,
  function(s) team(s, "bystanders").description = "other" end,
  function(s)
    local new = { isTeamAdmin = false }
    team(s, "auditors").members[user_id(s, "new@stander.example")] = new
    team(s, "night-desk").members[user_id(s, "new@stander.example")] = new
  end,
  function(s) project(s, "by-project").displayName = "O" end,
  function(s) project(s, "by-project").webhooks = json.array {} end,
  function(s) add_project(s, "new-project") end,
  function(s) add_invite(s, "new@invited.example") end,
  function(s) drop(home(s).invites, "email", "by@withdrawn.example") end,
  function(s) add_token(s, "new@stander.example", "new token") end,
  function(s)
    find(s.tokens, "description", "by revoked").revoked = LONG_AGO
  end,
  function(s)
    find(home(s).paymentMethods, "displayName", "by contract").isActive = false
  end,
  function(s) find(s.roles, "name", "by role").name = "by other role" end,
  function(s) home(s).spec.legalEntityOfficer = "Somebody New" end,
  function(s) home(s).updated = LATER end,
}

--- Changes of what a plan is not about that looks at all teams, invites and
--- tokens.
local ELSEWHERE <const> = {
  function(s) add_user(s, "new@stander.example") end,
  function(s) find(s.users, "email", "nils@northlight.example").name = "N" end,
  function(s) project(s, "by-project").displayName = "O" end,
  function(s) project(s, "by-project").webhooks = json.array {} end,
  function(s) add_project(s, "new-project") end,
  function(s) add_token(s, "new@stander.example", "new token") end,
  function(s) home(s).spec.legalEntityOfficer = "Somebody New" end,
  function(s) team(s, "night-desk").description = "other" end,
}

-- The flows -------------------------------------------------------------------

local function rename(list_of, name, other)
  return function(s) find(list_of(s), "name", name).name = other end
end

local function scopes(s) return home(s).scopes end
local function roles(s) return s.roles end
local function teams(s) return home(s).teams end

local function describe_team(name, text)
  return function(s) team(s, name).description = text end
end

local KARI <const>, ZZ <const> = "kari@northlight.example",
  "zz@partner.example"
local JOB <const> = "evening-news automation"

---@class tests.StaleCase
---@field files? table<string, string>
---@field begin? fun(state: table)   before the plan
---@field [integer] string           the words of the flow
---@field related table[]            {change, what --apply says}
---@field is_whole? boolean           the plan looks at whole lists

---@type table<string, tests.StaleCase>
local CASES <const> = {
  onboard = { "onboard", "late.json", files = { ["late.json"] = [[{
    "projects": [{"name": "late-news", "displayName": "Late News",
      "locationName": "westeurope", "paymentMethod": "2026 contract"}],
    "teams": [
      {"name": "late-desk", "description": "late",
        "scopes": {"evening-newsScope": {"roles": ["user"]},
          "allProjectsScope": {"roles": ["reader"]}},
        "members": [{"email": "kari@northlight.example"}]},
      {"name": "Everyone", "members": [{"email": "kari@northlight.example"}]},
      {"name": "night-desk", "members": [{"email": "kari@northlight.example"},
        {"email": "ola@northlight.example"}]},
      {"name": "auditors", "description": "May look at everything",
        "scopes": {"managementScope": {"roles": ["managementReader"]}}}],
    "invites": [{"email": "zz@partner.example", "teams": ["night-desk"]},
      {"email": "nils@northlight.example"}],
    "tokens": [{"description": "late job", "file": "late.token", "days": 9,
      "permissions": {"core.project": {"evening-news":
        {"core.project": ["get"]}}}}]}]] },
    related = {
      { rename(roles, "user", "member"),
        "role user is gone (the plan is to create team late-desk)" },
      { function(s)
          table.remove(find(s.roles, "name", "user").capabilities)
        end, "role user: capabilities was [" },
      { rename(scopes, "evening-newsScope", "x"), "scope evening-newsScope is "
        .. "gone (the plan is to create team late-desk)" },
      { function(s)
          find(scopes(s), "name", "evening-newsScope").resources[2] =
            { id = project(s, "by-project").id, type = "core.project" }
        end, "scope evening-newsScope: resources was [" },
      { function(s) remove_user(s, KARI) end,
        "user " .. KARI .. " is gone (the plan is to create team late-desk)" },
      { function(s) find(s.users, "email", KARI).email = "k@x.example" end,
        "user " .. KARI .. ": email was '" .. KARI .. "', is 'k@x.example'" },
      { function(s) add_team(s, "late-desk") end,
        "team late-desk is there by now (the plan is to create it)" },
      { function(s) add_invite(s, "ZZ@partner.example") end,
        "invite ZZ@partner.example is there by now "
          .. "(the plan is to create invite "
          .. ZZ .. ")" },
      { function(s) add_user(s, ZZ) end,
        "user " .. ZZ .. " is there by now "
          .. "(the plan is to create invite " .. ZZ },
      { function(s) add_project(s, "late-news") end,
        "project late-news is there by now (the plan is to create it)" },
      { function(s) home(s).paymentMethods[1].isActive = false end,
        "payment method 2026 contract: status.isActive was true, is false "
          .. "(the plan is to create project late-news)" },
      { function(s)
          find(s.locations, "name", "westeurope").name = "northpole"
        end, "location westeurope is gone (the plan is to create project "
          .. "late-news)" },
      { function(s) add_token(s, "ola@northlight.example", "late job") end,
        "token late job is there by now (the plan is to create it)" },
      { rename(teams, "night-desk", "day-desk"),
        "team night-desk is gone (the plan is to change it)" },
      { describe_team("auditors", "x"), "team auditors: description was 'May "
        .. "look at everything', is 'x' (the plan leaves it as it is)" },
      { function(s)
          team(s, "auditors").scopes.managementScope.roles = json.array {}
        end, "team auditors: scopes.managementScope.roles was "
          .. '["managementReader"], is [] (the plan leaves it as it is)' },
      { function(s)
          team(s, "Everyone").members[user_id(s, KARI)].isTeamAdmin = true
        end, "team Everyone: members." .. KARI .. " was 'member', is 'team "
          .. "administrator' (the plan leaves it as it is)" },
      { function(s)
          team(s, "night-desk").members[user_id(s, "ola@northlight.example")] =
            { isTeamAdmin = true }
        end, "team night-desk: members.ola@northlight.example is new: 'team "
          .. "administrator' (the plan is to change it)" },
      { function(s) remove_user(s, "nils@northlight.example") end,
        "user nils@northlight.example is gone (the plan leaves it as it is)" },
    } },

  ["onboard --prune"] = { "onboard", "--yes",
    "--prune=teams,members,rules,invites,tokens", "whole.json", files = {
      ["whole.json"] = [[{"ownTokens": "evening-*",
        "projects": [{"name": "evening-news", "displayName": "Evening News",
          "locationName": "westeurope", "webhooks": []}],
        "teams": [{"name": "night-desk", "members": [
          {"email": "kari@northlight.example", "isTeamAdmin": true}]}],
        "invites": [], "tokens": []}]] },
    begin = function(s)
      for _, name in ipairs { "undone", "bystanders" } do
        drop(home(s).teams, "name", name)
      end
    end,
    is_whole = true,
    related = {
      { function(s) add_team(s, "extra") end,
        "team extra is there by now (the plan rests on "
          .. "there being no new one)" },
      { function(s) add_invite(s, ZZ) end,
        "invite " .. ZZ .. " is there by now (the plan rests on there being "
          .. "no new one)" },
      { function(s)
          add_token(s, "ola@northlight.example", "evening-other")
        end, "token evening-other is there by now (the plan rests on "
          .. "there being no new one)" },
      { function(s)
          add(home(s).projects[1].webhooks, { name = "late" })
        end, "webhook rule evening-news/late is there by now "
          .. "(the plan rests on " },
      { function(s)
          team(s, "night-desk").members[user_id(s, "ola@northlight.example")] =
            { isTeamAdmin = false }
        end, "team night-desk: members.ola@northlight.example is new: 'member'"
          .. " (the plan is to change it)" },
      { function(s)
          team(s, "auditors").members[user_id(s, KARI)] =
            { isTeamAdmin = false }
        end, "team auditors: members." .. KARI .. " is new: 'member' (the plan "
          .. "is to delete it)" },
    } },

  ["onboard --prune=members"] = { "onboard", "--yes", "--prune=members",
    "desk.json", files = { ["desk.json"] = [[{"teams": [
      {"name": "night-desk", "members": [
        {"email": "kari@northlight.example", "isTeamAdmin": true}]}]}]] },
    is_whole = true,
    related = {
      { function(s)
          add(home(s).invites, { email = ZZ,
            teams = json.array { "night-desk" } })
        end, "invite " .. ZZ .. " is there by now "
          .. "(the plan rests on there being no new "
          .. "one)" },
    } },

  ["onboard --prune --only"] = { "onboard", "--yes", "--prune=members",
    "--only=members/*/nils@northlight.example", "two.json", files = {
      ["two.json"] = [[{"teams": [
        {"name": "night-desk", "members": [
          {"email": "kari@northlight.example"}]},
        {"name": "auditors", "members": [
          {"email": "kari@northlight.example"}]}]}]] },
    begin = function(s)
      team(s, "auditors").members = json.object {}
      team(s, "night-desk").members[user_id(s, "nils@northlight.example")] =
        { isTeamAdmin = false }
    end,
    is_whole = true,
    related = {
      { function(s)
          team(s, "auditors").members[user_id(s, "nils@northlight.example")] =
            { isTeamAdmin = false }
        end, "team auditors: members.nils@northlight.example is new: 'member'"
          .. " (the plan leaves it as it is)" },
    } },

  invite = { "invite", "guests.csv", files = { ["guests.csv"] =
    "email,teams\nzz@partner.example,auditors\nkari@northlight.example,\n" },
    related = {
      { function(s) add_invite(s, ZZ) end,
        "invite " .. ZZ .. " is there by now (the plan is to create it)" },
      { function(s) add_user(s, ZZ) end, "user " .. ZZ .. " is there by now" },
      { rename(teams, "auditors", "x"),
        "team auditors is gone (the plan is to create invite " .. ZZ .. ")" },
      { function(s) remove_user(s, KARI) end,
        "user " .. KARI .. " is gone (the plan leaves it as it is)" },
      { function(s) home(s).spec.name = "Northlight" end, "organization "
        .. "Northlight Broadcasting: name was 'Northlight Broadcasting', is "
        .. "'Northlight' (the plan is to create invite " .. ZZ .. ")" },
    } },

  offboard = { "offboard", "--yes", KARI,
    begin = function(s) add_token(s, KARI, "kari's job") end,
    related = {
      { function(s) add_team(s, "extra", { KARI }) end,
        "team extra is there by now "
          .. "(the plan is to delete user " .. KARI .. ")" },
      { function(s) add_token(s, KARI, "another job") end,
        "token another job is there by now "
          .. "(the plan is to delete user " .. KARI },
      { function(s) add_invite(s, KARI) end,
        "invite " .. KARI .. " is there by now "
          .. "(the plan is to delete user " .. KARI },
      { function(s)
          find(s.tokens, "description", "kari's job").revoked = LONG_AGO
        end, "token kari's job: revoked was null, is '" .. LONG_AGO
          .. "' (the plan is to delete it)" },
      { function(s)
          team(s, "night-desk").members[user_id(s, KARI)].isTeamAdmin = false
        end, "team night-desk: members." .. KARI .. " was 'team "
          .. "administrator', is 'member' (the plan is to change it)" },
      { function(s) remove_user(s, KARI) end,
        "user " .. KARI .. " is gone (the plan is to delete it)" },
    } },

  team = { "team", "auditors", "--add", KARI, "--grant", "user", "--scope",
    "evening-newsScope",
    related = {
      { function(s)
          team(s, "auditors").scopes["evening-newsScope"] =
            { roles = json.array { "reader" } }
        end, "team auditors: scopes.evening-newsScope.roles is new: "
          .. '["reader"] (the plan is to change it)' },
      { rename(teams, "auditors", "x"), "team auditors is gone" },
      { rename(roles, "user", "member"),
        "role user is gone (the plan is to change team auditors)" },
      { rename(scopes, "evening-newsScope", "x"),
        "scope evening-newsScope is gone (the plan is to change team" },
      { function(s) remove_user(s, KARI) end,
        "user " .. KARI .. " is gone (the plan is to change team auditors)" },
    } },

  ["token create"] = { "token", "create", "job", "--permissions", "p.json",
    "--file", "job.token", files = { ["p.json"] = [[{"core.customer": {
      "Northlight Broadcasting": {"core.team": ["get"]}}}]] },
    related = {
      { function(s) add_token(s, "ola@northlight.example", "job") end,
        "token job is there by now (the plan is to create it)" },
    } },

  ["token revoke"] = { "token", "revoke", "--yes", JOB,
    related = {
      { function(s) find(s.tokens, "description", JOB).revoked = LONG_AGO end,
        "token " .. JOB .. ": revoked was null, is '" },
    } },

  ["rotate-tokens"] = { "rotate-tokens", "--file", "evening-news.token", JOB,
    related = {
      { function(s) find(s.tokens, "description", JOB).expires = LATER end,
        "token " .. JOB .. ": expires was '" },
      { function(s) add_token(s, "ola@northlight.example", JOB) end,
        "token " .. JOB .. " is there by now (the plan is to create it)" },
    } },

  webhooks = { "webhooks", "--prune", "--yes", "evening-news", "rules.json",
    files = { ["rules.json"] = [=[[{"name": "late",
      "url": "https://hooks.northlight.example/late",
      "events": ["MediaKind.JobFinished"]}]]=] },
    related = {
      { function(s)
          home(s).projects[1].webhooks[1].spec.enabled = false
        end, "webhook rule evening-news/job-done: enabled was true, is false "
          .. "(the plan is to delete it)" },
      { function(s) table.remove(home(s).projects[1].webhooks) end,
        "webhook rule evening-news/job-done is gone" },
      { function(s)
          local rules = home(s).projects[1].webhooks
          add(rules, { name = "late" })
        end, "webhook rule evening-news/late is there by now "
          .. "(the plan is to create" },
      { function(s)
          add(home(s).projects[1].webhooks, { name = "surplus" })
        end, "webhook rule evening-news/surplus is there by now "
          .. "(the plan rests on " },
    } },

  ["prune-invites"] = { "prune-invites", "--cancel", "--yes",
    "freelance@partner.example",
    related = {
      { function(s)
          drop(home(s).invites, "email", "freelance@partner.example")
        end, "invite freelance@partner.example is gone (the plan is to delete "
          .. "it)" },
      { function(s)
          find(home(s).invites, "email", "freelance@partner.example").teams =
            json.array { "auditors" }
        end, "invite freelance@partner.example: teams was "
          .. [[["night-desk","auditors"], is ["auditors"] ]] .. "(the plan" },
    } },

  ["my-organizations"] = { "my-organizations", "leave", "--yes", "Southlight",
    begin = function(s)
      local other = add(s.organizations, { teams = json.array {},
        invites = json.array {}, projects = json.array {},
        scopes = json.array {}, paymentMethods = json.array {} })
      other.spec.name = "Southlight"
    end,
    related = {
      { function(s) s.organizations[2].members = json.array {} end,
        "membership Southlight is gone (the plan is to delete it)" },
    } },

  undo = { "undo", "--yes", "night.journal",
    related = {
      { describe_team("undone", "x"),
        "team undone: description was 'x1', is 'x' (the plan is to delete" },
      { function(s) drop(home(s).teams, "name", "undone") end,
        "team undone is gone (the plan is to delete it)" },
    } },
}

describe("mkrun --apply", function()
  local api, top, base
  local token = TOKEN

  local function run(folder, ...)
    return release.run({ "--base-url", api.url, ... },
      { cwd = folder, env = { MKIO_TOKEN = token } })
  end

  setup(function()
    api, top = served.start { token = TOKEN, still = true }, temp.folder()
    local outcome = run(top, "onboard", EXAMPLE)
    assert(outcome.code == 0, outcome.err)
    temp.write(top .. "/undone.lua", [[require "mkio".connect().teams:put(
      "undone", { description = "x1" })]])
    outcome = run(top, "--journal", "night.journal", "undone.lua")
    assert(outcome.code == 0, outcome.err)
    token = api:login() -- one with an id
    local state = api:state()
    add_bystanders(state)
    base = json.encode(state)
  end)
  teardown(function() api:stop() end)

  --- Makes the plan of a case.  Returns its folder, and the state as text.
  local function plan(case)
    local folder, state = temp.folder(), json.decode(base)
    shell.execute(("cp -p %s/*.token %s/night.journal %s/"):format(top, top,
      folder))
    for name, text in pairs(case.files or {}) do
      temp.write(folder .. "/" .. name, text)
    end
    if case.begin then case.begin(state) end
    api:begin(state)
    local outcome = run(folder, "--plan-out", "p", table.unpack(case))
    assert.equal(3, outcome.code, outcome.err)
    return folder, json.encode(state)
  end

  --- Applies the plan of a folder in a state, and leaves the folder as it is.
  local function apply(folder, text, change)
    local state = json.decode(text)
    change(state)
    api:begin(state)
    local place = temp.folder()
    shell.execute(("cp -Rp %s/. %s/"):format(folder, place))
    local before = api:writes()
    return run(place, "--apply", "p"), api:writes() - before
  end

  local names = {}
  for name in pairs(CASES) do names[#names + 1] = name end
  table.sort(names)

  for _, name in ipairs(names) do
    local case = CASES[name]

    it("goes on whatever happens that no write of " .. name .. " rests on",
      function()
        local folder, text = plan(case)
        local outcome, writes = apply(folder, text, function(state)
          for _, change in ipairs(case.is_whole and ELSEWHERE or UNRELATED) do
            change(state)
          end
        end)
        assert.not_matches("apply", outcome.err)
        assert.equal(0, outcome.code, outcome.err)
        assert.is_true(writes > 0)
      end)

    it("refuses what a write of " .. name .. " rests on, in words", function()
      local folder, text = plan(case)
      for _, related in ipairs(case.related) do
        local outcome, writes = apply(folder, text, related[1])
        assert.matches(related[2], outcome.err, 1, true)
        assert.matches("mkrun: %-%-apply: .*; nothing was written: make a new "
          .. "plan\n$", outcome.err)
        assert.same({ 2, 0 }, { outcome.code, writes })
      end
    end)
  end
end)
