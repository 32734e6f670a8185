--- Lists the flows that write, each with a sandbox state in which the flow has
--- something to change.  `plans_spec.lua` runs them with faults.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"
local world = require "tests.scripts.world"

local NAME <const>, TOKEN <const> =
  "evening-news automation", "evening-news.token"
local KARI <const> = "kari@northlight.example"

local PRUNE <const> = "members,teams,scopes,rules,invites,tokens"

local M = {}

---@class tests.PlanCase
---@field [integer] string     arguments of the run that gets faults
---@field fresh? boolean       starts with an empty sandbox and no token file
---@field before? string[]     arguments of a run before
---@field again? string[][]    arguments of the repairing runs (default: the
---  same)
---@field resume? string       a journal that the repairing run resumes
---@field drops? boolean       the flow revokes a token of a file on purpose

---@type tests.PlanCase[]
M.all = {
  { "onboard", "full.json", fresh = true },
  { "onboard", "full.json", fresh = true },
  { "onboard", "other.json" },
  { "onboard", "--write-secrets", "full.json" },
  { "onboard", "--prune", PRUNE, "--yes", "less.json", drops = true },
  { "--journal", "j", "onboard", "--prune", PRUNE, "--yes", "less.json",
    resume = "j", drops = true },
  { "--journal", "j", "onboard", "full.json", fresh = true, resume = "j" },
  { "--journal", "j", "onboard", "other.json", resume = "j" },
  { "--apply", "p", before = { "--plan-out", "p", "--dry-run", "onboard",
    "other.json" }, again = { { "--plan-out", "q", "--dry-run", "onboard",
    "other.json" }, { "--apply", "q" } } },
  { "--apply", "p", before = { "--plan-out", "p", "--dry-run", "team",
    "night-desk", "--add", "ola@northlight.example" }, again = {
    { "--plan-out", "q", "--dry-run", "team", "night-desk", "--add",
    "ola@northlight.example" }, { "--apply", "q" } } },
  { "invite", "guests.csv" },
  { "--journal", "j", "invite", "guests.csv", resume = "j" },
  { "team", "night-desk", "--add", "ola@northlight.example", "--demote", KARI,
    "--promote", "nils@northlight.example" },
  { "team", "night-desk", "--missing-ok", "--grant", "reader", "--revoke",
    "user", "--scope", "evening-newsScope", "--remove",
    "nils@northlight.example" },
  { "team", "auditors", "--missing-ok", "--remove",
    "freelance@partner.example" },
  { "team", "new-desk", "--create", "--add", KARI },
  { "offboard", "--yes", "--missing-ok", KARI, "new@x.example" },
  { "--journal", "j", "offboard", "--yes", "--missing-ok", KARI,
    "old@x.example", resume = "j" },
  { "prune-invites", "--cancel", "--yes" },
  { "prune-invites", "--reinvite", "--yes" },
  { "--journal", "j", "prune-invites", "--reinvite", "--yes", resume = "j" },
  { "webhooks", "evening-news", "rules.json", "--prune", "--yes" },
  { "token", "create", "reader", "--allow", "*.get", "--file", "r.token" },
  { "token", "create", "reader", "--allow", "*.get", "--exec", "cat >kept" },
  { "--journal", "j", "token", "create", "reader", "--allow", "*.get",
    "--exec", "cat >kept", resume = "j" },
  { "--journal", "j", "token", "create", "reader", "--allow", "*.get",
    "--file", "r.token", resume = "j" },
  { "token", "create", NAME, "--allow", "*.get", "--file", TOKEN },
  { "token", "revoke", NAME, "--yes", drops = true },
  { "rotate-tokens", "--file", TOKEN, NAME },
  { "--journal", "j", "rotate-tokens", "--file", TOKEN, NAME, resume = "j" },
  { "rotate-tokens", "--exec", "cat >kept", NAME, drops = true },
  { "rotate-tokens", "--file", TOKEN, "--keep-old", "24h", NAME },
  { "--journal", "j", "rotate-tokens", "--file", TOKEN, "--keep-old", "24h",
    NAME, resume = "j" },
  { "undo", "--yes", "journal", drops = true },
  { "my-organizations", "accept", "Southlight" },
  { "my-organizations", "--yes", "--missing-ok", "decline", "Southlight" },
}

