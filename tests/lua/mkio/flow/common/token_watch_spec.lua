local json = require "mkrun.json"
local sys = require "mkrun.sys"

local watch = require "mkio.flow.common.token_watch"

local DAY <const> = 24 * 60 * 60

local function token(id, changes)
  local spec = { description = id, expires = sys.iso8601(sys.now() + 30 * DAY),
    lastUsed = "2026-02-03", revoked = json.null }
  for name, field in pairs(changes or {}) do spec[name] = field end
  return { metadata = { id = id, type = spec.type or "restricted" },
    spec = spec }
end

describe("token_watch.warnings", function()
  local function warnings(changes, within)
    return watch.warnings(token("x", changes), within or 14)
  end

  local function expiring(days)
    return { expires = sys.iso8601(sys.now() + days * DAY) }
  end

  it("has nothing to say about a token in good order", function()
    assert.same({}, warnings())
  end)

  it("counts the days", function()
    assert.same({ "expires in 13 days" }, warnings(expiring(13.5)))
    assert.same({ "expires in 1 day" }, warnings(expiring(1.5)))
    assert.same({ "expires within a day" }, warnings(expiring(0.5)))
    assert.same({}, warnings(expiring(3.5), 3))
  end)

  it("tells of a token that was never used", function()
    assert.same({ "never used" }, warnings { lastUsed = json.null })
  end)

  it("is silent about revoked and short-lived ones", function()
    local changes = expiring(0.1)
    changes.revoked = "2026-02-03T00:00:00Z"
    assert.same({}, warnings(changes))
    changes = expiring(0.1)
    changes.type = "login"
    assert.same({}, warnings(changes))
  end)
end)

describe("token_watch.choose", function()
  local gone = token("gone", { revoked = "2026-02-03T00:00:00Z" })

  it("takes an id, or a description that is one live token's", function()
    local one = token("one", { description = "nightly" })
    local old = token("old", { description = "nightly",
      revoked = "2026-02-03T00:00:00Z" })
    assert.equal(one, watch.choose({ old, one, gone }, "nightly"))
    assert.equal(old, watch.choose({ old, one }, "old"))
    assert.equal(gone, watch.choose({ one, gone }, "gone"))
  end)

  it("raises on two, and on none", function()
    local twins = { token("1", { description = "x" }),
      token("2", { description = "x" }) }
    assert.error_matches(function() watch.choose(twins, "x") end,
      "2 live tokens are called 'x': name one by its id: 1, 2", 1, true)
    assert.error_matches(function() watch.choose(twins, "y") end,
      "there is no token 'y'", 1, true)
  end)
end)
