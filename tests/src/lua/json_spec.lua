local json = require "mkrun.json"
local texts = require "tests.src.json.texts"

local null = json.null

local function same_bits(a, b)
  return math.type(a) == "float" and math.type(b) == "float" and
    string.pack("<d", a) == string.pack("<d", b)
end

local function nested(depth)
  return ("["):rep(depth) .. ("]"):rep(depth)
end

describe("mkrun.json.null", function()
  it("prints as it is written", function()
    assert.equal("null", tostring(json.null))
  end)
end)

describe("mkrun.json.decode", function()
  for _, case in ipairs(texts.good) do
    local text, value = case[1], case[2]
    it(("reads %q"):format(#text < 60 and text or text:sub(1, 60)), function()
      local got, message = json.decode(text)
      assert.is_nil(message)
      if value == nil then return assert.equal(null, got) end
      assert.same(value, got)
      assert.equal(math.type(value), math.type(got))
    end)
  end

  for _, case in ipairs(texts.bad) do
    local text, what, line, column = table.unpack(case)
    it(("refuses %q"):format(#text < 60 and text or text:sub(1, 60)), function()
      local value, message, code = json.decode(text)
      assert.is_nil(value)
      assert.equal(("bad JSON: %s at line %d column %d")
        :format(what, line, column), message)
      assert.equal("json", code)
    end)
  end

  it("refuses bytes that are not UTF-8, in values and in names", function()
    for _, case in ipairs(texts.bad_utf8) do
      local bytes = case[1]
      for _, text in ipairs { '["%s"]', '{"%s":1}', '["1234567%s"]' } do
        local value, message = json.decode((text:gsub("%%s", bytes)))
        assert.is_nil(value)
        assert.match("^bad JSON: invalid UTF%-8 at line 1 column %d+$", message)
      end
    end
  end)

  it("reads 1000 levels and refuses the next", function()
    assert(json.decode(nested(1000)))
    local _, message = json.decode(nested(1001))
    assert.equal("bad JSON: nested deeper than 1000 levels" ..
      " at line 1 column 1001", message)
    _, message = json.decode(('{"a":'):rep(1001))
    assert.match("nested deeper than 1000 levels", message, 1, true)
    assert.is_nil((json.decode(("["):rep(1000000))))
  end)

  it("keeps the sign of zero", function()
    assert.is_true(same_bits(-0.0, json.decode "-0"))
    assert.is_true(same_bits(-0.0, json.decode "-0.0"))
    assert.equal("integer", math.type(json.decode "0"))
  end)

  it("reads numbers without regard to the locale", function()
    local before = os.setlocale(nil, "numeric")
    for _, locale in ipairs { "de_DE.UTF-8", "fr_FR.UTF-8", "C" } do
      if os.setlocale(locale, "numeric") then
        assert.equal(0.1, json.decode "0.1")
        assert.equal("0.30000000000000004", json.encode(0.1 + 0.2))
      end
    end
    os.setlocale(before, "numeric")
  end)

  it("raises on anything but a string", function()
    assert.error_matches(function() json.decode(12) end,
      "bad argument #1 to 'decode' (string expected, got number)", 1, true)
    assert.error_matches(json.decode, "string expected, got no value")
  end)

  it("never fails on a text that the scanner let pass", function()
    local alphabet = {
      "[", "]", "{", "}", ",", ":", '"a"', '""', "1", "-", "0", ".5", "e3",
      "true", "null", " ", '"\\u00e9"', '"', "\\",
    }
    math.randomseed(42)
    for _ = 1, 20000 do
      local parts = {}
      for i = 1, math.random(8) do
        parts[i] = alphabet[math.random(#alphabet)]
      end
      local text = table.concat(parts)
      local value, message = json.decode(text)
      if message == nil then
        assert.is_not_nil(value)
        assert(json.encode(value))
      end
    end
  end)
end)

describe("mkrun.json.encode", function()
  local function refused(expected, value)
    local text, message, code = json.encode(value)
    assert.is_nil(text)
    assert.equal(expected, message)
    assert.equal("json", code)
  end

  it("writes each kind of value", function()
    assert.equal("null", json.encode(null))
    assert.equal("true", json.encode(true))
    assert.equal("[1,2]", json.encode { 1, 2 })
    assert.equal('{"a":{"b":[null,false]}}',
      json.encode { a = { b = { null, false } } })
    assert.equal([["/é\"\\\b\f\n\r\t\u0000\u001f"]],
      json.encode "/é\"\\\b\f\n\r\t\0\31")
  end)

  it("writes an empty table as an object, unless it is marked", function()
    assert.equal("{}", json.encode {})
    assert.equal("[]", json.encode(json.array {}))
    assert.equal("{}", json.encode(json.object {}))
    assert.equal('{"roles":[]}', json.encode { roles = json.array() })
  end)

  it("refuses tables that are neither array nor object", function()
    refused("/spec/roles: mixed table (element 1 and member 'x')",
      { spec = { roles = { "a", x = 1 } } })
    refused("mixed table (element 1 and member 'a')",
      { 1, 2, c = 1, b = 2, a = 3 })
    refused("/a: sparse array (2 elements, the last one is 3)",
      { a = { 1, nil, 3 } })
    refused("sparse array (2 elements, the last one is 100)",
      { [1] = 1, [100] = 1 })
    refused("sparse array (1 elements, the last one is 1099511627776)",
      { [1 << 40] = 1 })
    refused("sparse array (1 elements, the last one is 2)", { [2] = 1 })
    refused("/a: array with member 'x'", { a = json.array { x = 1 } })
    refused("/a: object with element 1", { a = json.object { 1 } })
    local array = json.array { 1, 2, 3 }
    array[2] = nil
    refused("sparse array (2 elements, the last one is 3)", array)
  end)

  it("refuses keys that are not strings", function()
    refused("a key is a boolean, string expected", { [true] = 1 })
    refused("/0: a key is a number, string expected", { { [0] = 1 } })
    refused("/a: a key is a number, string expected", { a = { [1.5] = 1 } })
    refused("a key is a table, string expected", { [{}] = 1 })
  end)

  it("refuses values that JSON does not have", function()
    refused("function is not a JSON value", print)
    refused("/a/1: FILE* is not a JSON value", { a = { 1, io.stderr } })
    refused("/a: thread is not a JSON value",
      { a = coroutine.create(print) })
    refused("/0: NaN is not a JSON number", { 0 / 0 })
    refused("/0: infinity is not a JSON number", { 1 / 0 })
    refused("/0: infinity is not a JSON number", { -1 / 0 })
    refused("nil is not a JSON value, use json.null", nil)
  end)

  it("refuses bytes that are not UTF-8, and says which", function()
    for _, case in ipairs(texts.bad_utf8) do
      local bytes, place = table.unpack(case)
      refused(("invalid UTF-8 at byte %d"):format(place), bytes)
      refused(("/a/0: invalid UTF-8 at byte %d"):format(place),
        { a = { bytes } })
      refused(("/a: member name: invalid UTF-8 at byte %d"):format(place),
        { a = { [bytes] = 1 } })
    end
  end)

  it("refuses what is too deep, and tables that contain themselves", function()
    local deep = {}
    for _ = 1, 999 do deep = { deep } end
    assert.equal(nested(999) .. "", (json.encode(deep):gsub("{}", "")))
    local _, message = json.encode { deep }
    assert.match("^/0/0/0/.*%.%.%.: nested deeper than 1000 levels$", message)

    local loop = { a = {} }
    loop.a.b = { loop }
    refused("/a/b/0: table that contains itself", loop)
  end)

  it("lets one table stand in two places", function()
    local shared = { 1 }
    assert.equal("[[1],[1]]", json.encode { shared, shared })
  end)

  it("escapes names in the pointer of a message", function()
    refused("/a~1b/c~0d: function is not a JSON value",
      { ["a/b"] = { ["c~d"] = print } })
  end)

  it("does not look at metamethods", function()
    local proxy = setmetatable({ a = 1 }, {
      __index = { b = 2 }, __pairs = error, __len = error,
    })
    assert.equal('{"a":1}', json.encode(proxy))
  end)

  it("indents and sorts", function()
    local value = {
      b = { 1, { x = true }, json.array() }, a = {}, A = "x",
      ["a\n"] = null, ['a"'] = 1.5, ["é"] = "]}", ab = "a,b:c",
    }
    assert.equal([[
{
  "A": "x",
  "a": {},
  "a\n": null,
  "a\"": 1.5,
  "ab": "a,b:c",
  "b": [
    1,
    {
      "x": true
    },
    []
  ],
  "é": "]}"
}]], json.encode(value, { indent = 2, sort = true }))
    local short = json.encode({ b = 1, a = { d = 1, c = 2 } }, { sort = true })
    assert.equal('{"a":{"c":2,"d":1},"b":1}', short)
    assert.equal("[\n\t1\n]", (json.encode({ 1 }, { indent = 8 })
      :gsub((" "):rep(8), "\t")))
    assert.equal("[1]", json.encode({ 1 }, { indent = 0, sort = false }))
    assert.equal("{}", json.encode({}, { indent = 4, sort = true }))
  end)

  it("sorts by bytes, as the names are and not as they are written", function()
    local names, object = {}, {}
    for byte = 0, 127 do
      for _, name in ipairs { string.char(byte), "x" .. string.char(byte) } do
        names[#names + 1] = name
        object[name] = { [name] = 1, a = 2 }
      end
    end
    table.sort(names)
    local text = json.encode(object, { sort = true })
    local parts = {}
    for i, name in ipairs(names) do
      parts[i] = json.encode(name) .. ":" ..
        json.encode(object[name], { sort = true })
    end
    assert.equal("{" .. table.concat(parts, ",") .. "}", text)
    assert.same(object, json.decode(text))
  end)

  it("raises on a wrong style", function()
    local function raises(expected, style)
      assert.error_matches(function() json.encode({}, style) end,
        "bad argument #2 to 'encode' (" .. expected, 1, true)
    end
    raises("unknown option 'ident'", { ident = 2 })
    raises("unknown option '?'", { 2 })
    raises("option 'indent': integer from 0 to 16 expected", { indent = true })
    raises("option 'indent': integer from 0 to 16 expected", { indent = 17 })
    raises("option 'indent': integer from 0 to 16 expected", { indent = "2" })
    raises("option 'sort': boolean expected", { sort = 1 })
    raises("table expected, got number", 2)
    assert.error_matches(json.encode, "value expected")
  end)
end)

describe("numbers in mkrun.json", function()
  it("are exact as integers of 64 bits", function()
    for _, n in ipairs { 0, 1, -1, 10, 1 << 53, (1 << 53) + 1, 10 ^ 15 | 0,
                         math.maxinteger, math.mininteger } do
      local text = json.encode(n)
      assert.equal(("%d"):format(n), text)
      assert.equal("integer", math.type(json.decode(text)))
      assert.equal(n, json.decode(text))
    end
  end)

  it("are floats in their shortest form", function()
    for text, number in pairs {
      ["0.0"] = 0.0, ["-0.0"] = -0.0, ["1.0"] = 1.0, ["100.0"] = 100.0,
      ["0.1"] = 0.1, ["0.30000000000000004"] = 0.1 + 0.2, ["1e15"] = 1e15,
      ["123456789012345.0"] = 123456789012345.0, ["0.00001"] = 0.00001,
      ["1e-6"] = 1e-6, ["9.007199254740992e15"] = 2.0 ^ 53,
      ["0.3333333333333333"] = 1 / 3, ["1.5e300"] = 1.5e300,
      ["1.7976931348623157e308"] = 1.7976931348623157e308, ["5e-324"] = 5e-324,
      ["2.2250738585072014e-308"] = 0x1p-1022, ["-12.25"] = -12.25,
      ["7.120236347223045e-307"] = 0x1p-1017, ["5e-7"] = 0.0000005,
    } do
      assert.equal(text, json.encode(number))
      assert.is_true(same_bits(number, json.decode(text)))
    end
  end)

  it("have no digit too many at a power of two, nor at the range's ends",
    function()
      for text, number in pairs {
        ["0.5"] = 0.5, ["0.000030517578125"] = 0x1p-15,
        ["7.62939453125e-6"] = 0x1p-17, ["562949953421312.0"] = 0x1p49,
        ["1.125899906842624e15"] = 0x1p50,
        ["999999999999999.9"] = 1e15 - 0.125,
        ["9.999999999999999e-6"] = 0x1.4f8b588e368f0p-17,
        ["0.00001"] = 0x1.4f8b588e368f1p-17,
        ["4.35"] = 4.35, ["0.07"] = 0.07, ["5e-324"] = 0x1p-1074,
      } do
        assert.equal(text, json.encode(number))
      end
    end)

  it("come back bit for bit", function()
    math.randomseed(8259)
    local function check(number)
      if number ~= number or number == 1 / 0 or number == -1 / 0 then return end
      local text = json.encode(number)
      if not same_bits(number, json.decode(text)) then
        error(("%a is written as %s"):format(number, text))
      end
    end
    for _ = 1, 20000 do
      check((string.unpack("<d", string.pack("<i8", math.random(0)))))
      check(math.random() * 10 ^ math.random(-8, 18))
      check(math.random(1000000) / 10 ^ math.random(0, 7))
    end
    for exponent = -1074, 1023 do
      check(2.0 ^ exponent)
      check(2.0 ^ exponent * (1 + 0x1p-52))
      check(-(2.0 ^ exponent) * (1 - 0x1p-53))
    end
  end)

  it("are rounded correctly when they have many digits", function()
    local half = "9007199254740993" -- between two doubles: to the even one
    assert.equal(2.0 ^ 53, json.decode(half .. ".0"))
    assert.equal(2.0 ^ 53 + 2, json.decode(
      half .. "." .. ("0"):rep(2000) .. "1"))
    assert.equal(2.0 ^ 53, json.decode(half .. "." .. ("0"):rep(2000)))
    assert.equal(1.0, json.decode("0." .. ("9"):rep(5000)))
    assert.equal(1e22, json.decode "1e22")
    assert.equal(1e23, json.decode "1e23")
    assert.equal(0x1p-1074, json.decode "2.4703282292062328e-324")
    assert.equal(0.0, json.decode "2.4703282292062327e-324")
  end)
end)

describe("arrays in mkrun.json", function()
  it("stay arrays after their last element is gone", function()
    local document = assert(json.decode '{"a":[1],"b":[],"c":{}}')
    document.a[1] = nil
    assert.equal('{"a":[],"b":[],"c":{}}',
      json.encode(document, { sort = true }))
  end)

  it("are told from objects", function()
    assert.is_true(json.is_array { 1 })
    assert.is_true(json.is_array(json.array()))
    assert.is_true(json.is_array(json.decode "[]"))
    assert.is_false(json.is_array {})
    assert.is_false(json.is_array { a = 1 })
    assert.is_false(json.is_array(json.object { 1 }))
    assert.is_false(json.is_array(json.decode "{}"))
    assert.is_false(json.is_array "text")
    assert.is_false(json.is_array(null))
  end)

  it("are marked in place", function()
    local table = {}
    assert.equal(table, json.array(table))
    assert.equal(table, json.object(table))
    assert.is_false(json.is_array(table))
    assert.equal(table, json.array(table))
    assert.is_true(json.is_array(table))
  end)

  it("are not made of a table with a class, or of no table", function()
    for _, mark in ipairs { json.array, json.object } do
      assert.error_matches(function() mark(setmetatable({}, {})) end,
        "table without a metatable expected", 1, true)
      assert.error_matches(function() mark "x" end, "table expected")
    end
  end)
end)

describe("a round trip through mkrun.json", function()
  local letters = { "a", "b", "é", "😀", '"', "\\", "/", "\n", "\0", "\127" }

  local function random_string()
    local parts = {}
    for i = 1, math.random(0, 12) do
      parts[i] = letters[math.random(#letters)]
    end
    return table.concat(parts)
  end

  local make = {
    function() return null end,
    function() return math.random() < 0.5 end,
    function() return math.random(0) end,
    function() return math.random(-9, 9) end,
    function() return (math.random() - 0.5) * 10 ^ math.random(-20, 20) end,
    random_string,
  }

  local function random_value(depth)
    local kind = math.random(depth > 0 and 8 or 6)
    if kind <= 6 then return make[kind]() end
    local value = kind == 7 and json.array() or {}
    for i = 1, math.random(0, 5) do
      value[kind == 7 and i or random_string()] = random_value(depth - 1)
    end
    return value
  end

  it("changes nothing, in any style", function()
    math.randomseed(6902)
    for _ = 1, 2000 do
      local value = random_value(5)
      local text = assert(json.encode(value, { sort = true }))
      for _, style in ipairs { {}, { indent = 3 }, { sort = true },
                               { indent = 1, sort = true } } do
        local back = json.decode(assert(json.encode(value, style)))
        assert.same(value, back)
        assert.equal(text, json.encode(back, { sort = true }))
      end
    end
  end)
end)

describe("the cjson module", function()
  local cjson = require "cjson"

  it("is the engine with its own defaults", function()
    assert.equal('{"1":1,"x":2}', json.encode(
      json.decode(cjson.encode { 1, x = 2 }), { sort = true }))
    assert.equal("[9007199254740993,0.1,1.0]",
      cjson.encode(cjson.decode "[9007199254740993,0.1,1.0]"))
    assert.equal("[]", cjson.encode(cjson.decode "[]"))
    assert.equal('["/"]', cjson.encode { "/" })
    assert.equal("[]", cjson.encode(setmetatable({}, cjson.array_mt)))
    assert.error(function() cjson.decode "[" end)
  end)

  it("shares null and array marks with mkrun.json", function()
    assert.equal(null, cjson.null)
    assert.is_true(json.is_array(cjson.decode "[]"))
    assert.equal("[null]", cjson.encode(json.array { null }))
  end)

  it("does not share settings with mkrun.json", function()
    cjson.encode_invalid_numbers(true)
    cjson.encode_max_depth(1)
    assert.is_nil((json.encode { 0 / 0 }))
    assert(json.encode { { {} } })
    cjson.encode_invalid_numbers(false)
    cjson.encode_max_depth(1000)
  end)

  it("still writes a fixed number of digits when asked", function()
    local other = cjson.new()
    other.encode_number_precision(3)
    assert.equal("[0.333]", other.encode { 1 / 3 })
    assert.error(function() other.encode_number_precision(18) end)
  end)

  it("refuses a marked array with a member, and an index too high", function()
    assert.error_matches(function() cjson.encode(json.array { x = 1 }) end,
      "no index")
    assert.error_matches(function() cjson.encode { [1 << 40] = 1 } end,
      "sparse")
  end)

  it("encodes in a finalizer while it encodes", function()
    local list, again = {}, 0 -- more than a kept buffer holds
    for i = 1, 1200 do list[i] = i .. ("text "):rep(200) end
    local text = cjson.encode(list)
    local function encode_once_more()
      again = again + 1
      assert(cjson.encode { ("x"):rep(900) })
    end
    local pause = collectgarbage("setpause", 0)
    for _ = 1, 20 do
      for _ = 1, 20 do setmetatable({}, { __gc = encode_once_more }) end
      assert.is_true(text == cjson.encode(list))
    end
    collectgarbage("setpause", pause)
    assert.is_true(again > 0)
  end)

  it("has a form that returns its errors", function()
    local safe = require "cjson.safe"
    local value, message = safe.decode "["
    assert.is_nil(value)
    assert.is_string(message)
  end)

  it("decodes escapes at any place, also where the buffer grows", function()
    local escapes = { ["\\n"] = "\n", ['\\"'] = '"', ["\\u00e5"] = "å",
      ["\\ud83d\\ude00"] = "😀", ["å"] = "å" }
    for before = 0, 20 do
      for after = 0, 10 do
        local a, b = ("a"):rep(before), ("b"):rep(after)
        for text, value in pairs(escapes) do
          local each = a .. value .. b .. value
          local list = json.decode(('["%s%s%s%s"]'):format(a, text, b, text))
          assert.equal(each, list[1])
          local escaped = (a .. text .. b .. text):rep(200)
          assert.equal(each:rep(200), json.decode('"' .. escaped .. '"'))
        end
      end
    end
  end)

  it("keeps its head when a string is all escapes", function()
    local text = ("\0\"\\\n"):rep(20000)
    assert.equal(text, cjson.decode(cjson.encode(text)))
    assert.equal(text, json.decode(json.encode(text)))
  end)
end)

describe("lua/types/json.lua", function()
  it("names what mkrun.json has", function()
    local names = {}
    for line in io.lines "lua/types/json.lua" do
      local name = line:match "^function json%.([%w_]+)" or
        line:match "^json%.([%w_]+) ="
      if name then names[name] = true end
    end
    for name in pairs(json) do
      assert.is_true(names[name], name)
      names[name] = nil
    end
    assert.is_nil((next(names)))
  end)
end)
