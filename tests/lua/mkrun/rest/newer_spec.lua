--- Values that the API has got since: they are sent, with a warning.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local newer = require "mkrun.rest.newer"
local shape = require "mkrun.rest.shape"

local word = shape.text { known = { "Kind.Started", "Kind.Finished" } }

local function found(...)
  local places = {}
  for i, item in ipairs(newer.list(...)) do
    places[i] = item.pointer .. " " .. item.text
  end
  return places
end

describe("newer.list", function()
  it("finds them in texts, lists, maps and objects", function()
    assert.same({ " x" }, found(word, "x"))
    assert.same({}, found(word, "Kind.Started"))
    assert.same({ "/1 x", "/2 y" },
      found(shape.list(word), { "Kind.Started", "x", "y" }))
    assert.same({ "/a~1b/0 x" },
      found(shape.map(shape.list(word)), { ["a/b"] = { "x" }, c = {} }))
    local object = shape.object { ["a!"] = word, b = shape.object { c = word } }
    assert.same({ "/a x", "/b/c y" }, found(object, { a = "x", b = { c = "y" },
      d = "z" }))
    assert.same({}, found(object, { a = json.null, b = json.null }))
  end)

  it("leaves closed lists to the check", function()
    local closed = shape.text { one_of = { "a" } }
    assert.same({}, found(closed, "x"))
    assert.is_nil(shape.check(closed, "x"))
    assert.is_true(shape.check(word, "x"))
  end)
end)

--- A plan's model takes what the service may take; only the sandbox knows
--- nothing newer.
local SPEC <const> = {
  paymentMethod = { displayName = "2026 contract", acceptTerms = true },
  projects = { { name = "p", displayName = "P", locationName = "westeurope",
    webhooks = { { name = "w", url = "https://h.example",
      events = { "MediaKind.JobFinishd" } },
      { name = "v", url = "https://h.example",
        events = { "MediaKind.JobFinishd" } } } } },
}

describe("an event that is unknown", function()
  it("is sent, with one warning that names the place and what is near",
    function()
      local here = flow.new()
      here:write("spec.json", json.encode(SPEC))
      local outcome = here:run("--dry-run", "onboard", "spec.json")
      local warning = "mkrun: warning: spec.json: at "
        .. "'/projects/0/webhooks/0/events/0': 'MediaKind.JobFinishd' is "
        .. "unknown to this version, and is sent as it is: did you mean "
        .. "'MediaKind.JobFinished'?\n"
      local _, count = outcome.err:gsub("warning: [^\n]*JobFinishd", "")
      assert.equal(1, count, outcome.err)
      assert.matches(warning, outcome.err, 1, true)
      assert.equal(3, outcome.code, outcome.err)
    end)

  it("is refused by the sandbox, which knows nothing newer", function()
    local outcome = flow.new():onboard(SPEC)
    assert.equal(1, outcome.code)
    assert.matches("/spec/events/0: one of 'MediaKind", outcome.err, 1, true)
  end)

  it("is sent by a script, too", function()
    local here = flow.new()
    local outcome = here:run("--dry-run", "-e", [[
      local org = require "mkio".connect()
      org.me:call("my_tokens.create", nil, { type = "eternal",
        description = "x", organizationId = org:get().metadata.id })]])
    assert.matches("mkrun: warning: POST /api/v1/user/tokens, body at '/type': "
      .. "'eternal' is unknown to this version, and is sent as it is",
      outcome.err, 1, true)
    assert.equal(3, outcome.code, outcome.err)
  end)
end)
