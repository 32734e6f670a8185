local contract = require "tests.support.contract"
local operations = require "mkio.operations"

local auth_words = { none = "none", ["token-only"] = "token",
                     capability = "capability" }

--- The stated statuses below 300, in order.
local function successes(stated)
  local found = {}
  for status in pairs(stated.responses) do
    if tonumber(status) < 300 then found[#found + 1] = tonumber(status) end
  end
  table.sort(found)
  return found
end

--- Content type and schema name of the request body; "[X]" for a list.
local function body_of(stated)
  if not stated.requestBody then return nil end
  local media_type, media = next(stated.requestBody.content)
  local schema = media.schema
  local name = (schema["$ref"] or schema.items["$ref"]):match "[^/]+$"
  return media_type, schema.items and "[" .. name .. "]" or name
end

--- The stated names of what may be in the query.
local function query_of(stated)
  local names = {}
  for _, parameter in ipairs(stated.parameters or {}) do
    if parameter["in"] == "query" then
      names[parameter.name:gsub("^%$", "")] = parameter.name
    end
  end
  return names
end

describe("mkio.operations and the contract", function()
  it("have the same operations", function()
    local count = 0
    for path, methods in pairs(contract.document.paths) do
      for method in pairs(methods) do
        count = count + 1
        local operation = operations.match(method:upper(), path)
        assert(operation and operation.path == path, method .. " " .. path)
      end
    end
    assert.equal(60, count)
    assert.equal(count, #operations.all)
  end)

  for _, operation in ipairs(operations.all) do
    it("agree on " .. operation.key, function()
      local stated =
        contract.document.paths[operation.path][operation.method:lower()]
      local content_type, body = body_of(stated)
      assert.same(successes(stated), operation.ok)
      assert.same(stated["x-rbac-any-of"], operation.can)
      assert.equal(auth_words[stated["x-auth"]], operation.auth)
      assert.equal(body, operation.body)
      assert.equal(content_type, operation.content_type)
      assert.same(query_of(stated), operation.query)
      assert.equal(operation.query.top ~= nil, operation.paged)
    end)
  end
end)
