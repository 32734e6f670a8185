--- The story of an organization that drifts: a SPEC sets it up, people change
--- it by hand in twelve ways, and in twelve more; `drift` names these and
--- nothing else, `onboard --prune` repairs them in one run, and then `drift`
--- has nothing to say.  Over HTTP at a served sandbox, with a SPEC in one file
--- and in other forms.

local json = require "mkrun.json"
local release = require "tests.support.release"
local served = require "tests.support.served"
local temp = require "tests.support.temp"

local KARI <const>, NILS <const> =
  "kari@northlight.example", "nils@northlight.example"
local GUEST <const>, OTHER <const> = "guest@partner.example",
  "other@partner.example"
local KINDS <const> = "members,teams,scopes,rules,invites,tokens"

local function rule(name)
  return { name = name, url = "https://hooks.northlight.example/" .. name,
    events = json.array { "MediaKind.JobFinished" },
    authentication = { headers = { ["X-Key"] = "k3y-of-" .. name } } }
end

local function token(name)
  return { description = name, file = name .. ".token",
    permissions = { ["core.project"] = { ["evening-news"] =
      { ["core.project"] = json.array { "get" } } } } }
end

local function team(name, scopes, ...)
  local granted = json.object {}
  for scope, role in pairs(scopes) do
    granted[scope] = { roles = json.array { role } }
  end
  return { name = name, description = "The " .. name, scopes = granted,
    members = json.array { ... } }
end

local function spec()
  return {
    ownTokens = "auto *",
    organization = { name = "Northlight Broadcasting",
      legalEntityName = "Northlight AS" },
    paymentMethod = { displayName = "2026 contract", acceptTerms = true },
    projects = json.array { { name = "evening-news", isActive = true,
      displayName = "Evening News", locationName = "westeurope",
      webhooks = json.array { rule "done", rule "failed" } } },
    teams = json.array {
      team("desk", { ["evening-newsScope"] = "user" }, { email = KARI,
        isTeamAdmin = true }, { email = NILS }, { email = GUEST }),
      team("audit", { allProjectsScope = "reader",
        managementScope = "managementReader" }, { email = NILS }),
      team("night", { allProjectsScope = "reader" }, { email = KARI }),
    },
    invites = json.array { { email = OTHER, teams = json.array { "desk" } } },
    tokens = json.array { token "auto a", token "auto b" },
  }
end

--- The SPEC in files of different forms.  Each returns the words that name it.
local forms = {}

forms["one file"] = function(here, whole)
  temp.write(here .. "/spec.json", json.encode(whole))
  return { "spec.json" }
end

forms["two files"] = function(here, whole)
  local first, second = {}, {}
  for name, part in pairs(whole) do
    local file = (name == "teams" or name == "tokens") and second or first
    file[name] = part
  end
  -- one team in both: its members here, its scopes there
  first.teams = json.array { { name = "desk",
    members = second.teams[1].members } }
  second.teams[1].members = nil
  temp.write(here .. "/base.json", json.encode(first))
  temp.write(here .. "/teams.json", "// the teams and tokens\n"
    .. json.encode(second))
  return { "base.json", "teams.json" }
end

