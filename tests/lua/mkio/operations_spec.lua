local operations = require "mkio.operations"

describe("mkio.operations", function()
  it("knows 60 operations, each once", function()
    local seen = {}
    for _, operation in ipairs(operations.all) do
      local request = operation.method .. " " .. operation.path
      assert.is_nil(seen[request], request)
      seen[request] = true
      assert.equal(operation, operations.by_key[operation.key])
    end
    assert.equal(60, #operations.all)
  end)

  it("says of every body how it is laid out", function()
    local styles = { flat = 0, spec = 0, patch = 0, none = 0 }
    for _, operation in ipairs(operations.all) do
      styles[operation.style] = styles[operation.style] + 1
      assert.equal(operation.body == nil, operation.style == "none")
    end
    assert.same({ flat = 4, spec = 10, patch = 2, none = 44 }, styles)
  end)

  it("knows the thirteen lists and their three shapes", function()
    local shapes = { pagination = 0, kind = 0, value = 0 }
    for _, operation in ipairs(operations.all) do
      local shape = operation.list
      if shape then shapes[shape] = shapes[shape] + 1 end
    end
    assert.same({ pagination = 3, kind = 9, value = 1 }, shapes)
  end)

  it("never sends a creating POST twice", function()
    for _, key in ipairs { "organization.create", "invites.create",
      "my_tokens.create" } do
      assert.is_false(operations.by_key[key].safe)
    end
    assert.is_true(operations.by_key["teams.put"].safe)
    assert.equal("entries", operations.by_key["teams.patch"].safe)
  end)
end)

describe("mkio.operations.expand", function()
  local path = operations.by_key["teams.get"].path

  it("percent-encodes a name", function()
    assert.equal("/api/v1/organization/teams/a%20b%2F%C3%A5",
      operations.expand(path, { team_name = "a b/å" }))
  end)

  it("refuses names that the way to the server would eat", function()
    for _, name in ipairs { "", ".", ".." } do
      assert.error_matches(function()
        operations.expand(path, { team_name = name })
      end, "bad parameter 'team_name'")
    end
  end)

  it("refuses a missing name", function()
    assert.error_matches(function() operations.expand(path) end,
      "a name expected, got nil")
  end)
end)

describe("mkio.operations.match", function()
  it("finds the operation and decodes its parameters", function()
    local operation, parameters =
      operations.match("PATCH", "/api/v1/organization/teams/a%2Fb")
    assert.equal("teams.patch", operation.key)
    assert.same({ team_name = "a/b" }, parameters)
  end)

  it("tells a wrong method from a wrong path", function()
    local operation, exists =
      operations.match("POST", "/api/v1/organization/teams/x")
    assert.is_nil(operation)
    assert.is_true(exists)
    operation, exists = operations.match("GET", "/api/v2/organization")
    assert.is_nil(operation)
    assert.is_false(exists)
  end)

  it("finds every operation by its own path", function()
    for _, operation in ipairs(operations.all) do
      local path = operation.path:gsub("{[%w_]+}", "x")
      assert.equal(operation, (operations.match(operation.method, path)))
    end
  end)
end)
