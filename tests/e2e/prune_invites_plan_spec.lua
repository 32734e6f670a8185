--- A plan of `prune-invites`, applied when other invites are there or have come
--- of age.

local release = require "tests.support.release"
local served = require "tests.support.served"
local sys = require "mkrun.sys"
local temp = require "tests.support.temp"

local TOKEN <const> = "canary-0b3f6c1a"
local DAY <const> = 24 * 60 * 60

describe("a plan of prune-invites", function()
  local api, here

  after_each(function() api:stop() end)

  local function run(...)
    return release.run({ "--base-url", api.url, ... },
      { cwd = here, env = { MKIO_TOKEN = TOKEN } })
  end

  before_each(function()
    api, here = served.start { token = TOKEN, still = true }, temp.folder()
    local state = api:state()
    for _, token in ipairs(state.tokens) do
      token.expires = "2099-01-01T00:00:00Z"
    end
    api:begin(state)
    temp.write(here .. "/guests.csv", "email\na@x.example\nb@x.example\n")
    local outcome = run("invite", "guests.csv")
    assert.equal(0, outcome.code, outcome.err)
  end)

  --- Gives an invite this age in days.
  local function age(email, days)
    local state = api:state()
    for _, one in ipairs(state.organizations[1].invites) do
      if one.email == email then
        one.created = sys.iso8601(math.floor(sys.now() - days * DAY))
      end
    end
    api:begin(state)
  end

  local function plan(...)
    local outcome = run("--plan-out", "p", "prune-invites", "--cancel", "--yes",
      ...)
    assert.equal(3, outcome.code, outcome.err)
  end

  local function emails()
    local list = {}
    for i, one in ipairs(api:state().organizations[1].invites) do
      list[i] = one.email
    end
    table.sort(list)
    return list
  end

  it("cancels what was old enough when it was made", function()
    age("a@x.example", 8)
    age("b@x.example", 6)
    plan()
    api:advance(2 * DAY)
    local outcome = run("--apply", "p")
    assert.equal(0, outcome.code, outcome.err)
    assert.same({ "b@x.example" }, emails())
  end)

  it("of any age rests on there being no others", function()
    plan("--older-than", "0")
    temp.write(here .. "/more.csv", "email\nc@x.example\n")
    local outcome = run("invite", "more.csv")
    assert.equal(0, outcome.code, outcome.err)
    outcome = run("--apply", "p")
    assert.equal(2, outcome.code, outcome.err)
    assert.matches("invite c@x.example is there by now", outcome.err, 1, true)
    assert.same({ "a@x.example", "b@x.example", "c@x.example" }, emails())
  end)
end)
