--- Each assertion, when it holds, when it does not, and the other way round.

local yes = function() end
local raises = function() error("boom", 0) end
local raises_table = function() error { code = 7 } end

local object = setmetatable({}, { __tostring = function() return "thing" end })

--- name of the assertion -> arguments with which it holds, arguments with which
--- it does not
local CASES = {
  { "equal", { 1, 1 }, { 1, 2 } },
  { "equals", { "a", "a" }, { "a", "b" } },
  { "are.equal", { true, true }, { true, 1 } },
  { "are_equal", { nil, nil, n = 2 }, { nil, 1, n = 2 } },
  { "same", { { 1, { 2 } }, { 1, { 2 } } }, { { 1, { 2 } }, { 1, { 3 } } } },
  { "are.same", { { a = 1 }, { a = 1 } }, { { a = 1 }, { a = 1, b = 2 } } },
  { "same", { 1.5, 1.5 }, { 1.5, "1.5" } },
  { "is_true", { true }, { 1 } },
  { "is_true", { true }, { nil, n = 1 } },
  { "is.falsy", { nil, n = 1 }, { 0 } },
  { "is_false", { false }, { nil, n = 1 } },
  { "truthy", { 0 }, { false } },
  { "is_truthy", { "x" }, { nil, n = 1 } },
  { "is_nil", { nil, n = 1 }, { false } },
  { "is_boolean", { false }, { "false" } },
  { "is_number", { 3 }, { "3" } },
  { "is_string", { "3" }, { 3 } },
  { "is_table", { {} }, { "t" } },
  { "is_function", { yes }, { {} } },
  { "is.userdata", { io.stdout }, { 1 } },
  { "is_thread", { coroutine.create(yes) }, { 1 } },
  { "near", { 1, 1.05, 0.1 }, { 1, 1.2, 0.1 } },
  { "is.near", { "1", 1, 0 }, { "1", 2, 0.5 } },
  { "matches", { "^a+$", "aaa" }, { "^a+$", "ab" } },
  { "match", { "a.c", "a.c", 1, true }, { "a.c", "abc", 1, true } },
  { "matches", { "thing", object }, { "other", object } },
  { "has_error", { raises }, { yes } },
  { "has.error", { raises, "boom" }, { raises, "bang" } },
  { "has_error", { raises_table, { code = 7 } },
    { raises_table, { code = 8 } } },
  { "errors", { raises }, { yes } },
  { "error_matches", { raises, "bo+m" }, { raises, "bang" } },
  { "matches_error", { raises, "o" }, { yes, "o" } },
  { "error_match", { raises, "boom", 1, true }, { raises, "b.om", 1, true } },
  { "unique", { { 1, 2, 3 } }, { { 1, 2, 1 } } },
  { "is.unique", { { { 1 }, { 2 } }, true }, { { { 1 }, { 1 } }, true } },
  { "returned_arguments", { 2, nil, nil, n = 3 }, { 2, nil, n = 2 } },
}

local function call(name, given)
  local f = assert
  for word in name:gmatch "[^.]+" do f = f[word] end
  return f(table.unpack(given, 1, given.n or #given))
end

local NOT = { equal = "not_equal", equals = "not_equals", same = "are_not.same",
  truthy = "is_not_truthy", near = "is_not.near", matches = "does_not_match",
  match = "no.match", errors = "no_errors", unique = "is_not_unique",
  error_matches = "no.error_matches", matches_error = "no_matches_error",
  error_match = "no_error_match", returned_arguments = "not_returned_arguments",
}

local function turned(name)
  return NOT[name] or (name:gsub("^(%a+)([_.])", "%1_not%2"))
end

for i, case in ipairs(CASES) do
  local name, good, bad = table.unpack(case)
  describe(("%d %s"):format(i, name), function()
    it("holds", function() call(name, good) end)
    it("does not hold", function() call(name, bad) end)
    it("is turned and does not hold", function() call(turned(name), good) end)
    it("is turned and holds", function() call(turned(name), bad) end)
  end)
end

describe("assert", function()
  it("returns its arguments", function()
    local a, b = assert(1, "message")
    assert.equal(1, a)
    assert.equal("message", b)
  end)
  it("fails with its message", function() assert(nil, "the message") end)
  it("fails without one", function() assert(false) end)
  it("fails with a table", function() assert(nil, { code = 1 }) end)
end)

describe("a message", function()
  it("of equal", function() assert.equal(1, 2, "counted") end)
  it("of same", function() assert.same({}, { 1 }, "listed") end)
  it("of is_true", function() assert.is_true(nil, "no truth") end)
  it("of truthy", function() assert.truthy(nil, "falsy") end)
  it("of is_nil", function() assert.is_nil(1, "is there") end)
  it("of near", function() assert.near(1, 2, 0.5, "far") end)
  it("of matches", function() assert.matches("a", "b", "no a") end)
  it("of has_error", function() assert.has_error(yes, nil, "none") end)
  it("of message", function() assert.message("said").is_true(false) end)
end)

describe("results", function()
  it("of an assertion", function()
    assert.equal(5, (assert.is_number(5)))
    assert.equal("x", assert.has_error(function() error("x", 0) end))
    assert.equal("b", assert.matches("a(b)c", "abc"))
    assert.equal(7, assert.has_error(raises_table).code)
  end)
end)

describe("misuse", function()
  it("needs two", function() assert.equal(1) end)
  it("needs a function", function() assert.has_error(1) end)
  it("needs a number", function() assert.near("a", 1, 1) end)
  it("needs text", function() assert.matches("a", {}) end)
  it("is unknown", function() assert.is_equalish(1, 1) end)
end)

describe("tables", function()
  it("show where they differ", function()
    assert.same({ a = { b = { 1, 2 } }, c = "x" },
      { a = { b = { 1, 3 } }, c = "x" })
  end)
  it("with equal metatables", function()
    local meta = { __eq = function() return true end }
    assert.same({ setmetatable({ 1 }, meta) }, { setmetatable({ 2 }, meta) })
  end)
  it("that contain themselves", function()
    local a, b = { 1 }, { 1 }
    a.self, b.self = a, b
    assert.same(a, b)
  end)
  it("of other keys", function() assert.same({ [1] = 1 }, { ["1"] = 1 }) end)
  it("holes", function()
    assert.array({ 1, nil, 3 }).has.holes()
    assert.array({ 1, 2 }).has.no.holes()
  end)
  it("no holes", function() assert.array({ 1, nil, 3 }).has.no.holes() end)
end)

describe("errors", function()
  it("of Lua", function() local t = nil; return t.x end)
  it("with a text", function() error "a text" end)
  it("with a table", function() error { code = 1 } end)
  it("with an object", function() error(object) end)
  it("with nothing", function() error() end)
end)
