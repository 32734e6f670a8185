local selection = require "mkio.flow.common.selection"

describe("mkio.flow.common.selection", function()
  it("selects everything without a pattern", function()
    local all = selection.new {}
    assert.is_true(all:has("teams", "night-desk"))
    assert.is_false(all:is_part())
  end)

  it("selects by kind and name", function()
    local some = selection.new { only = { "teams/night-*", "projects/a" } }
    assert.is_true(some:has("teams", "night-desk"))
    assert.is_true(some:has("projects", "a"))
    assert.is_false(some:has("teams", "day-desk"))
    assert.is_false(some:has("tokens", "night-job"))
    assert.is_true(some:is_part())
  end)

  it("selects what is in a selected thing", function()
    local some = selection.new { only = { "teams/a/b" } }
    assert.is_true(some:has("members", "x@y.z", "a/b"))
    assert.is_true(some:has("scopes", "s", "a/b"))
    assert.is_false(some:has("members", "x@y.z", "a"))
    assert.is_false(some:has("webhooks", "r", "a/b"))
  end)

  it("selects parts of a thing by OWNER/NAME", function()
    local some = selection.new { only = { "members/desk/*@y.z" } }
    assert.is_true(some:has("members", "X@Y.z", "desk"))
    assert.is_false(some:has("members", "x@other.z", "desk"))
    assert.is_false(some:has("teams", "desk"))
  end)

  it("leaves out what --except and ignore name", function()
    local some = selection.new { only = { "teams/*" },
      except = { "teams/legacy" }, ignore = { "members/*/bot@y.z" } }
    assert.is_true(some:has("teams", "desk"))
    assert.is_false(some:has("teams", "legacy"))
    assert.is_false(some:has("members", "bot@y.z", "desk"))
    assert.is_true(some:has("members", "iris@y.z", "desk"))
    assert.is_false(some:has("members", "iris@y.z", "legacy"))
  end)

  it("takes * for any characters, also for none", function()
    for _, case in ipairs {
      { "*", "", true }, { "*", "abc", true }, { "a*", "a", true },
      { "a*c", "abc", true }, { "a*c", "ac", true }, { "a*a", "a", false },
      { "ab*ba", "aba", false }, { "*b*", "abc", true }, { "*b*", "ac", false },
      { "a*b*c", "aXbXbXc", true }, { "a*b*c", "aXc", false },
      { "a**c", "abc", true }, { "*bc*c", "abc", false },
      { "*bc*c", "abcc", true }, { "abc", "abc", true },
      { "abc", "ab", false }, { "", "", true } } do
      assert.equal(case[3], selection.matcher(case[1])(case[2]),
        case[1] .. " " .. case[2])
    end
  end)

  it("takes every character but * as it is", function()
    local some = selection.new { only = { "teams/a.b-(c)%" } }
    assert.is_true(some:has("teams", "a.b-(c)%"))
    assert.is_false(some:has("teams", "axb-(c)%"))
  end)

  it("knows whether something in a team or project can be selected", function()
    local function of(only, except, owner)
      return selection.new({ only = { only }, except = { except } })
        :may_have("members", owner or "desk")
    end
    for _, only in ipairs { "members/desk/*", "members/de*@x.y", "members/*",
      "members/*/ola@x.y", "teams/d*" } do
      assert.is_true(of(only), only)
    end
    for _, only in ipairs { "members/desk", "members/des/*", "members/desks/*",
      "scopes/desk/*", "teams/x" } do
      assert.is_false(of(only), only)
    end
    assert.is_true(of(nil, "members/desk/*"))
    assert.is_false(of(nil, "teams/d*"))
    assert.is_false(of("members/desk/*", "teams/desk"))
  end)

  it("folds the address of a member, and not the name of its team", function()
    for _, only in ipairs { "members/Desk/KARI@x.y", "members/D*KARI@x.y",
      "members/*/KARI@x.y" } do
      local some = selection.new { only = { only } }
      assert.is_true(some:has("members", "kari@x.y", "Desk"), only)
      assert.equal(only:find "/%*/" ~= nil,
        some:has("members", "kari@x.y", "desk"), only)
    end
  end)

  it("splits a list before a kind only", function()
    assert.same({ "teams/a", "tokens/b, c", "members/t/x@y.z", "projects/d" },
      selection.split { "teams/a, tokens/b, c,members/t/x@y.z",
        "projects/d" })
    assert.same({}, selection.split(nil))
    assert.same({ "tokens/a,b/c" }, selection.split { "tokens/a,b/c" })
  end)

  it("leaves commas out that separate nothing", function()
    for _, text in ipairs { "teams/a,", "teams/a , ", ",teams/a",
      "teams/a,,", ", teams/a," } do
      assert.same({ "teams/a" }, selection.split { text }, text)
    end
    assert.same({ "teams/a", "tokens/b" },
      selection.split { "teams/a,,tokens/b," })
    assert.same({ "" }, selection.split { "," })
    assert.same({ "" }, selection.split { "" })
  end)

  it("ends soon, however many stars a pattern has", function()
    local matches = selection.matcher(("*a"):rep(40) .. "b")
    assert.is_false(matches(("a"):rep(4000)))
    assert.is_true(matches(("a"):rep(4000) .. "b"))
  end)

  it("names what is wrong with a pattern", function()
    assert.is_nil(selection.fault "teams/x*")
    for _, text in ipairs { "teams", "teams/", "/x", "" } do
      assert.equal(("KIND/NAME expected, such as 'teams/legacy-*', got '%s'")
        :format(text), selection.fault(text))
    end
    assert.equal("there is no kind 'team' (did you mean 'teams'?)",
      selection.fault "team/x")
  end)
end)