--- Makes an invite old, and a token of another user.
---@param api tests.Sandbox
function M.age(api)
  local here = api.model.world.state.organizations[1]
  world.age_invite(api, "old@x.example", 10)
  api:user(KARI):post("/user/tokens", { type = "full-access",
    description = "kari's", organizationId = here.id })
end

local function full_spec()
  local spec = flow.spec()
  spec.projects[1].webhooks[2] = { name = "alarms", events =
    json.array { "MediaKind.JobFinished" },
    url = "https://hooks.northlight.example/alarms" }
  spec.invites = json.array { { email = "new@x.example",
    teams = json.array { "auditors" } } }
  return spec
end

local function other_spec()
  local spec = full_spec()
  spec.projects[1].isActive = false
  spec.projects[1].displayName = "Evening"
  spec.projects[1].webhooks[1].events = json.array { "MediaKind.JobFinished" }
  spec.teams[1].description = "another one"
  spec.teams[1].scopes["evening-newsScope"].roles =
    json.array { "reader", "administrator" }
  spec.invites[2] = { email = "more@x.example", teams = json.array {} }
  spec.tokens[1].permissions["core.project"]["evening-news"]["core.project"] =
    json.array { "get", "update" }
  return spec
end

--- Names less than `full_spec` in each part.
local function less_spec()
  local spec = full_spec()
  local team = spec.teams[1]
  team.members = { team.members[1], { email = "ola@northlight.example" } }
  spec.teams, team.scopes = { team }, json.object {}
  spec.projects[1].webhooks = { spec.projects[1].webhooks[2] }
  spec.invites, spec.tokens = json.array {}, json.array {}
  spec.ownTokens = "evening-news *"
  return spec
end

--- Returns the files that a user gives to the flows, as texts by name.
---@return table<string, string>
function M.files()
  return {
    ["guests.csv"] = "email,teams,comment\nnew2@x.example,night-desk,\n"
      .. KARI .. ",auditors,\nmore@x.example,night-desk;auditors,hello\n",
    ["old.csv"] = "email,teams,comment\nold@x.example,night-desk,"
      .. "covers the winter\n",
    ["full.json"] = json.encode(full_spec()),
    ["other.json"] = json.encode(other_spec()),
    ["less.json"] = json.encode(less_spec()),
    ["rules.json"] = json.encode { { name = "other", events = {
      "MediaKind.JobFinished" }, url = "https://hooks.northlight.example/x" },
      { name = "alarms", events = { "MediaKind.JobStarted" },
      url = "https://hooks.northlight.example/alarms" } },
  }
end

M.secret_files = { TOKEN, "r.token", "kept" }

--- Returns the files that each case starts with, as texts by name.
---@return table<string, string>
function M.world()
  local here, files = flow.new(), M.files()
  for name, text in pairs(files) do here:write(name, text) end
  here:run("my-organizations")
  world.change(here, world.invite_elsewhere)
  local first = here:run("--journal", "journal", "onboard", "full.json")
  assert(first.code == 0, first.err)
  assert(here:run("invite", "old.csv").code == 0)
  world.change(here, M.age)
  for _, name in ipairs { "state.json", TOKEN, "journal" } do
    files[name] = temp.read(here.folder .. "/" .. name)
  end
  return files
end

--- Makes a new folder for a case.
---@param case tests.PlanCase
---@param files table<string, string>
---@return tests.Flow
function M.folder(case, files)
  local here = flow.new()
  for name, text in pairs(files) do
    local old = case.fresh and (name == "state.json" or name == TOKEN)
    if not old then here:write(name, text) end
  end
  shell.execute(("chmod 600 %s/*"):format(shell.quote(here.folder)))
  return here
end

return M
