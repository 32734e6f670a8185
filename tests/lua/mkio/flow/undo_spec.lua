local json = require "mkrun.json"

local inverse = require "mkio.flow.undo.inverse"
local operations = require "mkio.operations"
local stories = require "mkio.flow.undo.story"
local undoing = require "mkio.flow.undo"

local SENT <const> = "2026-11-22T01:00:00Z"

local function write(method, path, fields)
  fields.method, fields.path, fields.time = method, path, SENT
  return fields
end

local function create(fields)
  fields.body = { description = "d" }
  return write("POST", "/api/v1/user/tokens", fields)
end

local function revoke(id, issued)
  return write("DELETE", "/api/v1/user/tokens/" .. id, { status = 200,
    before = { spec = { description = "d", issued = issued } } })
end

describe("undoing", function()
  it("has an inverse, or a reason why there is none, for every write",
    function()
      local count = 0
      for _, operation in ipairs(operations.all) do
        local asks = operation.method == "GET"
          or operation.key == "reports.usage"
        assert.equal(asks, inverse[operation.key] == nil, operation.key)
        count = count + (asks and 0 or 1)
      end
      assert.equal(24, count)
    end)

  it("takes what a journal has of a wrong answer for unknown", function()
    local team = "/api/v1/organization/teams/x"
    for _, wrong in ipairs { json.array {}, { spec = 5 }, { spec = {
      members = { a = 5 } } }, { spec = { scopes = { s = { roles = 5 } } } } }
    do
      local step = undoing.steps({ write("DELETE", team, { status = 204,
        before = wrong }) })[1]
      assert.equal("what was there before is not known", step.problem)
      step = undoing.steps({ write("PUT", team, { status = 201, after = wrong,
        body = { spec = {} } }) })[1]
      assert.is_function(step.run)
    end
  end)

  it("knows a token that took the place of another one", function()
    local new = create { status = 201, created = { id = "new" } }
    local function is_successor(...)
      return stories.is_successor(stories.of { ... }, new)
    end
    assert.is_true(is_successor(new, revoke("old", SENT)))
    assert.is_false(is_successor(new))
    -- its own: one that was answered, and one that was not
    assert.is_false(is_successor(create { status = 201,
      created = { id = "old" } }, new, revoke("old", SENT)))
    assert.is_false(is_successor(create { error = "timeout" }, new,
      revoke("lost", "2026-11-22T01:00:09Z")))
    assert.is_true(is_successor(create { error = "timeout" }, new,
      revoke("old", "2026-11-22T00:59:00Z")))
    -- somebody used it: it was not lost
    local used = revoke("old", SENT)
    used.before.spec.lastUsed = "2026-11-22"
    assert.is_true(is_successor(create { error = "timeout" }, new, used))
    -- killed at the revocation of the one that was there
    local unanswered = revoke("old", "2026-11-22T00:59:00Z")
    unanswered.status = nil
    assert.is_true(is_successor(create { status = 201,
      created = { id = "between" } }, unanswered, new, revoke("between", SENT)))
    unanswered.error, unanswered.safe = "connect", false
    assert.is_false(is_successor(unanswered, new))
  end)

  it("has no step for what was made and deleted again", function()
    local function team(method, status, path)
      return write(method, "/api/v1/organization/teams/" .. (path or "a"),
        { status = status, body = {}, before = { spec = {} } })
    end
    local function signs(...)
      local list = {}
      for i, step in ipairs(undoing.steps { ... }) do list[i] = step.sign end
      return table.concat(list)
    end
    assert.equal("-", signs(team("PUT", 201)))
    assert.equal("", signs(team("PUT", 201), team("PATCH", 200),
      team("DELETE", 204)))
    assert.equal("+", signs(team("DELETE", 204), team("PUT", 201),
      team("DELETE", 204)))
    assert.equal("-+", signs(team("DELETE", 204), team("PUT", 201)))
    assert.equal("+~", signs(team("PUT", 200), team("DELETE", 204)))
    assert.equal("-", signs(team("PUT", 201), team("PUT", 201, "b"),
      team("DELETE", 204)))
    assert.equal("", signs(
      write("POST", "/api/v1/organization/invites", { status = 201,
        created = { id = "7" } }),
      write("DELETE", "/api/v1/organization/invites/7", { status = 200 })))
  end)
end)
