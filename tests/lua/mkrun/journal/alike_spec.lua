local alike = require "mkrun.journal.alike"
local json = require "mkrun.json"

local list = json.array

describe("mkrun.journal.alike", function()
  it("finds a part in a whole, whatever the form", function()
    for _, case in ipairs {
      { { a = 1, b = 2 }, { a = 1 } }, { { a = { b = 1, c = 2 } },
        { a = { b = 1 } } }, { { a = list { "x", "y" } }, { a = "y, x" } },
      { { a = "x,y" }, { a = list { "y", "x" } } }, { { a = "60" },
        { a = 60 } }, { {}, { a = json.null } }, { { a = json.null }, {} },
      { { a = "theirs" }, { a = "(secret)" } }, { { a = 1.0 }, { a = 1 } },
      { { a = list { { b = 1, c = 2 } } }, { a = list { { b = 1 } } } },
      { { a = list {} }, { a = "" } },
      { list { { b = 1, c = 2 }, { b = 2 } }, list { { b = 2 }, { b = 1 } } },
    } do
      assert.is_true(alike.has(case[1], case[2]), json.encode(case))
    end
  end)

  it("finds what differs", function()
    for _, case in ipairs {
      { { a = 1 }, { a = 2 } }, { { a = true }, { a = false } },
      { {}, { a = 1 } }, { { a = 1 }, { a = json.null } },
      { { a = list { "x" } }, { a = list { "x", "y" } } },
      { { a = list { { b = 1 } } }, { a = list { { b = 2 } } } },
      { list { { b = 1 }, { b = 2 } }, list { { b = 1 }, { b = 1 } } },
      { list { { b = 1 } }, list { { b = 1 }, { b = 1 } } },
      { { a = "x" }, { a = { b = 1 } } }, { 5, { a = 1 } },
      { { a = { b = 1 } }, { a = list { 1 } } },
    } do
      assert.is_false(alike.has(case[1], case[2]), json.encode(case))
    end
  end)

  it("finds what a write has added", function()
    local was = { a = { b = 1 }, l = list { { b = 1 } }, t = "x,y" }
    for _, made in ipairs { { a = { b = 1, c = 2 } }, { l = list { { b = 1,
      c = 2 } } }, { d = 1 }, { a = { b = 1, c = { d = 1 } } } } do
      local now = { n = 7, a = made.a or was.a, l = made.l or was.l,
        d = made.d, t = list { "y", "x" } }
      assert.is_false(alike.is_back(now, was, made), json.encode(made))
      assert.is_true(alike.is_back(was, was, made), json.encode(made))
    end
    assert.is_true(alike.is_back({ t = "x,y" }, { t = list { "x", "y" } },
      { t = list { "y", "x" } }))
    assert.is_false(alike.is_back({ t = 1 }, { t = 2 }, { t = 1 }))
    assert.is_true(alike.is_back({}, {}, { d = "(secret)" }))
  end)

  it("tells another's change from one's own, member by member", function()
    local made, was = { a = 2, b = { c = 2 } }, { a = 1, b = { c = 1 } }
    assert.is_false(alike.is_taken({ a = 2, b = { c = 1 } }, made, was))
    assert.is_false(alike.is_taken({ a = 2, b = { c = 2 }, d = 9 }, made, was))
    assert.is_true(alike.is_taken({ a = 3, b = { c = 2 } }, made, was))
    assert.is_true(alike.is_taken({ a = 2, b = { c = 3 } }, made, was))
    assert.is_true(alike.is_taken({ a = 2 }, made, was))
  end)

  it("escapes an id as a segment of a path", function()
    assert.equal("a%2Fb%20%C3%A9", alike.escape "a/b é")
    assert.equal("7", alike.escape(7))
  end)
end)
