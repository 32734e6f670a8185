local json = require "mkrun.json"
local stale = require "mkrun.plan.stale"

local WRITES <const> = {
  { action = "update", kind = "team", name = "desk" },
  { action = "create", kind = "invite", name = "zz@x.example" },
  { action = "delete", kind = "user", name = "kari@x.example" },
}

--- A pick of the team "desk" whose description is `text`; nil: it is absent.
local function desk(text, by)
  return { kind = "team", name = "desk", by = by, digest = text or false,
    was = { spec = { description = text } } }
end

describe("mkrun.plan.stale", function()
  it("says nothing of what is the same", function()
    assert.is_nil(stale.sentence(desk "a", desk "a", WRITES))
    assert.is_nil(stale.sentence(desk(nil), nil, WRITES))
    assert.is_nil(stale.sentence(nil, desk(nil), WRITES))
  end)

  it("names what is new, gone or different, and the write", function()
    for text, case in pairs {
      ["team desk is there by now (the plan is to change it)"] =
        { desk(nil, { 1 }), desk "a" },
      ["team desk is there by now (the plan is to create invite "
        .. "zz@x.example)"] =
        { nil, desk("a", { 2 }) },
      ["team desk is gone (the plan is to delete user kari@x.example, and "
        .. "another write rests on it)"] = { desk("a", { 3, 2 }), nil },
      ["team desk is gone (the plan leaves it as it is)"] =
        { desk "a", desk(nil) },
      ["team desk is there by now (the plan rests on there being no new one)"] =
        { nil, desk "a" },
      ["team desk: description was 'a', is 'b' (the plan is to change it, and "
        .. "2 more writes rest on it)"] =
        { desk("a", { 1, 2, 3 }), desk("b", { 1 }) },
    } do
      assert.equal(text, stale.sentence(case[1], case[2], WRITES))
    end
  end)

  it("tells a few fields, and no control characters", function()
    assert.equal("a is new: 1, b is gone, was 'x?[2J', c was [1], is [2], d "
      .. "was 'y', is null, and 2 more", stale.changes(
      { spec = { b = "x\27[2J", c = json.array { 1 }, d = "y", e = 1, f = 1 } },
      { spec = { a = 1, c = json.array { 2 }, d = json.null, e = 2, f = 2 } }))
    assert.equal("is different in something that is not shown",
      stale.changes({ spec = { a = 1 } }, { spec = { a = 1 } }))
  end)

  it("joins sentences, each once, and some of many", function()
    assert.equal("a; b", stale.join { "a", "b", "a" })
    local many = {}
    for i = 1, 12 do many[i] = tostring(i) end
    assert.equal("1; 2; 3; 4; 5; 6; 7; 8; and 4 more", stale.join(many))
  end)
end)
