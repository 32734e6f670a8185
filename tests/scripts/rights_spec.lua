--- Runs every flow with a token that has the rights which `--dry-run --rights`
--- prints, and with one capability less.
---
--- @seconds 30

local flows = require "tests.support.flows"
local json = require "mkrun.json"
local rights = require "tests.support.rights"

local KARI <const>, NILS <const>, OLA <const> = "kari@northlight.example",
  "nils@northlight.example", "ola@northlight.example"
local NAME <const> = "evening-news automation"

--- What a case starts with beside the example organization.
local change = {}

function change.another_administrator(state)
  for _, team in ipairs(state.organizations[1].teams) do
    for _, user in ipairs(state.users) do
      if team.name == "Administrators" and user.email == KARI then
        team.members[user.id] = { isTeamAdmin = true }
      end
    end
  end
end

--- A project that no case is about: a list shows more than is needed.
function change.another_project(state)
  local here = state.organizations[1]
  local copy = json.decode(json.encode(here.projects[1]))
  copy.id, copy.name = "0c7a3c0a-6a3e-4d38-8f0c-71f0a1b2c3d4", "sports"
  copy.webhooks = json.array {}
  table.insert(here.projects, copy)
end

---@class tests.RightsCase
---@field [integer] string   words
---@field start? "fresh"     starts with a new organization
---@field change? fun(state: table)
---@field caller? string     whose token is the run's (default: Ola's)
---@field is_own? boolean    what it prints is about its own token
---@field code? integer      how the run ends (default 0)
---@field shows? table<string, true>  capabilities without which it prints less
local CASES <const> = {
  { "onboard", "full.json" }, { "onboard", "other.json" },
  { "onboard", "--write-secrets", "full.json" }, { "onboard", "late.json" },
  { "onboard", "plain.json", start = "fresh" },
  { "onboard", "--only", "members/night-desk/*", "other.json" },
  { "onboard", "--only", "webhooks/*/*", "other.json" },
  { "onboard", "--except", "teams/*,tokens/*", "other.json" },
  { "onboard", "--yes", "--prune", "members,teams,scopes,rules,invites",
    "less.json" },
  { "onboard", "other.json", change = change.another_project },
  { "export", change = change.another_project },
  { "export", change = change.another_project, caller = KARI,
    shows = { ["core.project.get"] = true } },
  { "webhooks", "evening-news", "rules.json", "--prune", "--yes",
    change = change.another_project, caller = KARI },
  { "invite", "guests.csv" },
  { "team", "night-desk" },
  { "team", "night-desk", "--add", OLA, "--demote", KARI },
  { "team", "night-desk", "--grant", "reader", "--scope",
    "evening-newsScope" },
  { "team", "new-desk", "--create", "--add", KARI },
  { "offboard", "--yes", KARI, NILS },
  { "prune-invites" }, { "prune-invites", "--cancel", "--yes" },
  { "prune-invites", "--reinvite", "--yes" },
  { "webhooks", "evening-news", "rules.json", "--prune", "--yes" },
  { "webhooks", "evening-news", "--events" },
  { "token", is_own = true }, { "token", "--everybody", is_own = true },
  { "token", "rights", is_own = true, shows = { ["core.customer.get"] = true,
    ["core.project.get"] = true } },
  { "token", "create", "r", "--allow", "*.asset.get", "--file", "r.token" },
  { "token", "create", "r", "--allow", "evening-news:*.asset.get", "--file",
    "r.token" },
  { "token", "create", "r", "--permissions", "asset.json", "--exec",
    "cat >r.token" },
  { "token", "revoke", NAME, "--yes" },
  { "token", "revoke", NAME, "--yes", "--everybody" },
  { "rotate-tokens", "--file", "evening-news.token", NAME },
  { "rotate-tokens", "--file", "evening-news.token", "--keep-old", "24h",
    NAME },
  { "undo", "--yes", "journal" },
  { "my-organizations" }, { "my-organizations", "accept", "Southlight" },
  { "my-organizations", "--yes", "decline", "Southlight" },
  { "my-organizations", "--yes", "leave", "Northlight Broadcasting",
    change = change.another_administrator },
  { "export" }, { "drift", "--except", "invites/*", "full.json" },
  { "drift", "other.json", code = 3 },
  { "access-report", shows = { ["core.project.get"] = true } },
  { "access-report", "--output", "html", shows = {
    ["core.project.get"] = true, ["core.invite.get"] = true } },
  { "access-report", "--can", "teams.patch" },
  { "doctor", is_own = true }, { "audit-verify", "audit" },
  { "usage" }, { "usage", "--by", "payment-method" },
  { "why-403", "--of", "evening-news.token", "projects.get", "evening-news",
    shows = { ["core.role.get"] = true, ["core.scope.get"] = true,
    ["core.team.get"] = true, ["core.project.get"] = true } },
}

