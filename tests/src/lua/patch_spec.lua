local json = require "mkrun.json"
local patch = require "mkrun.patch"

local cases = require "tests.support.cases"

local decode = cases.decode

--- Every case is checked for its outcome and for an input left alone.
local function check(case)
  local before = patch.copy(case.doc)
  local operations = patch.copy(case.patch)
  local result, message, code = patch.apply(case.doc, case.patch)
  if case.error then
    assert.equal(case.error, code)
    assert.is_nil(result)
    if case.message then assert.equal(case.message, message) end
  else
    assert(result ~= nil, message)
    cases.assert_json(case.expected, result)
  end
  cases.assert_json(before, case.doc)
  cases.assert_json(operations, case.patch)
end

describe("mkrun.patch.apply", function()
  for _, name in ipairs { "operations", "malformed", "index", "names",
                          "values", "atomic", "rfc6902" } do
    for i, case in ipairs(cases.load(name)) do
      it(("%s %d: %s"):format(name, i, case.comment), function()
        check(case)
      end)
    end
  end

  it("shares what it did not change with its input", function()
    local document = decode '{"a": {"b": [1]}, "c": {"d": [2]}}'
    local result = assert(patch.apply(document,
      decode '[{"op": "add", "path": "/a/b/-", "value": 2}]'))
    assert.equal(document.c, result.c)
    assert.not_equal(document.a, result.a)
    assert.not_equal(document.a.b, result.a.b)
  end)

  it("returns the very document when nothing is asked", function()
    local document = decode '{"a": 1}'
    assert.equal(document, patch.apply(document, json.array()))
    assert.equal(document, patch.apply(document, {}))
  end)

  it("puts nothing into the result twice", function()
    local result = assert(patch.apply(decode '{"a": {"b": [1]}}',
      decode '[{"op": "copy", "from": "/a", "path": "/c"}]'))
    result.c.b[1] = 9
    result.c.x = 9
    cases.assert_json(decode '{"b": [1]}', result.a)
  end)

  it("keeps no hold on the operations", function()
    local value = decode '{"b": [1]}'
    local operations = { { op = "add", path = "/x", value = value },
                         { op = "add", path = "/y", value = value } }
    local result = assert(patch.apply({}, operations))
    result.x.b[1] = 9
    cases.assert_json(decode '{"b": [1]}', result.y)
    cases.assert_json(decode '{"b": [1]}', value)
  end)

  it("leaves a table that its input holds twice in the other place", function()
    local shared = { n = 1 }
    local result = assert(patch.apply({ a = shared, b = shared },
      decode '[{"op": "replace", "path": "/a/n", "value": 2}]'))
    assert.same({ a = { n = 2 }, b = { n = 1 } }, result)
  end)

  it("keeps an emptied array an array, marked before or not", function()
    local result = assert(patch.apply({ 1 },
      decode '[{"op": "remove", "path": "/0"}]'))
    assert.is_true(json.is_array(result))
    assert.equal("[]", json.encode(result))
  end)

  it("keeps the mark of an object", function()
    local document = json.object { a = 1 }
    local result = assert(patch.apply(document,
      decode '[{"op": "remove", "path": "/a"}]'))
    assert.equal(debug.getmetatable(document),
      debug.getmetatable(result))
  end)

  it("takes an empty object for no patch when it is marked", function()
    local result, message, code = patch.apply({}, json.object())
    assert.is_nil(result)
    assert.equal("the patch is an object, array expected", message)
    assert.equal("operation", code)
  end)

  it("does not ask metamethods", function()
    local boom = setmetatable({ a = 1 }, {
      __index = error, __newindex = error, __pairs = error, __len = error,
    })
    local result = assert(patch.apply(boom,
      decode '[{"op": "add", "path": "/b", "value": 2}]'))
    assert.same({ a = 1, b = 2 }, result)
  end)

  it("refuses a list of operations with a hole", function()
    local remove = { op = "remove", path = "/a" }
    local _, message, code = patch.apply({ a = 1 }, { remove, nil, remove })
    assert.equal("the patch is an array with a hole", message)
    assert.equal("operation", code)
  end)

  it("refuses an array with a hole on its way", function()
    local document = { list = json.array { 1, nil, 3 } }
    local _, message, code = patch.apply(document,
      decode '[{"op": "add", "path": "/list/0", "value": 0}]')
    assert.equal("operation 1 (add /list/0): array with a hole", message)
    assert.equal("path", code)
  end)

  it("refuses a key that is no string on its way", function()
    local document = { map = { [2.5] = 1 } }
    local _, message = patch.apply(document,
      decode '[{"op": "add", "path": "/map/a", "value": 0}]')
    assert.equal("operation 1 (add /map/a): " ..
      "object with a key that is no string", message)
  end)

  it("refuses a value that is not JSON", function()
    local _, message, code = patch.apply({},
      { { op = "add", path = "/a", value = { b = { print } } } })
    assert.equal("operation 1 (add /a): /b/0: " ..
      "JSON value expected, got function", message)
    assert.equal("operation", code)
  end)

  it("refuses a value that holds itself", function()
    local loop = {}
    loop.loop = loop
    local _, message = patch.apply({}, { { op = "add", path = "/a",
      value = loop } })
    assert.equal("operation 1 (add /a): " ..
      "nested too deep (1000 levels at most), or a cycle", message)
  end)

  it("follows a pointer through a cycle to its end", function()
    local loop = {}
    loop.a = loop
    local path = ("/a"):rep(5000) .. "/b"
    local result =
      assert(patch.apply(loop, { { op = "add", path = path, value = 1 } }))
    assert.equal(1, patch.get(result, path))
    assert.is_nil(loop.b)
  end)

  it("costs the way to a change, not the document", function()
    local document = {}
    for i = 1, 100000 do document["m" .. i % 100] = { n = { i } } end
    for i = 1, 100 do
      local list = {}
      for j = 1, 1000 do list[j] = { j } end
      document["m" .. i - 1].list = list
    end
    local operations = { { op = "add", path = "/m7/list/500/-", value = 1 } }
    collectgarbage()
    collectgarbage "stop"
    local before = collectgarbage "count"
    assert(patch.apply(document, operations))
    local used = collectgarbage "count" - before
    collectgarbage "restart"
    assert.is_true(used < 100, ("%.0f KiB"):format(used))
  end)

  it("ends a patch whose copies double the document again and again",
    function()
      local operations = {}
      for i = 1, 60 do
        operations[i] = { op = "copy", from = "", path = "/" .. i }
      end
      local _, message, code = patch.apply({}, operations)
      assert.matches("^operation %d+ %(copy /%d+%): the copies are too large$",
        message)
      assert.equal("operation", code)
    end)

  it("names the operation with a long pointer cut short", function()
    local _, message = patch.apply({},
      { { op = "remove", path = ("/segment"):rep(1000) } })
    assert.is_true(#message < 300)
    assert.matches("%.%.%.%): no member 'segment'$", message)
  end)

  it("raises on a wrong argument", function()
    assert.error_matches(function() patch.apply({}) end,
      "bad argument #2 to 'apply' (table expected, got no value)", 1, true)
    assert.error_matches(function() patch.apply({}, "[]") end,
      "table expected, got string", 1, true)
    assert.error_matches(function() patch.apply(nil, {}) end,
      "JSON value expected, got nil", 1, true)
    assert.error_matches(function() patch.apply(print, {}) end,
      "JSON value expected, got function", 1, true)
  end)
end)

describe("mkrun.patch", function()
  it("has exactly the functions that its types name", function()
    local file <close> = assert(io.open("lua/types/patch.lua"))
    local named = {}
    for name in file:read("a"):gmatch "\nfunction patch%.(%w+)" do
      named[name] = true
    end
    for name in pairs(patch) do
      assert(named[name], name .. " is not in lua/types/patch.lua")
      named[name] = nil
    end
    assert.same({}, named)
  end)
end)
