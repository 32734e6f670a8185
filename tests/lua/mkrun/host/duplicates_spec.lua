local duplicates = require "mkrun.host.duplicates"
local json = require "mkrun.json"
local release = require "tests.support.release"
local temp = require "tests.support.temp"

describe("mkrun.host.duplicates", function()
  for text, expected in pairs {
    ['{"a": 1, "a": 2}'] =
      "/a the name is there twice: line 1 column 2, and line 1 column 10",
    ['{"å": 1,\n "\\u00e5": 2}'] =
      "/å the name is there twice: line 1 column 2, and line 2 column 2",
    ['[[], {"t": [{}, {"x/y": {"n": "n", "m": [1, "n"],\n"n": null}}]}]'] =
      "/1/t/1/x~1y/n the name is there twice: line 1 column 26, and "
        .. "line 2 column 1",
    ['{"": 1, "": 2}'] =
      "/ the name is there twice: line 1 column 2, and line 1 column 9",
  } do
    it("finds one in " .. text, function()
      assert(json.decode(text) ~= nil)
      assert.equal(expected, table.concat({ duplicates.find(text) }, " "))
    end)
  end

  for _, text in ipairs {
    "{}", "[]", "1", '"a"', '{"a": {"a": {"a": "a"}}}',
    '[{"a": 1}, {"a": 2}]', '{"a": "a", "b": "b\\"a\\"", "A": "\\\\"}',
    '{"a": ["a", "a"], "b": ["{", "}", ",\\"a\\":"]}',
  } do
    it("finds none in " .. text, function()
      assert(json.decode(text) ~= nil)
      assert.is_nil((duplicates.find(text)))
    end)
  end

  it("refuses what flows read", function()
    local folder = temp.folder()
    temp.write(folder .. "/x.json",
      '[{"email": "a@b.c",\n  "email": "d@e.f"}]')
    temp.write(folder .. "/faults.json", '{"rules": [], "rules": []}')
    for words, pointer in pairs {
      ["onboard x.json"] = "/0/email", ["webhooks p x.json"] = "/0/email",
      ["invite x.json"] = "/0/email",
      ["--faults faults.json doctor"] = "/rules",
    } do
      local list = { "--sandbox" }
      for word in words:gmatch "%S+" do list[#list + 1] = word end
      local outcome = release.run(list, { cwd = folder })
      assert.same({ 2, "" }, { outcome.code, outcome.out }, words)
      assert.matches("at '" .. pointer .. "': the name is there twice: line 1 "
        .. "column ", outcome.err, 1, true)
    end
  end)
end)
