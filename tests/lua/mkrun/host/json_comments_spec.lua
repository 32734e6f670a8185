local comments = require "mkrun.host.json_comments"
local json = require "mkrun.json"
local json_text = require "mkrun.host.json_text"

local function decoded(text)
  local bare = assert(comments.strip(text))
  return select(2, json_text.decode(bare)) or json.encode(json.decode(bare),
    { sort = true })
end

describe("JSON with comments", function()
  for text, expected in pairs {
    ['// a\n{"a": 1} // b'] = '{"a":1}',
    ['/* a\n * b */ [1, /* c */ 2]'] = "[1,2]",
    ['{"a": "// no /* comment */", "b": "\\"//"}'] =
      '{"a":"// no /* comment */","b":"\\"//"}',
    ['{"a": [1, 2,], "b": {"c": 1, /* d */ }, // e\n}'] =
      '{"a":[1,2],"b":{"c":1}}',
    ['["a,]", ",]"]'] = '["a,]",",]"]',
    ["[1] /**/"] = "[1]", ["[true,]"] = "[true]", ["[null , ]"] = "[null]",
    ['["a",]'] = '["a"]', ["[[],]"] = "[[]]", ["[1.5e3,]"] = "[1500.0]",
  } do
    it("is read: " .. text, function()
      assert.equal(expected, decoded(text))
    end)
  end

  for text, expected in pairs {
    ["[,]"] = "line 1 column 2", ["{,}"] = "line 1 column 2",
    ["[1,,]"] = "line 1 column 4", ["/* a */ [1 2]"] = "line 1 column 12",
    ["// \u{e6}\u{f8}\n/* \u{e6}\u{f8} */ [1 2]"] = "line 2 column 13",
    ["[1 / 2]"] = "line 1 column 4", ["[1] // a\n2"] = "line 2 column 1",
    ["[1,] ]"] = "line 1 column 6",
  } do
    it("keeps the place of what is wrong: " .. text, function()
      assert.match(expected .. "$", decoded(text))
    end)
  end

  it("needs an end of each comment", function()
    local text, message = comments.strip '{\n  "a": 1 /* b'
    assert.is_nil(text)
    assert.equal("bad JSON: a comment without an end, at line 2 column 10",
      message)
  end)

  it("stays what it is without comments, also if it is no JSON", function()
    for _, text in ipairs { '{"a": "b', '"\\', "", "/", "]", ",", ",]", "# a",
      '{"a": "\\\\"}' } do
      assert.equal(text, (comments.strip(text)))
    end
  end)
end)
