local canned = require "tests.lua.mkio.canned"
local json = require "mkrun.json"
local task = require "mkrun.task"

local LIST <const> = "GET /api/v1/organization/scopes"

describe("scopes:await", function()
  it("tells each of several tasks which scope is missing", function()
    local org = canned.connect { [LIST] = canned.ok {
      value = json.array { { metadata = { id = "1", name = "there" } } },
    } }
    local told = task.map({ "a", "there", "b" }, function(name)
      local ok, problem = pcall(org.scopes.await, org.scopes, { name }, 0)
      return ok and "there" or problem.detail
    end)
    assert.same({ "there is no scope 'a'", "there",
      "there is no scope 'b'" }, told)
  end)
end)