--- Flows that go on when every third answer is lost, and what they then read.
--- One request after the other, so that the same answers get lost each time.
local LOST <const> = {
  { "--jobs", "1", "onboard", "other.json" },
  { "--jobs", "1", "onboard", "late.json" },
  { "--jobs", "1", "team", "night-desk", "--add", OLA },
  { "--jobs", "1", "invite", "guests.csv" },
  { "--jobs", "1", "webhooks", "evening-news", "rules.json", "--prune",
    "--yes" },
  { "--jobs", "1", "offboard", "--yes", KARI, NILS },
}

local LOSES <const> = { rules = json.array {
  { every = 3, faults = json.array { { cut = "after" } } } } }

local here

local function name_of(case)
  local name = table.concat(case, " ")
  if case.caller then name = name .. ", by " .. case.caller end
  return case.change and name .. ", in another state" or name
end

--- Removes what differs from run to run.
local function plain(text)
  return (text:gsub("%x+%-%x+%-%x+%-%x+%-%x+", "#")
    :gsub("%d%d%d%d%-%d%d%-%d%d[T%d:Z]*", "@"):gsub("%d+%.%d+", "9")
    :gsub("  +", " "))
end

--- Says how a run failed that lacked a right: by the API's refusal, or by a
--- flow's own look at the rights of its token.
local function is_refused(outcome)
  local text = outcome.err .. outcome.out
  return outcome.code == 1 and text:find("403", 1, true)
    or outcome.code == 2 and (text:find "none of the token's rights"
      or text:find "the token of this run lacks" or text:find "you do not have")
end

local function check_less(case, trial)
  for _, less in ipairs(trial.less) do
    local outcome = less.run.outcome
    if (case.shows or {})[less.capability] then
      assert.not_equal(plain(trial.cut.outcome.out), plain(outcome.out))
    else
      assert.truthy(is_refused(outcome), ("without %s: exit %d: %s%s"):format(
        less.name, outcome.code, outcome.out, outcome.err))
    end
  end
end

local function has_same_end(case, full, cut)
  assert.equal(full.outcome.code, cut.outcome.code, cut.outcome.err)
  assert.same(full.ending, cut.ending)
  if not case.is_own then
    assert.equal(plain(full.outcome.out), plain(cut.outcome.out))
  end
end

setup(function() here = rights.world() end)
teardown(function() here.server:stop() end)

describe("the rights of a run are enough, and none is too many:", function()
  for _, case in ipairs(CASES) do
    it(name_of(case), function()
      local trial = here:trial(case)
      assert.equal(case.code or 0, trial.full.outcome.code,
        trial.full.outcome.err)
      has_same_end(case, trial.full, trial.cut)
      check_less(case, trial)
      assert.not_matches("not expressible", trial.printed.err, 1, true)
    end)
  end
end)

describe("the flows whose rights are tried", function()
  it("are all that there are", function()
    local tried = {}
    for _, case in ipairs(CASES) do tried[case[1]] = true end
    tried["sandbox-check"] = true -- these send nothing
    tried.check = true
    for _, script in ipairs(flows.flows()) do
      assert.is_true(tried[script.name], script.name)
    end
  end)
end)

describe("the rights of a run are enough when answers get lost:", function()
  for _, case in ipairs(LOST) do
    it(name_of(case), function()
      local full, cut = here:with_faults(case, LOSES)
      assert.equal(0, full.outcome.code, full.outcome.err)
      has_same_end({ is_own = true }, full, cut)
    end)
  end
end)

--- What cannot be expressed: the words, and the remark.
local NOT_EXPRESSIBLE <const> = {
  ["rules of a new project"] = { { "onboard", "hooks.json" },
    "webhooks.config.create on the project 'late-news', which does not exist "
    .. "yet and so has no id "
    .. "(PUT /api/v1/projects/late-news/webhook/rules/x)" },
  ["a token for a new project"] = { { "onboard", "full.json",
    start = "fresh" }, "rights on what the run creates, which it gives to a "
    .. "new token (POST /api/v1/user/tokens)" },
  ["a token with all rights"] = { { "rotate-tokens", "--file", "all.token",
    "all" }, "the run makes a token of the type 'full-access', which has all "
    .. "rights of its user, and no restricted token may do that "
    .. "(POST /api/v1/user/tokens)" },
}

describe("the rights of a run name what no token can have:", function()
  for what, case in pairs(NOT_EXPRESSIBLE) do
    it(what, function()
      local trial = here:trial(case[1])
      assert.equal(0, trial.full.outcome.code, trial.full.outcome.err)
      assert.matches("mkrun: --rights: not expressible: " .. case[2] .. "\n",
        trial.printed.err, 1, true)
      assert.equal(1, trial.cut.outcome.code, trial.cut.outcome.err)
    end)
  end
end)
