local providers = require "mkrun.providers"
local secret = require "mkrun.secret"
local worlds = require "mkrun.plan.worlds"

local MAIN <const>, OTHER <const> = "https://main.test", "https://other.test/v1"

--- A model whose overlays tell their base URL.
local model = { new = function(options)
  return { made = options.made or {},
    essence = function() return options.base_url end,
    whose = function() return "mine" end,
    rests = function(_, writes) return writes end,
    picked = function(_, _, _, rests) return rests end }
end }

describe("the worlds of a plan", function()
  local all

  before_each(function()
    providers.add { name = "spec_other", base_url = OTHER, model = model,
      provider = { auth = "bearer" } }
    all = worlds.new { model = model, base_url = MAIN, read = function() end }
  end)

  after_each(function() providers.remove "spec_other" end)

  local function get(url, token)
    return { method = "GET", url = url, token = token }
  end

  it("pass each request on by its URL", function()
    assert.equal(OTHER, all:essence(get(OTHER .. "/a")))
    assert.equal(MAIN, all:essence(get(MAIN .. "/a")))
    assert.equal(MAIN, all:essence(get "https://third.test/a"))
    assert.equal(2, #all.list)
    assert.equal(all.main.overlay.made, all.list[2].overlay.made)
  end)

  it("stay the same when a script connects again", function()
    local first = all:at(OTHER .. "/a")
    providers.add { name = "spec_other", base_url = OTHER, model = model }
    assert.equal(first, all:at(OTHER .. "/a"))
  end)

  it("count only what has the first token of its API", function()
    local a, b = secret.new("canary-a", "a"), secret.new("canary-b", "b")
    assert.is_true(all:owns(get(MAIN .. "/a", a)))
    assert.is_false(all:owns(get(MAIN .. "/a", b)))
    assert.is_true(all:owns(get(OTHER .. "/a", b)))
    assert.is_false(all:owns(get(OTHER .. "/a", a)))
    assert.is_false(all:owns(get(MAIN .. "/a")))
  end)

  it("know when each API can be read from", function()
    local own = secret.new("canary-a", "a")
    assert.is_false(all:is_ready(all.main))
    assert.is_false(all:is_ready(all:named "spec_other"))
    assert.is_nil(all:named "spec_third")
    all:begin(get(OTHER .. "/a", own))
    assert.is_true(all:is_ready(all:named "spec_other"))
    all.token = own
    all:begin(get(OTHER .. "/a", own))
    assert.is_true(all:is_ready(all.main))
  end)

  it("keep the place of each write in what each of them rests on", function()
    local writes = { { method = "PUT", url = MAIN .. "/a" },
      { method = "PUT", url = OTHER .. "/b" } }
    all:at(OTHER .. "/b")
    local rests = all:rests(writes)
    local other = all:picked(get(OTHER .. "/b"), {}, rests, {})
    assert.equal("", other[1].url)
    assert.equal(writes[2], other[2])
    assert.equal(writes[1], all:picked(get(MAIN .. "/a"), {}, rests, {})[1])
  end)
end)
