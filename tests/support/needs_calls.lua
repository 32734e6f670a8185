--- A call for each word of a flow's `@needs`, and the world that the calls run
--- in.  `needs_spec.lua` calls it.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local release = require "tests.support.release"
local temp = require "tests.support.temp"
local world = require "tests.scripts.world"

local M = {}

---@class tests.NeedsCall
---@field [integer] string   the arguments of the flow
---@field of string[]        words without which the call is refused
---@field options? string[]  options of mkrun (default: the world's sandbox)
---@field env? table<string, string>
---@field code? integer      with all words (default 0)
---@field without? string    what is not said without the word, where the lack
---  of the word is no refusal

local NAME <const>, FILE <const> =
  "evening-news automation", "evening-news.token"

--- Sandboxes of their own.
local FRESH <const>, UNDO <const> =
  { "--sandbox=fresh.json" }, { "--sandbox=undo.json" }
--- Makes all invites older than an invite lives.  The sandbox lists none that
--- have expired.
local AGED <const> = { "--sandbox=state.json", "-e", [[
  local http = require "mkrun.http"
  local request = http.request
  function http.request(options)
    local response, message, code = request(options)
    if response and options.url:find "/invites$" then
      response.body = response.body:gsub('"created":"%d%d%d%d',
        '"created":"2001')
    end
    return response, message, code
  end]] }
--- A server where nobody listens.
local NOWHERE <const> = { "--base-url", "https://127.0.0.1:1" }

---@type table<string, tests.NeedsCall[]>
M.calls = {
  ["access-report"] = { { of = { "api:read" } } },
  ["audit-verify"] = { { "audit", of = { "read:FILE" } } },
  doctor = {
    { of = { "api:read" } },
    { options = NOWHERE, code = 1, of = { "env:*_proxy", "env:*_PROXY" } },
  },
  check = { { "spec.json", of = { "files-in:SPEC" } } },
  drift = { { "spec.json", of = { "api:read", "files-in:SPEC" } } },
  export = { { of = { "api:read" } } },
  invite = { { "guests.csv", of = { "api:read", "api:invites.create",
      "read:FILE" } },
    { "guests.csv", options = AGED, of = { "api:invites.cancel" } } },
  ["my-organizations"] = {
    { "accept", "Southlight",
      of = { "api:read", "api:my_organizations.patch" } },
    { "decline", "--yes", "Westlight", of = { "api:my_organizations.leave" } },
  },
  offboard = {
    { "--yes", "kari@northlight.example", "old@x.example",
      of = { "api:read", "api:teams.patch", "api:tokens.revoke",
        "api:invites.cancel", "api:users.remove" } },
    { "--yes", "--myself", "ola@northlight.example",
      of = { "api:my_tokens.revoke" } },
  },
  onboard = {
    { "spec.json", options = FRESH, of = { "api:read",
      "api:organization.patch", "api:payment_methods.accept_terms",
      "api:projects.put", "api:webhooks.put", "api:teams.put",
      "api:invites.create", "api:my_tokens.create", "token",
      "files-in:SPEC" } },
    { "changed.json", of = { "api:projects.patch",
      "api:project_payment_method.assign", "api:teams.patch",
      "api:invites.cancel", "api:my_tokens.revoke" } },
    { "other.json", of = { "api:organization.create" }, code = 1 },
    { "less.json", "--yes", "--prune=teams,rules", of = {
      "--prune=teams:api:teams.delete", "--prune=rules:api:webhooks.delete" } },
  },
  ["prune-invites"] = {
    { "--reinvite", "--yes", of = { "api:read",
      "--reinvite:api:invites.create", "--reinvite:api:invites.cancel" } },
    { "--cancel", "--yes", "--older-than", "0",
      of = { "--cancel:api:invites.cancel" } },
  },
  ["rotate-tokens"] = {
    { "--file", FILE, NAME, of = { "api:read", "api:my_tokens.create",
      "api:my_tokens.revoke", "token", "read:FILE", "write:FILE" } },
    { "--exec", "cat >kept", NAME, of = { "run:CMD" } },
    { "--exec", "cat >kept", "--lease", "lease", "--keep-old", "1h", NAME,
      of = { "read:FILE", "write:FILE" } },
  },
  ["sandbox-check"] = { { "run.har", of = { "read:RECORDING" } } },
  team = {
    { "night-desk", "--add", "ola@northlight.example", "--remove",
      "freelance@partner.example", of = { "api:read", "api:teams.patch",
        "--remove:api:invites.create", "--remove:api:invites.cancel" } },
    { "new", "--create", of = { "--create:api:teams.put" } },
  },
  token = {
    { "create", "x", "--allow", "*.get", "--file", "x.token", of = {
      "api:read", "api:my_tokens.create", "token", "read:FILE",
      "write:FILE" } },
    { "create", "x", "--allow", "*.get", "--exec", "cat >kept",
      of = { "run:CMD" } },
    { "revoke", "--yes", NAME, of = { "api:my_tokens.revoke" } },
    { "revoke", "--yes", "--everybody", "kari's",
      of = { "--everybody:api:tokens.revoke" } },
  },
  undo = { { "--yes", "journal", options = UNDO, of = { "api:read",
    "api:organization.patch", "api:profile.patch", "api:old_profile.put",
    "api:payment_methods.patch", "api:projects.patch",
    "api:project_payment_method.assign", "api:metrics.patch",
    "api:webhooks.put", "api:webhooks.delete", "api:teams.put",
    "api:teams.patch", "api:teams.delete", "api:invites.create",
    "api:invites.cancel", "api:my_tokens.revoke", "read:FILE",
    "write:FILE", "providers-in:FILE" } } },
  usage = {
    { of = { "api:reports.usage" } },
    { options = { "--sandbox=state.json", "--token-file", FILE },
      of = { "api:read" }, code = 1, without = "mkrun why-403" },
  },
  webhooks = { { "evening-news", "rules.json", "--prune", "--yes", of = {
    "api:read", "api:webhooks.put", "--prune:api:webhooks.delete",
    "files-in:FILE" } } },
  ["why-403"] = { { "--of", FILE, "teams.patch", code = 1,
    of = { "api:read", "read:FILE" } } },
}

local SECOND <const> = "5f1c0f52-0a52-4c9f-8a6f-0d8b3c7b2a99"

local function rule(name, key)
  return { name = name, url = "https://hooks.test/" .. name,
    events = { "MediaKind.JobFinished" },
    authentication = { headers = { ["X-Key"] = { file = key } } } }
end

local function changed_spec()
  local spec = flow.spec()
  local project = spec.projects[1]
  project.displayName, project.paymentMethod = "Late News", "second"
  spec.paymentMethods = { { displayName = "second" } }
  spec.teams[1].description = "another one"
  spec.invites = { { email = "old@x.example", teams = { "auditors" } } }
  spec.tokens[1].permissions["core.project"]["evening-news"] =
    { ["core.project"] = { "get", "update" } }
  return spec
end

--- Names neither the rules nor the teams of the example.
local function less_spec()
  local project = flow.spec().projects[1]
  project.webhooks = json.array {}
  return { projects = { project }, teams = json.array {} }
end

local FILES <const> = {
  ["less.json"] = json.encode(less_spec()),
  ["guests.csv"] = "email,teams\nnew@x.example,night-desk\n"
    .. "old@x.example,night-desk\n",
  ["rules.json"] = json.encode { rule("other", "key") }, key = "k",
  ["changed.json"] = json.encode(changed_spec()),
  ["other.json"] = json.encode {
    organization = { name = "Eastlight", create = true } },
}

--- What `undo` takes back: the state before, and the writes.
local BEFORE <const> = [[
  local org = require "mkio".connect()
  local news = org:project "evening-news"
  org.teams:ensure("gone", { description = "one" })
  org.teams:ensure("desk", { description = "one" })
  news.webhooks:ensure("hook", { enabled = true, url = "https://hooks.test/1",
    events = { "MediaKind.JobFinished" } })
]]

local WRITES <const> = [[
  local org, json = require "mkio".connect(), require "mkrun.json"
  local news = org:project "evening-news"
  org:patch { legalEntityContactEmail = "b@x.example" }
  org.me:put_old_profile { name = "X", country = "NO", company = json.null,
    jobrole = "Y", phonenumber = "1" }
  org.me:patch_profile { name = "Z" }
  org.payment_methods:rename(org.payment_methods:list()[1].metadata.id, "new")
  org.projects:patch("evening-news",
    { metadata = { displayName = "Late News" } })
  news:assign_payment_method "]] .. SECOND .. [["
  news:set_metrics(true)
  for name, place in pairs { made = 1, hook = 2 } do
    news.webhooks:ensure(name, { enabled = true, url = "https://hooks.test/"
      .. place, events = { "MediaKind.JobFinished" } })
  end
  org.teams:ensure("made", { description = "one" })
  org.teams:ensure("desk", { description = "two" })
  org.teams:delete "gone"
  org.invites:ensure("made@x.example", { comment = "hello" })
  org.invites:cancel(org.invites:find "late@x.example".metadata.id)
  org.me.tokens:create { type = "full-access", description = "made",
    organizationId = org:get().metadata.id }
  require "mkrun.rest".provider { name = "broker", auth = "none",
    base_url = "http://localhost:15672/api", operations = {
      { "queues.get", "GET", "/queues/{name}" },
      { "queues.put", "PUT", "/queues/{name}", body = "object" },
      { "queues.delete", "DELETE", "/queues/{name}" },
    } }.connect().queues:ensure("jobs", { durable = true })
]]

--- What others did: two invites to Ola, an invite of 10 days, a token of
--- Kari's, a second administrator and a second payment method.
local function change(api, here)
  world.invite_elsewhere(api)
  world.invite_elsewhere(api, "Westlight")
  world.age_invite(api, "old@x.example", 10)
  local organization = api.model.world.state.organizations[1]
  local status, token = api:user "kari@northlight.example":post(
    "/user/tokens", { type = "full-access", description = "kari's",
      organizationId = organization.id })
  assert(status == 201, status)
  here:write("kari.token", token.metadata.JWT)
  local methods = organization.paymentMethods
  methods[2] = json.decode(json.encode(methods[1]))
  methods[2].id, methods[2].displayName = SECOND, "second"
end

local function check(outcome) assert(outcome.code == 0, outcome.err) end

local function run(here, ...) check(here:run(...)) end

--- Makes what `undo` takes back: a sandbox of its own, and the journal.
local function make_journal(here)
  here:write("undo.json", json.encode(here:state()))
  for _, words in ipairs { { "-e", BEFORE },
    { "--journal", "journal", "-e", WRITES } } do
    check(release.run({ "--sandbox=undo.json", table.unpack(words) },
      { cwd = here.folder }))
  end
end

--- Makes the world: a folder with the sandbox state.json, and files.
---@return tests.Flow
function M.world()
  local here = flow.new()
  for name, text in pairs(FILES) do here:write(name, text) end
  here:write("spec.json", temp.read(flow.example))
  run(here, "--audit", "audit", "--record", "run.har", "onboard", "spec.json")
  run(here, "team", "Administrators", "--add", "nils@northlight.example",
    "--promote", "nils@northlight.example")
  here:write("people.csv", "email\nold@x.example\nlate@x.example\n")
  run(here, "invite", "people.csv")
  world.change(here, function(api) change(api, here) end)
  make_journal(here)
  return here
end

return M
