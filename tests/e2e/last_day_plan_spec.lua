--- A plan that rests on the last day of a person (`until` in SPEC), applied
--- after that day.

local json = require "mkrun.json"
local release = require "tests.support.release"
local served = require "tests.support.served"
local sys = require "mkrun.sys"
local temp = require "tests.support.temp"

local TOKEN <const> = "canary-0b3f6c1a"
local KARI <const>, OLA <const> = "kari@northlight.example",
  "ola@northlight.example"

describe("a plan with a last day", function()
  local api, here, today

  before_each(function()
    api, here = served.start { token = TOKEN, still = true }, temp.folder()
    local state = api:state()
    for _, token in ipairs(state.tokens) do
      token.expires = "2099-01-01T00:00:00Z"
    end
    api:begin(state)
    today = sys.iso8601(math.floor(sys.now())):sub(1, 10)
  end)
  after_each(function() api:stop() end)

  local function run(...)
    return release.run({ "--base-url", api.url, ... },
      { cwd = here, env = { MKIO_TOKEN = TOKEN } })
  end

  --- Writes a SPEC whose member has this last day.
  local function spec(email, day)
    temp.write(here .. "/spec.json", json.encode {
      organization = { name = "Northlight Broadcasting",
        legalEntityName = "Northlight AS" },
      teams = json.array { { name = "desk", members = json.array {
        { email = email, ["until"] = day }, { email = OLA } } } } })
  end

  local function plan(...)
    local outcome = run("--plan-out", "p", "onboard", ...)
    assert.equal(3, outcome.code, outcome.err)
  end

  local function refuses()
    api:advance(3 * 24 * 60 * 60)
    local before = api:writes()
    local outcome = run("--apply", "p")
    assert.equal(2, outcome.code, outcome.err)
    assert.equal(before, api:writes())
    assert.matches("has ended since the plan was made: make a new plan",
      outcome.err, 1, true)
  end

  it("adds nobody after that day", function()
    spec(KARI, today)
    plan "spec.json"
    refuses()
  end)

  it("invites nobody after that day", function()
    spec("guest@partner.example", today)
    plan "spec.json"
    refuses()
  end)

  it("is applied while the day is as it was", function()
    spec(KARI, "2020-01-01")
    plan("--prune", "members", "--yes", "spec.json")
    api:advance(3 * 24 * 60 * 60)
    local outcome = run("--apply", "p")
    assert.equal(0, outcome.code, outcome.err)
  end)
end)
