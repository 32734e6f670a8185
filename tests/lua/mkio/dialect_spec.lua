local json = require "mkrun.json"

local dialect = require "mkio.dialect"

--- "add /spec/scopes/a/roles/- user", one for each operation.
local function told(operations)
  local lines = {}
  for i, operation in ipairs(operations) do
    local value = operation.value
    if type(value) == "table" then value = json.encode(value) end
    lines[i] = ("%s %s %s"):format(operation.op, operation.path,
      value == nil and "" or tostring(value)):gsub(" $", "")
  end
  return lines
end

local function scopes(map)
  local all = {}
  for name, roles in pairs(map) do all[name] = { roles = json.array(roles) } end
  return { spec = { scopes = all } }
end

local function diff(have, want) return told(dialect.diff(have, want)) end

describe("mkio.dialect.diff", function()
  it("says nothing of teams that are alike", function()
    local have = { spec = { description = "x", scopes = json.object {},
      members = { a = { isTeamAdmin = true, name = "A", email = "a@x" } } } }
    local want = { spec = { description = "x",
      members = { a = { isTeamAdmin = true } } } }
    assert.same({}, diff(have, want))
    assert.is_true(json.is_array(dialect.diff(have, want)))
  end)

  it("adds a first description, and replaces another", function()
    for _, none in ipairs { {}, { description = json.null } } do
      assert.same({ "add /spec/description x" },
        diff({ spec = none }, { spec = { description = "x" } }))
    end
    assert.same({ "replace /spec/description x" }, diff({ spec = {
      description = "" } }, { spec = { description = "x" } }))
  end)

  it("takes roles for a set: order and repetition are nothing", function()
    assert.same({}, diff(scopes { s = { "user", "reader", "user" } },
      scopes { s = { "reader", "user" } }))
  end)

  it("grants a role at the end of the list", function()
    assert.same({ "add /spec/scopes/s/roles/- user" },
      diff(scopes { s = { "reader" } }, scopes { s = { "reader", "user" } }))
  end)

  it("takes a role away by its name", function()
    assert.same({ "remove /spec/scopes/s/roles/reader" },
      diff(scopes { s = { "reader", "user" } }, scopes { s = { "user" } }))
    assert.same({ "remove /spec/scopes/s/roles/user" },
      diff(scopes { s = { "user" } }, scopes { s = {} }))
  end)

  it("gives before it takes", function()
    assert.same({ "add /spec/scopes/s/roles/- user",
      "remove /spec/scopes/s/roles/reader" },
      diff(scopes { s = { "reader" } }, scopes { s = { "user" } }))
  end)

  it("adds a new scope whole", function()
    assert.same({ 'add /spec/scopes/s {"roles":["reader","user"]}' },
      diff(scopes {}, scopes { s = { "user", "reader" } }))
    assert.same({ 'add /spec/scopes/s {"roles":[]}' },
      diff(scopes {}, scopes { s = {} }))
    assert.same({ "remove /spec/scopes/s" },
      diff(scopes { s = { "user" } }, scopes {}))
  end)

  it("adds, ranks and removes members", function()
    local have = { spec = { members = {
      a = { isTeamAdmin = false, name = "A" }, b = { isTeamAdmin = true } } } }
    local want = { spec = { members = {
      a = { isTeamAdmin = true }, c = { isTeamAdmin = false } } } }
    assert.same({ 'add /spec/members/c {"isTeamAdmin":false}',
      "replace /spec/members/a/isTeamAdmin true", "remove /spec/members/b" },
      diff(have, want))
  end)

  it("escapes what means something in a pointer", function()
    assert.same({ "remove /spec/scopes/a~1b~0c/roles/x~1y" },
      diff(scopes { ["a/b~c"] = { "x/y", "z" } },
        scopes { ["a/b~c"] = { "z" } }))
    assert.same({ "add /spec/scopes/a~1b/roles/- x/y" },
      diff(scopes { ["a/b"] = {} }, scopes { ["a/b"] = { "x/y" } }))
  end)
end)

describe("mkio.dialect.repeatable", function()
  local function repeatable(op, path)
    return dialect.repeatable { { op = op, path = path } }
  end

  it("knows what may be sent twice", function()
    assert.is_true(repeatable("add", "/spec/members/a"))
    assert.is_true(repeatable("replace", "/spec/members/a/isTeamAdmin"))
    assert.is_false(repeatable("add", "/spec/scopes/s/roles/-"))
    assert.is_false(repeatable("remove", "/spec/members/a"))
    assert.is_false(repeatable("stringReplace", "/spec/description"))
  end)
end)
