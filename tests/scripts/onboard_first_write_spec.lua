--- A list that `onboard` reads and cannot read ends the run before the first
--- write, whichever list it is.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"

local PATHS <const> = { users = "/api/v1/organization/users",
  invites = "/api/v1/organization/invites",
  teams = "/api/v1/organization/teams",
  projects = "/api/v1/projects",
  ["payment methods"] = "/api/v1/organization/paymentMethods",
  ["own tokens"] = "/api/v1/user/tokens" }

describe("onboard writes nothing if it cannot read", function()
  for what, path in pairs(PATHS) do
    it("the list of " .. what, function()
      local here = flow.new()
      here:write("plan.json", json.encode { rules = json.array { {
        method = "GET", path = path,
        faults = json.array { { status = 400 } } } } })
      local outcome, writes =
        here:counted("--faults", "plan.json", "onboard", flow.example)
      assert.equal(1, outcome.code)
      assert.matches("GET " .. path, outcome.err, 1, true)
      assert.equal(0, writes, outcome.err)
    end)
  end
end)
