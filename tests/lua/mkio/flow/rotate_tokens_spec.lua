local canned = require "tests.lua.mkio.canned"
local json = require "mkrun.json"
local rotation = require "mkio.flow.rotate_tokens"

local path = "/api/v1/user/tokens"

local function token(id, description, home)
  return { metadata = { id = id, type = "full-access" },
    spec = { description = description, organizationId = home,
      issued = "2026-01-01T00:00:00Z", expires = "2027-01-01T00:00:00Z",
      revoked = json.null, lastUsed = json.null, user = "ola@x.test" } }
end

describe("mkio.flow.rotate_tokens.find", function()
  local function over(store, ...)
    local org, http = canned.connect { ["GET " .. path] = canned.list(...) }
    local result = table.pack(pcall(rotation.find, org.me.tokens, "nightly",
      store))
    return http, table.unpack(result, 1, result.n)
  end

  it("keeps to the organization of the stored token, by one list", function()
    local http, ok, live, model = over({ held_id = "a" },
      token("a", "nightly", "o1"), token("b", "nightly", "o2"))
    assert.is_true(ok)
    assert.equal(1, #live)
    assert.equal("a", model.metadata.id)
    assert.equal(1, #http.seen)
  end)

  it("refuses a description that no live token has, by one list", function()
    local http, ok, problem = over({}, token("a", "nightly job", "o1"))
    assert.is_false(ok)
    assert.matches("there is no live token 'nightly'", tostring(problem), 1,
      true)
    assert.equal(1, #http.seen)
  end)
end)
