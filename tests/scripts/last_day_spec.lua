--- The last day of a member (`until` in a SPEC), in `onboard`.

local flow = require "tests.scripts.flow"
local sys = require "mkrun.sys"
local prunes = require "tests.support.prunes"

local KARI <const>, NILS <const> =
  prunes.KARI, prunes.NILS
local grown, prune, members_of, refuses =
  prunes.grown, prunes.prune, prunes.members_of, prunes.refuses

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
    assert.not_matches("--prune", outcome.err, 1, true)
    outcome = here:onboard(spec(day(3), day(30)))
    assert.same({ KARI, NILS }, members_of(here, "desk"))
    assert.equal(1, #here:state().organizations[1].invites)
    assert.matches(("mkrun: desk: %s until %s, in "):format(KARI, day(3)),
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

  it("is not said to end a membership of Everyone", function()
    local here = flow.new()
    local outcome = here:onboard { teams = { { name = "Everyone", members = {
      { email = KARI, ["until"] = day(-3) } } } } }
    assert.equal(0, outcome.code, outcome.err)
    assert.not_matches("--prune", outcome.err, 1, true)
    assert.matches("and still a user: mkrun offboard " .. KARI, outcome.err, 1,
      true)
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
    local again, none = prune(here, over, "members", "--yes")
    assert.same(0, none)
    for _, text in ipairs { outcome.err, again.err,
      here:run("drift", "less.json").err } do
      assert.matches(("mkrun: %s: until %s, which is over, and still a user: "
        .. "mkrun offboard %s\n"):format(KARI, day(-3), KARI), text, 1, true)
    end
  end)

  it("of somebody invited goes by the patterns of members", function()
    local here = grown(spec(day(30), day(30)))
    local function left(...)
      local outcome = prune(here, spec(day(-3), day(30)), "members", "--yes",
        ...)
      assert.equal(0, outcome.code, outcome.err)
      return #here:state().organizations[1].invites
    end
    assert.equal(1, left("--except", "members/desk/guest@x.example"))
    assert.equal(1, left("--only", "members/desk/" .. KARI))
    assert.equal(0, left("--only", "members/desk/guest@x.example"))
  end)

  it("is a date, of members only", function()
    local here = flow.new()
    local cases = {
      ['{"invites": [{"email": "a@x.y", "until": "2026-12-31"}]}'] =
        "at '/invites/0/until': unknown key",
    }
    for date, why in pairs { ["2026-02-30"] = ": 2026-02 has 28 days\n",
      ["2028-02-30"] = ": 2028-02 has 29 days\n",
      ["2026-11-31"] = ": 2026-11 has 30 days\n",
      ["2026-13-01"] = ": there is no month 13\n",
      ["2026-00-01"] = ": there is no month 00\n",
      ["2026-01-00"] = ": there is no day 00\n", ["31.12.2026"] = "\n" } do
      cases[('{"teams": [{"name": "a", "members": [{"email": "a@x.y", '
        .. '"until": "%s"}]}]}'):format(date)] =
          ("date (YYYY-MM-DD) expected, got '%s'%s"):format(date, why)
    end
    for text, message in pairs(cases) do
      here:write("spec.json", text)
      local outcome = here:run("onboard", "spec.json")
      assert.equal(2, outcome.code)
      assert.matches(message, outcome.err, 1, true)
    end
  end)
end)
