local part = require "mkio.flow.onboard.part"
local selection = require "mkio.flow.common.selection"

local function spec()
  return {
    organization = { name = "N", legalEntityName = "N AS" },
    paymentMethod = { displayName = "main", acceptTerms = true },
    paymentMethods = { { displayName = "second" } },
    projects = {
      { name = "a", displayName = "A", webhooks = { { name = "r" },
        { name = "s" } } },
      { name = "b", displayName = "B", paymentMethod = "second" },
    },
    teams = {
      { name = "t", description = "T", members = { { email = "x@y.z" },
        { email = "v@y.z" } }, scopes = { one = {}, two = {} } },
      { name = "u", members = {} },
    },
    invites = { { email = "g@y.z" } },
    tokens = { { description = "d" } },
  }
end

local function part_of(patterns)
  return part.of(spec(), selection.new(patterns))
end

describe("a part of a SPEC", function()
  it("is the SPEC itself if nothing is left out", function()
    local whole = spec()
    assert.equal(whole, part.of(whole, selection.new {}))
    assert.is_false(part.is_part(whole))
    assert.equal("/teams/1", part.pointer(whole, "/teams/1"))
  end)

  it("has the selected team, and no key that nobody selected", function()
    local some = part_of { only = { "teams/u" } }
    assert.same({ { name = "u", members = {} } }, some.teams)
    for _, key in ipairs { "projects", "paymentMethod", "paymentMethods",
      "invites", "tokens" } do
      assert.is_nil(some[key])
    end
    assert.same({ name = "N", is_part = true }, some.organization)
  end)

  it("has of a team that is not selected the members and scopes that are",
    function()
      assert.same({ { name = "t", is_part = true,
        members = { { email = "v@y.z" } } } },
        part_of { only = { "members/t/V@*" } }.teams)
      assert.same({ { name = "t", is_part = true, scopes = { two = {} } } },
        part_of { only = { "scopes/*/two" } }.teams)
    end)

  it("has of a project that is not selected the rules that are", function()
    assert.same({ { name = "a", is_part = true,
      webhooks = { { name = "s" } } } },
      part_of { only = { "webhooks/a/s" } }.projects)
  end)

  it("keeps the payment method that is the default of a project", function()
    local some = part_of { only = { "projects/*" } }
    assert.equal("main", some.projects[1].paymentMethod)
    assert.equal("second", some.projects[2].paymentMethod)
    assert.is_nil(some.paymentMethod)
  end)

  it("leaves out what --except and ignore name", function()
    local some = part_of { except = { "members/t/x@y.z", "scopes/t/*" },
      ignore = { "projects/b" } }
    assert.same({ { email = "v@y.z" } }, some.teams[1].members)
    assert.is_nil(some.teams[1].scopes)
    assert.equal("T", some.teams[1].description)
    assert.equal(1, #some.projects)
    assert.equal(1, #some.tokens)
  end)

  it("has pointers that lead into the SPEC", function()
    local some = part_of { except = { "members/t/x@y.z", "projects/a",
      "webhooks/a/r" } }
    assert.equal("/teams/0/members/1/email",
      part.pointer(some, "/teams/0/members/0/email"))
    assert.equal("/projects/1", part.pointer(some, "/projects/0"))
    local rules = part_of { only = { "webhooks/a/s" } }
    assert.equal("/projects/0/webhooks/1",
      part.pointer(rules, "/projects/0/webhooks/0"))
  end)

  it("says what would select a thing", function()
    local some = part_of { only = { "teams/t" } }
    assert.equal("add --only 'projects/a'", part.advice(some, "projects", "a"))
    assert.is_nil(part.advice(some, "teams", "t"))
    assert.is_nil(part.advice(some, "projects", "nowhere"))
    assert.equal("it is left out by --except 'projects/*'", part.advice(
      part_of { except = { "projects/*" } }, "projects", "a"))
    assert.equal("\"ignore\" in SPEC leaves it out by 'teams/*'",
      part.advice(part_of { ignore = { "teams/*" } }, "teams", "u"))
  end)

  it("knows the patterns that fit nothing", function()
    local texts = {}
    for i, pattern in ipairs(part.unused(part_of {
      only = { "teams/t", "teams/x", "members/u/*" },
      except = { "scopes/t/two", "tokens/e" }, ignore = { "teams/y" } })) do
      texts[i] = pattern.text
    end
    assert.same({ "teams/x", "members/u/*", "tokens/e" }, texts)
  end)
end)
