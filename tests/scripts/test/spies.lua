--- Spies, stubs, mocks and matchers.

local function sum(a, b) return a + b end

describe("a spy", function()
  it("counts", function()
    local s = spy.new(sum)
    assert.spy(s).was_not.called()
    assert.equal(3, s(1, 2))
    s(3, 4)
    assert.spy(s).was.called()
    assert.spy(s).was.called(2)
    assert.spy(s).was_not.called(3)
    assert.spy(s).was.called_with(1, 2)
    assert.spy(s).was_not.called_with(1, 3)
    assert.spy(s).returned_with(7)
    assert.spy(s).called_at_least(1)
    assert.spy(s).called_at_most(2)
    assert.spy(s).called_more_than(1)
    assert.spy(s).called_less_than(3)
    s:clear()
    assert.spy(s).was.called(0)
  end)

  it("on a table", function()
    local t = { f = sum }
    local s = spy.on(t, "f")
    assert.equal(s, t.f)
    t.f(1, 1)
    assert.spy(t.f).was.called_with(1, 1)
    t.f:revert()
    assert.equal(sum, t.f)
  end)

  it("keeps copies", function()
    local s, t = spy.new(), { 1 }
    s(t)
    t[1] = 2
    assert.spy(s).was.called_with({ 1 })
    assert.spy(s).was_not.called_with({ 2 })
    assert.spy(s).was.called_with(match.is_ref(t))
  end)

  it("counts arguments, nil too", function()
    local s = spy.new(function(...) return ... end)
    s("a", nil)
    assert.spy(s).was.called_with("a", nil)
    assert.spy(s).was_not.called_with "a"
    assert.spy(s).was_not.called_with("a", match._, nil)
    assert.spy(s).returned_with("a", nil)
    assert.spy(s).has_not.returned_with "a"
  end)

  it("with nil", function()
    local s = spy.new()
    s(nil, 1)
    assert.spy(s).was.called_with(nil, 1)
    assert.spy(s).was_not.called_with(1)
  end)

  it("fails", function()
    local s = spy.new()
    s "a"
    assert.spy(s).was.called_with "b"
  end)
  it("fails to be called", function() assert.spy(spy.new()).was.called() end)
  it("fails to be called twice", function()
    local s = spy.new()
    s()
    assert.spy(s).was.called(2)
  end)
  it("fails not to be called", function()
    local s = spy.new()
    s()
    assert.spy(s).was_not.called()
  end)
  it("needs a function", function() spy.new(1) end)
  it("needs a spy", function() assert.spy(sum).was.called() end)
end)

describe("a stub", function()
  it("returns", function()
    local t = { f = sum }
    local s = stub(t, "f")
    assert.is_nil(t.f(1, 2))
    s.returns(9, 8)
    assert.same({ 9, 8 }, { t.f() })
    s.invokes(function(a) return a * 2 end)
    assert.equal(6, t.f(3))
    s.on_call_with(4).returns "four"
    assert.equal("four", t.f(4))
    assert.equal(10, t.f(5))
    s.by_default.returns "rest"
    assert.equal("rest", t.f(5))
    assert.stub(t.f).was.called(6)
    s:revert()
    assert.equal(sum, t.f)
  end)
  it("returns what is given", function()
    local t = { f = sum }
    stub(t, "f", 1, nil, 3)
    assert.equal(3, select("#", t.f()))
    assert.equal(3, (select(3, t.f())))
  end)
  it("calls what is given", function()
    local t = {}
    stub(t, "f", function() return "called" end)
    assert.equal("called", t.f())
  end)
  it("needs a table", function() stub(1, "f") end)
end)

describe("a mock", function()
  it("spies", function()
    local t = mock { f = sum, inner = { g = sum }, n = 5 }
    assert.equal(2, t.f(1, 1))
    t.inner.g(2, 2)
    assert.spy(t.f).was.called(1)
    assert.spy(t.inner.g).was.called_with(2, 2)
    assert.equal(5, t.n)
    mock.clear(t)
    assert.spy(t.f).was.called(0)
    mock.revert(t)
  end)
  it("stubs", function()
    local t = mock({ f = sum }, true)
    assert.is_nil(t.f(1, 1))
  end)
end)

describe("a matcher", function()
  local s = spy.new()
  s("text", 5, { a = 1 })
  for i, arguments in ipairs {
    { match.is_string(), match.is_number(), match.is_table() },
    { match._, match._, match._ },
    { match.has_match "^te", match.is_near(5.1, 0.2), match.is_same { a = 1 } },
    { match.is_not_nil(), match.is_not.equal(6), match.is_truthy() },
    { match.is_all_of(match.is_string(), match.has_match "x"), 5, match._ },
    { match.is_any_of(match.is_number(), match.is_string()), 5, match._ },
    { match.is_none_of(match.is_number(), match.is_nil()), 5, match._ },
    { match.is_number(), 5, match.is_table() },
    { "text", match.is_not_number(), match.is_table() },
    { "text", 5 },
  } do
    it("matches " .. i, function()
      assert.spy(s).was.called_with(table.unpack(arguments))
    end)
  end
end)

describe("an assertion of one's own", function()
  local say = require "say"
  say:set("assertion.even.positive", "Expected %s to be even")
  say:set("assertion.even.negative", "Expected %s not to be even")
  assert:register("assertion", "even",
    function(_, arguments) return arguments[1] % 2 == 0 end,
    "assertion.even.positive", "assertion.even.negative")
  it("holds", function() assert.is_even(2) end)
  it("does not", function() assert.is_even(3) end)
  it("is turned", function() assert.is_not_even(2) end)
end)
