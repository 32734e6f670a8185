local clock = require "mkrun.clock"
local json = require "mkrun.json"
local selection = require "mkio.flow.common.selection"
local sys = require "mkrun.sys"
local unnamed = require "mkio.flow.common.unnamed"

local ALL <const> = {}
for _, kind in ipairs(unnamed.KINDS) do ALL[kind] = true end

local function thing(name, spec, metadata)
  metadata = metadata or {}
  metadata.name, metadata.id = name, metadata.id or "id of " .. name
  return { metadata = metadata, spec = spec or {} }
end

local function user(id, email)
  return { metadata = { id = id }, spec = { email = email } }
end

local function team(name, members, scopes)
  return thing(name, { members = members or {}, scopes = scopes or {} })
end

local function invite(email, ...)
  return { metadata = { id = "invite of " .. email,
    created = "2026-02-01T00:00:00Z" },
    spec = { email = email, invitedByEmail = "ola@x.y", teams = { ... } } }
end

local function token(id, description, more)
  local made = { metadata = { id = id, type = "restricted" }, spec = {
    description = description, organizationId = "o1", revoked = json.null,
    lastUsed = json.null, issued = "2026-01-01T00:00:00Z" } }
  for key, value in pairs(more or {}) do made.spec[key] = value end
  return made
end

--- What is there. `wanted` collects the names of the lists that are read.
local function lists(have)
  local world = { organization = { metadata = { id = "o1" } },
    users = { user("u1", "Kari@x.y"), user("u2", "ola@x.y"),
      user("u3", "iris@x.y") } }
  for name, items in pairs(have) do world[name] = items end
  local wanted = {}
  local all = { wanted = wanted }
  function all.begin(_, names)
    for _, name in ipairs(names) do wanted[name] = true end
  end
  function all.begin_rules(_, names)
    for _, name in ipairs(names) do wanted["rules of " .. name] = true end
  end
  function all.items(_, name)
    wanted[name] = true
    return world[name] or {}
  end
  function all.rules(_, name) return world.rules[name] end
  return all
end

--- Returns "KIND NAME" of each thing that is found, and the things.
local function find(spec, have, options)
  options = options or {}
  local found = unnamed.find { lists = lists(have), spec = spec,
    kinds = options.kinds or ALL, selection = options.selection }
  local names = {}
  for i, one in ipairs(found) do
    local owner = one.team or one.project
    names[i] = ("%s %s%s"):format(one.kind, owner and owner .. "/" or "",
      one.name)
  end
  return names, found
end

