local operation_name = require "mkio.flow.common.operation_name"
local operations = require "mkio.operations"

local function key(...)
  local operation = operation_name.find(...)
  return operation and operation.key
end

local function fault(...)
  local operation, message = operation_name.find(...)
  assert.is_nil(operation)
  return message
end

describe("operation_name.find", function()
  it("knows every operation by its key, its method and its path", function()
    for _, operation in ipairs(operations.all) do
      assert.equal(operation.key, key(operation.key))
      assert.equal(operation.key, key(operation.method .. " "
        .. operation.path))
    end
  end)

  it("reads method and path however they come", function()
    assert.equal("teams.patch", key "patch /organization/teams/night%20desk")
    assert.equal("teams.patch", key("PATCH", "/api/v1/organization/teams/x"))
    assert.equal("teams.list", key("get", "organization/teams"))
    assert.equal("projects.list",
      key "GET https://app.mk.io/api/v1/projects?$top=1#x")
  end)

  it("gives the parameters of the path", function()
    local _, parameters = operation_name.find
      "PUT /api/v1/projects/evening%2Dnews/webhook/rules/job"
    assert.same({ project_name = "evening-news", rule_name = "job" },
      parameters)
  end)

  it("says what there is instead", function()
    assert.equal("there is no operation 'locations.put': there is "
      .. "'locations.list' and 'locations.get'", fault "locations.put")
    assert.matches("there is no operation 'nix': the first word is one of "
      .. "invites, ", fault "nix", 1, true)
    assert.equal("there is no operation POST /api/v1/projects, but others on "
      .. "that path", fault "POST /api/v1/projects")
    assert.equal("there is no operation GET /api/v1/nix",
      fault "GET /api/v1/nix")
  end)
end)
