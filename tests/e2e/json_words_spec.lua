--- A file that people write in JSON, and that is something else, is told so in
--- the same words wherever mkrun reads one.

local release = require "tests.support.release"
local temp = require "tests.support.temp"

--- `spec`: in a SPEC this is right.
local CASES <const> = {
  { '{"a": 1, // one\n}', "a comment: JSON has none, at line 1 column 10",
    spec = true },
  { '{\n/* one */ "a": 1}', "a comment: JSON has none, at line 2 column 1",
    spec = true },
  { '{"a": [1,]}', "a trailing comma, at line 1 column 9", spec = true },
  { "teams:\n  - name: editors\n", "this looks like YAML: JSON expected" },
}

--- What reads a file, by the words in front of it.
local READERS <const> = {
  ["script.read_json"] = { "--sandbox", "-e",
    "require 'mkrun.script'.read_json 'file.json'" },
  ["a SPEC"] = { "--sandbox", "onboard", "file.json" },
  ["webhook rules"] = { "--sandbox", "webhooks", "evening-news", "file.json" },
  ["a fault plan"] = { "--sandbox", "--faults", "file.json", "usage" },
  ["a list of guests"] = { "--sandbox", "invite", "file.json" },
}

describe("what is wrong with the JSON of", function()
  for name, arguments in pairs(READERS) do
    it(name .. " is told in words that help", function()
      local folder = temp.folder()
      for _, case in ipairs(CASES) do
        temp.write(folder .. "/file.json", case[1])
        local outcome = release.run(arguments, { cwd = folder })
        local taken = name == "a SPEC" and case.spec == true
        assert.equal(taken,
          not outcome.err:find("file.json: .*" .. case[2]), outcome.err)
        assert.equal(2, outcome.code, outcome.err)
        assert.equal("", outcome.out)
      end
    end)
  end

  it("the sandbox's state likewise", function()
    local folder = temp.folder()
    for _, case in ipairs(CASES) do
      temp.write(folder .. "/file.json", case[1])
      local outcome = release.run({ "--sandbox=file.json", "usage" },
        { cwd = folder })
      assert.matches(case[2], outcome.err, 1, true)
      assert.not_equal(0, outcome.code)
    end
  end)

  it("guests is told below a comment, and CSV stays CSV", function()
    local folder = temp.folder()
    temp.write(folder .. "/file.json", '# guests\n[{"email": "a@b.example"}]')
    local outcome = release.run({ "--sandbox", "invite", "file.json" },
      { cwd = folder })
    assert.matches("a comment: JSON has none, at line 1 column 1", outcome.err,
      1, true)
    temp.write(folder .. "/file.json", "name,teams\nx,y\n")
    outcome = release.run({ "--sandbox", "invite", "file.json" },
      { cwd = folder })
    assert.matches("column 'email', 'teams' or 'comment' expected, got 'name'",
      outcome.err, 1, true)
  end)
end)