describe("mkio.flow.common.unnamed", function()
  before_each(function()
    clock.use(function() return sys.parse_time "2026-02-03T10:00:00Z" end)
  end)
  after_each(function() clock.use() end)

  it("finds nothing of what an absent key would say", function()
    local have = { projects = { thing "p" }, rules = { p = { thing "r" } },
      teams = { team("t", { u1 = {} }, { s = { roles = {} } }) },
      invites = { invite "a@x.y" }, my_tokens = { token("t1", "night job") } }
    assert.same({}, (find({}, have)))
    assert.same({}, (find({ projects = { { name = "p" } },
      teams = { { name = "t" } }, ownTokens = "*" }, have)))
    assert.same({}, (find({ tokens = {} }, have)))
    for _, kind in ipairs(unnamed.KINDS) do
      assert.is_false(unnamed.has_wish({}, kind))
    end
  end)

  it("reads no list for a kind without a wish", function()
    local all = lists {}
    unnamed.find { lists = all, spec = { teams = {} }, kinds = ALL }
    assert.same({ teams = true }, all.wanted)
  end)

  it("takes an empty list as a wish", function()
    local names = find({ projects = {}, teams = {}, invites = {}, tokens = {},
      ownTokens = "night *" }, { projects = { thing "p" },
      teams = { team "t" }, invites = { invite "a@x.y" },
      my_tokens = { token("t1", "night job"), token("t2", "other") } })
    assert.same({ "projects p", "teams t", "invites a@x.y",
      "tokens night job" }, names)
  end)

  it("finds projects and who made them", function()
    local _, found = find({ projects = { { name = "a" } }, tokens = {
      { description = "d", permissions = { ["core.project"] = { b = {},
        ["id of c"] = {} } } } } }, { projects = { thing "a", thing "b",
      thing "c", thing("d", {}, { createdByEmail = "ola@x.y",
        created = "2026-01-01T00:00:00Z" }) } })
    assert.equal(1, #found)
    assert.same({ "d", "ola@x.y", "2026-01-01T00:00:00Z", "id of d" },
      { found[1].name, found[1].by, found[1].at, found[1].id })
  end)

  it("finds the rules of projects whose rules the SPEC lists", function()
    local names, found = find({ projects = {
      { name = "a", webhooks = { { name = "kept" } } },
      { name = "b", webhooks = {} }, { name = "c" },
      { name = "new", webhooks = {} },
    } }, { projects = { thing "a", thing "b", thing "c" }, rules = {
      a = { thing "z", thing "kept", thing("y", { url = "https://h/",
        authentication = { headers = { K = "***" } } }) },
      b = { thing "x" }, c = { thing "w" },
    } })
    assert.same({ "webhooks a/y", "webhooks a/z", "webhooks b/x" }, names)
    assert.same({ "url: https://h/", "has secrets" }, found[1].details)
  end)

  it("never finds a predefined team or one that an invite names", function()
    local names = find({ teams = { { name = "desk" } },
      invites = { { email = "a@x.y", teams = { "guests" } } } },
      { teams = { team "Administrators", team "Everyone", team "desk",
        team "guests", team "left" } })
    assert.same({ "teams left" }, names)
  end)

  it("finds members and scopes of teams that list them", function()
    local names, found = find({ teams = {
      { name = "a", members = { { email = "kari@X.Y" } },
        scopes = { s = { roles = { "reader" } } } },
      { name = "b" }, { name = "c", members = {}, scopes = {} },
      { name = "Everyone", members = {} },
    } }, { teams = {
      team("a", { u1 = {}, u2 = { isTeamAdmin = true } }, { s = {},
        z = { roles = { "reader" } } }),
      team("b", { u3 = {} }, { s = {} }), team("c", { u3 = {} }, { s = {} }),
      team("Everyone", { u1 = {}, u2 = {}, u3 = {} }),
    } })
    assert.same({ "members a/ola@x.y", "members c/iris@x.y", "scopes a/z",
      "scopes c/s" }, names)
    assert.equal("u2", found[1].id)
    assert.same({ "team administrator" }, found[1].details)
    assert.same({ "roles: 'reader'" }, found[3].details)
  end)

  it("leaves a member alone whom the list of users does not have", function()
    assert.same({}, (find({ teams = { { name = "a", members = {} } } },
      { teams = { team("a", { u9 = { email = "young@x.y" } }) } })))
  end)

  it("knows a person however an accent is typed", function()
    local composed, decomposed = "jos\u{e9}@x.y", "JOSE\u{301}@x.y"
    local have = { users = { user("u1", composed) },
      teams = { team("a", { u1 = {} }) }, invites = { invite(composed) } }
    assert.same({}, (find({ teams = { { name = "a", members = {
      { email = decomposed } } } }, invites = { { email = decomposed } } },
      have)))
    local some = selection.new { ignore = { "members/*/" .. decomposed,
      "invites/" .. decomposed } }
    assert.same({}, (find({ teams = { { name = "a", members = {} } },
      invites = {} }, have, { selection = some })))
  end)

  it("finds members whose last day is over, and their invites", function()
    local spec = { teams = { { name = "a", members = {
      { email = "kari@x.y", ["until"] = "2026-02-02" },
      { email = "ola@x.y", ["until"] = "2026-02-03" },
      { email = "guest@x.y", ["until"] = "2026-01-31" },
      { email = "both@x.y", ["until"] = "2026-01-31" },
    } }, { name = "b", members = { { email = "both@x.y" } } } } }
    local names, found = find(spec, {
      teams = { team("a", { u1 = {}, u2 = {} }) },
      invites = { invite "guest@x.y", invite "both@x.y", invite "x@x.y" },
    })
    assert.same({ "members a/Kari@x.y", "invites guest@x.y" }, names)
    assert.same({ "until 2026-02-02, which is over" }, found[1].details)
    assert.equal("until 2026-01-31, which is over", found[2].details[1])
  end)

  it("finds invites to people whom the SPEC does not name", function()
    local names, found = find({ invites = { { email = "A@x.y" } },
      teams = { { name = "t", members = { { email = "b@x.y" } } } } },
      { invites = { invite "c@x.y", invite "a@x.y", invite "B@x.y" } })
    assert.same({ "invites c@x.y" }, names)
    assert.same({ "ola@x.y", "2026-02-01T00:00:00Z" },
      { found[1].by, found[1].at })
  end)

  it("finds own restricted tokens that match ownTokens alone", function()
    local full = token("t1", "night a")
    full.metadata.type = "full-access"
    local names, found = find({ ownTokens = "night*", tokens = {
      { description = "night job", permissions = {} } } },
      { my_tokens = { full, token("t2", "night job"),
        token("t3", "night b", { revoked = "2026-01-01T00:00:00Z" }),
        token("t4", "night c", { organizationId = "o2" }),
        token("t5", "day"), token("t6", "night d") } })
    assert.same({ "tokens night d" }, names)
    assert.same({ "id: t6", "last used: never" }, found[1].details)
  end)

  it("looks for the kinds that are asked for", function()
    local have = { teams = { team "t", team("a", { u1 = {} }) } }
    local spec = { teams = { { name = "a", members = {} } } }
    assert.same({ "members a/Kari@x.y" },
      (find(spec, have, { kinds = { members = true } })))
    assert.same({ "teams t" }, (find(spec, have, { kinds = { teams = true } })))
  end)

  it("leaves out what the selection leaves out", function()
    local some = selection.new { only = { "teams/a" },
      ignore = { "members/a/iris@x.y" } }
    assert.same({ "members a/Kari@x.y" }, (find({ teams = {
      { name = "a", members = {} }, { name = "b", members = {} } } },
      { teams = { team "t", team("a", { u1 = {}, u3 = {} }),
        team("b", { u1 = {} }) } }, { selection = some })))
  end)
end)
