--- The flows about people on a sandbox where requests fail.
---
--- @seconds 15

local ending = require "tests.support.ending"
local faulty = require "tests.support.faulty"
local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local sys = require "mkrun.sys"
local temp = require "tests.support.temp"
local world = require "tests.scripts.world"

local KARI <const> = "kari@northlight.example"
local DAY <const> = 24 * 60 * 60

--- Kari leads a team and has a token; an invite is ten days old, another new.
local function staffed()
  local here = flow.new()
  here:onboard { teams = { { name = "desk", description = "night",
    members = { { email = KARI, isTeamAdmin = true } } } } }
  here:write("guests", "email,teams\nold@x.example,desk\nnew@x.example,desk\n")
  assert.equal(0, here:run("invite", "guests").code)
  world.change(here, function(api)
    local home = api.model.world.state.organizations[1]
    home.invites[1].created = sys.iso8601(math.floor(sys.now() - 10 * DAY))
    api:user(KARI):post("/user/tokens", { type = "full-access",
      description = "kari's job", organizationId = home.id })
  end)
  return here
end

local state -- of such a sandbox, as text

--- Run a flow under a plan, and again without; returns where it ended.
local function run(plan, ...)
  state = state or temp.read(staffed().folder .. "/state.json")
  local here = flow.new()
  here:write("state.json", state)
  here:write("plan.json", json.encode(plan))
  local outcome = here:run("--faults", "plan.json", ...)
  assert.equal(0, outcome.code, outcome.err)
  local again, writes = here:counted(...)
  assert.equal(0, again.code, again.err)
  assert.equal(0, writes)
  return ending.of(here:state())
end

for _, words in ipairs {
  { "offboard", "--yes", "--missing-ok", KARI, "new@x.example" },
  { "prune-invites", "--cancel", "--yes" },
  { "prune-invites", "--reinvite", "--yes" },
} do
  describe(words[1] .. " " .. words[2] .. ", when requests fail,", function()
    local expected
    setup(function() expected = run(faulty.none(), table.unpack(words)) end)

    for name, fault in pairs(faulty.ways) do
      it("ends alike: every third, " .. name, function()
        assert.same(expected,
          run(faulty.every_third { fault }, table.unpack(words)))
      end)
    end

    it("ends alike: each write, once, after its effect", function()
      for _, fault in ipairs { { cut = "after" },
        { status = 500, effect = true }, { truncate = 1 } } do
        for n = 1, 3 do
          local rules = json.array {}
          for i, method in ipairs { "POST", "PATCH", "DELETE" } do
            rules[i] = { method = method, nth = n, faults = { fault } }
          end
          assert.same(expected, run({ rules = rules }, table.unpack(words)))
        end
      end
    end)
  end)
end