--- Writes a JSON value as Lua.
local function lua_of(value)
  if type(value) ~= "table" then return ("%q"):format(value) end
  local parts = {}
  for key, member in pairs(value) do
    local name = json.is_array(value) and "" or ("[%q] = "):format(key)
    parts[#parts + 1] = name .. lua_of(member)
  end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

forms["in Lua"] = function(here, whole)
  local teams = whole.teams
  whole.teams = nil
  temp.write(here .. "/teams.lua", "return " .. lua_of(teams))
  temp.write(here .. "/spec.lua", ("local spec = %s\n"):format(lua_of(whole))
    .. "spec.teams = include 'teams.lua'\n"
    .. "spec.organization.legalEntityName = set.legal .. ' AS'\n"
    .. "return spec\n")
  return { "--set", "legal=Northlight", "spec.lua" }
end

local api, here, words, key

--- Runs a flow on the files of the SPEC.
local function run(...)
  local line = { "--base-url", api.url, ... }
  table.move(words, 1, #words, #line + 1, line)
  return release.run(line, { cwd = here, env = { MKIO_TOKEN = key } })
end

--- What drift names, as "change kind/name", sorted.
local function drift(...)
  local before = api:writes()
  local outcome = run("drift", "--output", "jsonl", ...)
  assert.equal(before, api:writes())
  local names = {}
  for line in outcome.out:gmatch "[^\n]+" do
    local row = json.decode(line)
    names[#names + 1] = ("%s %s/%s"):format(row.change, row.kind, row.name)
  end
  assert.equal(names[1] and 3 or 0, outcome.code, outcome.err)
  table.sort(names)
  return names
end

local function hand(method, path, body)
  return api:by_hand(key, method, path, body)
end

local function patch(name, ...)
  hand("PATCH", "/organization/teams/" .. name, json.array { ... })
end

local function user(email)
  for _, one in ipairs(hand("GET", "/organization/users").value) do
    if one.spec.email == email then return one.metadata.id end
  end
end

local function by_field(path, field, text)
  for _, item in ipairs(hand("GET", path).value) do
    if item.spec[field] == text then return item.metadata.id end
  end
end

local function put_rule(name, changes)
  local body = { enabled = true,
    url = "https://hooks.northlight.example/" .. name,
    events = { "MediaKind.JobFinished" },
    authentication = { headers = { ["X-Key"] = "other" } } }
  for field, value in pairs(changes or {}) do body[field] = value end
  hand("PUT", "/projects/evening-news/webhook/rules/" .. name, { spec = body })
end

local function put_project(name)
  local id = hand("GET", "/organization/paymentMethods").value[1].metadata.id
  hand("PUT", "/projects/" .. name, { displayName = name,
    locationName = "westeurope", paymentMethodId = id })
end

local function mint(name, life)
  hand("POST", "/user/tokens", { type = "restricted", description = name,
    organizationId = hand("GET", "/organization").metadata.id,
    expireDate = life, permissions = { ["core.customer"] = {
      [hand("GET", "/organization").metadata.id] =
        { ["core.user"] = { "get" } } } } })
end

--- What people do by hand, and what drift then names.
local TWELVE <const> = {
  { "differs organization/Northlight Broadcasting", function()
    hand("PATCH", "/organization", { spec = { legalEntityName = "Other" } })
  end },
  { "differs projects/evening-news", function()
    hand("PATCH", "/projects/evening-news",
      { metadata = { displayName = "Late News" } })
  end },
  { "extra projects/side-project", function()
    put_project "side-project"
  end },
  { "differs webhooks/evening-news/done", function()
    put_rule("done", { url = "https://elsewhere.example/" })
  end },
  { "missing webhooks/evening-news/failed", function()
    hand("DELETE", "/projects/evening-news/webhook/rules/failed")
  end },
  { "extra webhooks/evening-news/mine", function() put_rule "mine" end },
  { "missing members/desk/" .. NILS, function()
    patch("desk", { op = "remove", path = "/spec/members/" .. user(NILS) })
  end },
  { "differs members/desk/" .. KARI, function()
    patch("desk", { op = "replace", value = false,
      path = ("/spec/members/%s/isTeamAdmin"):format(user(KARI)) })
  end },
  { "extra members/audit/" .. KARI, function()
    patch("audit", { op = "add", path = "/spec/members/" .. user(KARI),
      value = { isTeamAdmin = true } })
  end },
  { "differs scopes/audit/allProjectsScope", function()
    patch("audit", { op = "add", value = "administrator",
      path = "/spec/scopes/allProjectsScope/roles/-" })
  end },
  { "extra teams/friends", function()
    hand("PUT", "/organization/teams/friends", { spec = { description = "x",
      members = json.object {}, scopes = json.object {} } })
  end },
  { "extra invites/stranger@else.example", function()
    hand("POST", "/organization/invites", { spec = {
      email = "stranger@else.example", comment = "come",
      teams = { "friends" } } })
  end },
}

--- Twelve more.
local OTHERS <const> = {
  { "differs projects/evening-news", function()
    hand("PATCH", "/projects/evening-news", { spec = { isActive = false } })
  end },
  { "differs webhooks/evening-news/done", function()
    put_rule("done", { enabled = false })
  end },
  { "differs webhooks/evening-news/failed", function()
    put_rule("failed", { authentication = json.object {} })
  end },
  { "differs teams/desk", function()
    patch("desk", { op = "replace", path = "/spec/description",
      value = "| `@all` </script>" })
  end },
  { "missing teams/night", function()
    hand("DELETE", "/organization/teams/night")
  end },
  { "missing members/desk/" .. GUEST, function()
    hand("DELETE", "/organization/invites/"
      .. by_field("/organization/invites", "email", GUEST))
  end },
  { "missing scopes/audit/managementScope", function()
    patch("audit", { op = "remove", path = "/spec/scopes/managementScope" })
  end },
  { "extra scopes/desk/managementScope", function()
    patch("desk", { op = "add", path = "/spec/scopes/managementScope",
      value = { roles = { "administrator" } } })
  end },
  { "missing invites/" .. OTHER, function()
    hand("DELETE", "/organization/invites/"
      .. by_field("/organization/invites", "email", OTHER))
  end },
  { "missing tokens/auto a", function()
    hand("DELETE", "/user/tokens/"
      .. by_field("/user/tokens", "description", "auto a"))
  end },
  { "extra tokens/auto z", function() mint "auto z" end },
  { "extra members/audit/" .. KARI, function()
    patch("audit", { op = "add", path = "/spec/members/" .. user(KARI),
      value = { isTeamAdmin = false } })
  end },
}

--- Does all by hand, and returns what drift is to name, sorted.
local function act(ways)
  local names = {}
  for i, way in ipairs(ways) do
    names[i] = way[1]
    way[2]()
  end
  table.sort(names)
  return names
end

local function without(names, left_out)
  local rest = {}
  for _, name in ipairs(names) do
    if name ~= left_out then rest[#rest + 1] = name end
  end
  return rest
end

local SIDE <const> = "projects/side-project"

for form, write in pairs(forms) do
  describe("an organization whose SPEC is " .. form, function()
    before_each(function()
      api, here = served.start(), temp.folder()
      key = api:login()
      words = write(here, spec())
      local outcome = run "onboard"
      assert.equal(0, outcome.code, outcome.err)
      assert.same({}, drift())
    end)

    after_each(function() api:stop() end)

    it("drifts in twelve ways, and is repaired in one run", function()
      local names = act(TWELVE)
      assert.equal(12, #names)
      assert.same(names, drift())
      -- nobody can delete a project
      assert.same(without(names, "extra " .. SIDE), drift("--except", SIDE))
      local repaired = run("onboard", "--prune", KINDS, "--yes")
      assert.equal(0, repaired.code, repaired.err)
      assert.same({ "extra " .. SIDE }, drift())
      local whole = spec()
      whole.ignore = json.array { SIDE }
      words = write(here, whole)
      assert.same({}, drift())
      local before = api:writes()
      assert.equal(0, run("onboard", "--prune", KINDS, "--yes").code)
      assert.equal(before, api:writes())
    end)

    it("drifts in twelve more ways, and is repaired in one run", function()
      local names = act(OTHERS)
      assert.equal(12, #names)
      assert.same(names, drift())
      local repaired = run("onboard", "--prune", KINDS, "--yes")
      assert.equal(0, repaired.code, repaired.err)
      assert.same({}, drift())
    end)

    it("is repaired in a part with --only", function()
      local names = act(TWELVE)
      local part = { "--only", "teams/audit,webhooks/*/mine,members/desk/"
        .. NILS }
      assert.same({ "differs scopes/audit/allProjectsScope",
        "extra members/audit/" .. KARI, "extra webhooks/evening-news/mine",
        "missing members/desk/" .. NILS }, drift(table.unpack(part)))
      local before = api:writes()
      local repaired =
        run("onboard", "--prune", KINDS, "--yes", table.unpack(part))
      assert.equal(0, repaired.code, repaired.err)
      assert.equal(before + 4, api:writes())
      assert.same({}, drift("--only", "teams/audit,members/desk/*",
        "--except", "members/desk/" .. KARI))
      for _, name in ipairs { "differs scopes/audit/allProjectsScope",
        "extra members/audit/" .. KARI, "extra webhooks/evening-news/mine",
        "missing members/desk/" .. NILS } do
        names = without(names, name)
      end
      assert.same(names, drift())
    end)
  end)
end
