--- The table that `mkrun new provider` makes of the contract says the same as
--- `mkio.operations`, which a person wrote, where the contract has the facts.
---
--- The contract does not have these: the keys (their resources are named by
--- MK.IO's words), `safe`, `can`, `auth` of what needs no token, `empty`, that
--- the answer of a usage report is no list, `$filter` and its like, and the
--- formats and lengths of texts.  A member that is required and may be null is
--- only the latter in a table.

local contract = require "tests.support.contract"
local declare = require "mkrun.rest.declare"
local operations = require "mkio.operations"
local provider = require "mkrun.tool.new.provider"
local schema = require "mkio.schema"

local text, marks = provider.text(contract.document, "management")
local made = declare.provider((function()
  local declared
  local names = { require = function()
    return { provider = function(given) declared = given end }
  end }
  assert(load(text, "=management.lua", "t", names))()
  return declared
end)())

local function what(operation)
  return operation.method .. " " .. operation.path:gsub("{[^{}]+}", "{}")
end

local by_request = {}
for _, operation in ipairs(made.operations.all) do
  by_request[what(operation)] = operation
end

local plain

local reducers = {
  array = function(shape) return { item = plain(shape.item) } end,
  map = function(shape)
    return shape.value.kind == "any" and "object"
      or { value = plain(shape.value) }
  end,
  object = function(shape)
    local fields, required = {}, {}
    for name, field in pairs(shape.fields) do
      if not field.readonly then
        fields[name] = plain(field)
        required[name] = not field.nullable and shape.required[name] or nil
      end
    end
    return { fields = fields, required = required }
  end,
}

--- What the contract and a table both say of a shape.
function plain(shape)
  local reduce = reducers[shape.kind]
  if reduce then return reduce(shape) end
  return shape.nullable and { shape.kind } or shape.kind
end

local function shape_of(name)
  local inner = name:match "^%[(.+)%]$"
  if inner then return { item = plain(schema.schemas[inner]) } end
  return plain(schema.schemas[name])
end

local IS_REPORT <const> = { ["project_usage.get"] = true }

describe("the table of MK.IO's contract has the operation", function()
  for _, mine in ipairs(operations.all) do
    it(mine.key, function()
      local other = assert(by_request[what(mine)], "it is not there")
      assert.same(mine.ok, other.only and other.ok or { 200 })
      assert.equal(mine.content_type, other.content_type)
      local is_list = other.act == "list" and not IS_REPORT[mine.key]
      assert.equal(mine.list ~= nil, is_list)
      if mine.list then assert.equal("value", other.pages.items) end
      if mine.list == "pagination" then
        assert.equal("@odata.nextLink", other.pages.next)
      end
      if mine.style == "patch" then
        assert.equal("json-patch", other.act)
      elseif mine.body then
        assert.same(shape_of(mine.body), plain(other.shape))
      else
        assert.is_nil(other.shape)
      end
    end)
  end

  it("and no other", function()
    assert.equal(#operations.all, #made.operations.all)
  end)
end)

describe("the table of MK.IO's contract", function()
  it("guesses what the client reads, and marks each guess", function()
    assert.same({ code = "error.code", detail = "error.detail" }, made.error)
    assert.equal("https://app.mk.io", made.base_url)
    assert.equal("bearer", made.auth)
    assert.equal("metadata.id", made.resources.invites.id)
    assert.is_nil(made.resources.invites.identify)
    assert.same({ team_name = "metadata.name" }, made.resources.teams.members)
    assert.same({ "status.password" }, made.resources.metrics_endpoint.secrets)
    assert.same({ "metadata.JWT" }, made.resources.user_tokens.secrets)
    local _, count = text:gsub("\n *%-%- %? ", "")
    assert.equal(marks, count)
  end)

  it("has lines as a person writes them", function()
    for line in text:gmatch "[^\n]+" do assert(#line <= 80, line) end
  end)
end)
