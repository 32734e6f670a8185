local json = require "mkrun.json"
local patch = require "mkrun.patch"

local cases = require "tests.support.cases"

local decode = cases.decode

describe("mkrun.patch.merge", function()
  for i, case in ipairs(cases.load "merge") do
    it("case " .. i, function()
      local before = patch.copy(case.doc)
      cases.assert_json(case.expected, patch.merge(case.doc, case.patch))
      cases.assert_json(before, case.doc)
    end)
  end

  it("shares with the target what the patch does not name", function()
    local target = decode '{"a": {"b": 1}, "c": {"d": 2}}'
    local result = patch.merge(target, decode '{"a": {"b": 2}}')
    assert.equal(target.c, result.c)
    assert.equal(1, target.a.b)
  end)

  it("shares nothing with the patch", function()
    local change = decode '{"a": {"b": [1]}}'
    local result = patch.merge({}, change)
    result.a.b[1] = 2
    assert.equal(1, change.a.b[1])
  end)

  it("raises on what is not JSON", function()
    assert.error_matches(function() patch.merge({}) end,
      "bad argument #2 to 'merge' (JSON value expected, got nil)",
      1, true)
    assert.error_matches(function()
      patch.merge({}, { a = { b = { [2] = 1 } } })
    end, "/a/b: object with a key that is no string", 1, true)
    local loop = {}
    loop.loop = loop
    assert.error_matches(function() patch.merge(loop, loop) end, "a cycle",
      1, true)
  end)
end)

describe("mkrun.patch.get", function()
  local document = decode [=[{"a": [{"b": null}, false, []],
    "": {"": 1}, "m~n/o": 2, "0": "zero", "e^f": "g|h"}]=]

  it("follows a pointer", function()
    for pointer, text in pairs {
      ["/a/0/b"] = "null", ["/a/1"] = "false", ["/a/2"] = "[]",
      ["/"] = '{"":1}', ["//"] = "1", ["/m~0n~1o"] = "2",
      ["/0"] = '"zero"', ["/e^f"] = '"g|h"',
    } do
      assert.equal(text, json.encode(patch.get(document, pointer)))
    end
  end)

  it("returns the document for the empty pointer", function()
    assert.equal(document, patch.get(document, ""))
    assert.equal(7, patch.get(7, ""))
  end)

  it("says where there is nothing", function()
    for pointer, message in pairs {
      ["/x"] = "/x: no member 'x'",
      ["/a/3"] = "/a/3: no element 3, the array has 3",
      ["/a/-"] = "/a/-: '-' names no element",
      ["/a/00"] = "/a/00: '00' is no array index",
      ["/a/1/x"] = "/a/1/x: /a/1 is a boolean, object or array expected",
      ["a"] = "a: pointer without a '/' at its start",
      ["/~2"] = "/~2: pointer with a '~' that is neither '~0' nor '~1'",
    } do
      assert.same({ [2] = message, [3] = "path" },
        { patch.get(document, pointer) })
    end
  end)

  it("raises on a pointer that is no string", function()
    assert.error_matches(function() patch.get(document, 1) end,
      "bad argument #2 to 'get' (string expected, got number)",
      1, true)
  end)
end)

describe("mkrun.patch.equal", function()
  it("compares by value", function()
    for _, pair in ipairs {
      { "1", "1.0" }, { "0", "-0.0" }, { "null", "null" },
      { '{"a": [1, {}], "b": 2}', '{"b": 2.0, "a": [1, {}]}' },
      { "[]", "[]" }, { "{}", "{}" }, { '"\\u00e9"', '"\u{e9}"' },
      { "9007199254740992", "9007199254740992.0" },
    } do
      assert.is_true(patch.equal(decode(pair[1]), decode(pair[2])))
    end
  end)

  it("tells different values apart", function()
    for _, pair in ipairs {
      { "1", "2" }, { "1", '"1"' }, { "0", "false" }, { "null", "false" },
      { "[]", "{}" }, { "[1]", '{"0": 1}' }, { "[1]", '{"1": 1}' },
      { "[1]", "[1, 1]" }, { "[1, 1]", "[1]" }, { '{"a": 1}', "{}" },
      { "{}", '{"a": 1}' }, { '{"a": 1}', '{"b": 1}' },
      { '{"a": null}', "{}" }, { '"a"', '"A"' },
      { "9007199254740993", "9007199254740992.0" },
      { "9223372036854775807", "9223372036854775808.0" },
    } do
      assert.is_false(patch.equal(decode(pair[1]), decode(pair[2])))
    end
  end)

  it("is true for a table and itself, whatever it holds", function()
    local loop = {}
    loop.loop = loop
    assert.is_true(patch.equal(loop, loop))
  end)

  it("raises on cycles and on tables that are not JSON", function()
    local a, b = {}, {}
    a.a, b.a = a, b
    assert.error_matches(function() patch.equal(a, b) end,
      "nested too deep (1000 levels at most), or a cycle", 1, true)
    assert.error_matches(function()
      patch.equal({ a = { [1.5] = 1 } }, { a = {} })
    end, "/a: object with a key that is no string", 1, true)
    assert.error_matches(function()
      patch.equal(json.array { 1, nil, 3 }, json.array { 1, nil, 3 })
    end, "array with a hole", 1, true)
  end)
end)

describe("mkrun.patch.copy", function()
  it("shares no table with the original", function()
    local value = decode '{"a": [{"b": []}, null, 1.5], "c": {}}'
    local copy = patch.copy(value)
    cases.assert_json(value, copy)
    assert.not_equal(value.a, copy.a)
    assert.not_equal(value.a[1], copy.a[1])
    assert.not_equal(value.c, copy.c)
  end)

  it("keeps what is an array an array", function()
    assert.equal("[]", json.encode(patch.copy(json.array())))
    local copy = patch.copy { 1 }
    copy[1] = nil
    assert.equal("[]", json.encode(copy))
    assert.equal("{}", json.encode(patch.copy {}))
  end)

  it("copies 1000 levels and refuses more", function()
    local value = 1
    for _ = 1, 1000 do value = { value } end
    assert.is_true(patch.equal(value, patch.copy(value)))
    assert.error_matches(function() patch.copy { value } end,
      "nested too deep (1000 levels at most), or a cycle", 1, true)
  end)

  it("raises on 100000 levels, in every function", function()
    local function deep(leaf)
      local value = leaf
      for _ = 1, 100000 do value = { a = value } end
      return value
    end
    local a, b = deep(1), deep(2)
    for _, run in ipairs { patch.equal, patch.diff, patch.merge } do
      assert.error_matches(function() run(a, b) end, "nested too deep",
        1, true)
    end
    assert.error_matches(function() patch.copy(a) end, "nested too deep",
      1, true)
    local result, message = patch.apply(a,
      { { op = "test", path = "", value = b } })
    assert.is_nil(result)
    assert.equal('operation 1 (test ""): ' ..
      "nested too deep (1000 levels at most), or a cycle", message)
  end)

  it("raises on what is not JSON, with the place", function()
    for message, value in pairs {
      ["/a/1: JSON value expected, got thread"] =
        { a = { 1, coroutine.create(print) } },
      ["/a~1b: array with a hole"] = { ["a/b"] = { 1, 2, nil, 4 } },
      ["/a: array with a key that is no index"] = { a = { 1, x = 2 } },
      ["/a: object with a key that is no string"] = { a = { [-1] = 2 } },
      ["bad argument #1 to 'copy' " ..
        "(JSON value expected, got userdata)"] = io.stdout,
    } do
      assert.error_matches(function() patch.copy(value) end, message, 1, true)
    end
  end)
end)
