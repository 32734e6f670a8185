local guard = require "mkio.flow.onboard.prune.guard"

local function user(id)
  return { metadata = { id = id }, spec = { email = id .. "@x.y" } }
end

--- Teams as the API lists them: name -> {members = {id = rank}, scopes}.
local function teams(map)
  local list = {}
  for name, team in pairs(map) do
    local members = {}
    for id, rank in pairs(team.members or {}) do
      members[id] = { isTeamAdmin = rank, email = id .. "@x.y" }
    end
    list[#list + 1] = { metadata = { name = name },
      spec = { members = members, scopes = team.scopes or {} } }
  end
  return list
end

local function member(team, id)
  return { kind = "members", team = team, name = id .. "@x.y", id = id,
    details = {}, item = {} }
end

--- Checks things; the run is of the user "me".  Returns the things, or what is
--- raised.
local function check(have, things, options)
  options = options or {}
  local lists = { users = { user "me", user "a", user "b" },
    teams = teams(have), profile = { metadata = { id = "me" } } }
  local token = options.token
  local ok, result = pcall(guard.check, {
    lists = { items = function(_, name) return lists[name] end },
    spec = options.spec or {}, part = options.part,
    kinds = { members = true, teams = true, scopes = true, tokens = true },
    org = { session = { token = token } },
  }, things, options.myself)
  return ok and result or tostring(result)
end

describe("mkio.flow.onboard.prune.guard", function()
  local ADMINISTRATORS <const> = { Administrators = {
    members = { me = true, a = false } } }

  it("keeps an administrator who leads the team", function()
    assert.matches("'me@x.y' is the last administrator",
      check(ADMINISTRATORS, { member("Administrators", "me") },
        { myself = true }), 1, true)
    assert.equal(1, #check(ADMINISTRATORS, { member("Administrators", "a") }))
  end)

  it("counts every member where nobody leads the team", function()
    local have = { Administrators = { members = { me = false, a = false } } }
    assert.equal(1, #check(have, { member("Administrators", "a") }))
    assert.matches("is the last administrator", check(have,
      { member("Administrators", "a"), member("Administrators", "me") },
      { myself = true }), 1, true)
  end)

  it("counts those whom this run makes administrators, and no others",
    function()
      local function spec(rank)
        return { teams = { { name = "Administrators", members = {
          { email = "B@x.y", isTeamAdmin = rank } } } } }
      end
      local things = { member("Administrators", "me") }
      assert.equal(1, #check(ADMINISTRATORS, things,
        { spec = spec(true), myself = true }))
      assert.matches("is the last administrator", check(ADMINISTRATORS, things,
        { spec = spec(nil), myself = true }), 1, true)
      assert.matches("is the last administrator", check(ADMINISTRATORS, things,
        { spec = spec(true), part = {}, myself = true }), 1, true)
    end)

  it("does not count on a person whose last day is over", function()
    assert.matches("is the last administrator", check(ADMINISTRATORS,
      { member("Administrators", "me") }, { myself = true, spec = { teams = {
        { name = "Administrators", members = { { email = "b@x.y",
          isTeamAdmin = true, ["until"] = "2001-01-01" } } } } } }), 1, true)
  end)

  it("marks what takes rights from the user of the run", function()
    local have = { Administrators = { members = { a = true } },
      root = { members = { me = false } }, other = { members = { a = true } } }
    local function things()
      return { { kind = "teams", name = "root", details = {} },
        { kind = "teams", name = "other", details = {} },
        { kind = "scopes", team = "root", name = "s", details = {},
          item = {} }, member("other", "a") }
    end
    assert.matches("you have rights by the team 'root': --myself goes ahead",
      check(have, things()), 1, true)
    local marks = {}
    for i, thing in ipairs(check(have, things(), { myself = true })) do
      marks[i] = thing.is_mine
    end
    assert.same({ true, false, true, false }, marks)
    have.Administrators.members.me = false
    for _, thing in ipairs(check(have, things())) do
      assert.is_false(thing.is_mine)
    end
  end)

  it("removes no token when it does not know which is its own", function()
    assert.matches("the token of this run does not contain its id",
      check(ADMINISTRATORS, { { kind = "tokens", name = "t", id = "1",
        details = {} } }), 1, true)
  end)
end)
