local json_text = require "mkrun.host.json_text"

local COMMENT <const> =
  "bad JSON: a comment: JSON has none, at line %d column %d"
local COMMA <const> = "bad JSON: a trailing comma, at line %d column %d"
local YAML <const> = "this looks like YAML: JSON expected"

local function check(text, message)
  local value, why, code = json_text.decode(text)
  assert.is_nil(value)
  assert.equal(message, why, text)
  assert.equal("json", code)
end

describe("JSON that is wrong because of", function()
  it("a comment is told so, with its place", function()
    for text, place in pairs {
      ['{"a": 1, // one\n "b": 2}'] = { 1, 10 },
      ['{"a": 1 /* one */}'] = { 1, 9 },
      ['// teams\n{}'] = { 1, 1 },
      ['{\n  # teams\n  "a": 1}'] = { 2, 3 },
      ['[1,\n// two\n2]'] = { 2, 1 },
      ['{} // end'] = { 1, 4 },
      ['{"ø": 1, // one\n "b": 2}'] = { 1, 10 },
      ['# teams\n{"a": 1}'] = { 1, 1 },
      ['# teams\n"a"'] = { 1, 1 },
    } do
      check(text, COMMENT:format(table.unpack(place)))
    end
  end)

  it("a trailing comma is told so, with its place", function()
    for text, place in pairs {
      ['{"a": 1,}'] = { 1, 8 },
      ['[1,\n2,\n]'] = { 2, 2 },
      ['{"a": [{"b": 1,  \n}]}'] = { 1, 15 },
      ['{"ø": [1, ]}'] = { 1, 9 },
    } do
      check(text, COMMA:format(table.unpack(place)))
    end
  end)

  it("YAML is told so", function()
    for _, text in ipairs {
      "teams:\n  - name: editors\n", "---\nteams: []\n", "- a\n- b\n",
      "# who\n\nteams:\n", "\xEF\xBB\xBFteams: 1", "%YAML 1.2\n---\n",
      "'a b': 1", '"a": 1', "-\n  name: x\n", "legal name: Northlight\r\n",
    } do
      check(text, YAML)
    end
  end)

  it("something else keeps the decoder's words", function()
    for text, message in pairs {
      [""] = "bad JSON: value expected at line 1 column 1",
      ["{a: 1}"] = "bad JSON: member name expected at line 1 column 2",
      ['{"a": "x, // y"'] = "bad JSON: ',' or '}' expected at line 1 column 16",
      ["email,teams"] = "bad JSON: value expected at line 1 column 1",
      ["[,1]"] = "bad JSON: value expected at line 1 column 2",
    } do
      check(text, message)
    end
  end)
end)

describe("JSON that is right", function()
  it("is what json.decode makes of it, false and null too", function()
    assert.same({ a = "http://x # y" }, json_text.decode '{"a":"http://x # y"}')
    assert.is_false(json_text.decode "false")
    assert.equal(require "mkrun.json".null, json_text.decode "null")
  end)

  it("is meant by what has a bracket below its comments", function()
    for _, text in ipairs { "[]", " {", "// x\n[", "# x\n/* y\n*/ {",
      "\xEF\xBB\xBF[" } do
      assert.is_true(json_text.is_meant(text), text)
    end
    for _, text in ipairs { "email,teams\n[", "", "# x\nemail", "/x [" } do
      assert.is_false(json_text.is_meant(text), text)
    end
  end)
end)
