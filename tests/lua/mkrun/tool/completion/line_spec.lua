--- The line of a shell as words, for its completion.

local lines = require "mkrun.tool.completion.line"

local BREAKS <const> = " \t\n\"'><=;|&(:"

local function split(line) return lines.split(line, BREAKS) end

describe("the words of a line", function()
  for line, words in pairs {
    ["mkrun"] = { "mkrun" }, ["mkrun "] = { "mkrun", "" },
    [""] = { "" }, ["  mkrun \t on"] = { "mkrun", "on" },
    ["mkrun a\\ b"] = { "mkrun", "a b" },
    ["mkrun 'a b'c"] = { "mkrun", "a bc" },
    ["mkrun \"a 'b\\\" c"] = { "mkrun", "a 'b\" c" },
    ["mkrun \"a\\b\" '"] = { "mkrun", "a\\b", "" },
    ["mkrun 'a\\' b"] = { "mkrun", "a\\", "b" },
    ["mkrun '' \"\" x"] = { "mkrun", "", "", "x" },
    ["mkrun $(touch x) `y` $HOME"] =
      { "mkrun", "$(touch", "x)", "`y`", "$HOME" },
    ["mkrun --output=j"] = { "mkrun", "--output=j" },
    ["mkrun a\nb\\"] = { "mkrun", "a", "b" },
    ["mkrun >out 2>&1 x"] = { "mkrun", "x" },
  } do
    it(("are right for %q"):format(line), function()
      local got = split(line)
      assert.same(words, got.words)
      assert.is_false(got.redirects)
    end)
  end

  it("end with the file of a redirection", function()
    for _, line in ipairs { "mkrun x >fi", "mkrun x 2> fi", "mkrun x >>fi",
      "mkrun <fi" } do
      local got = split(line)
      assert.is_true(got.redirects, line)
      assert.equal("fi", got.words[#got.words])
    end
    assert.is_false(split "mkrun x > fi y".redirects)
  end)
end)

describe("where readline begins", function()
  for line, start in pairs {
    ["mkrun ab"] = 0, ["mkrun --output=j"] = 9, ["mkrun --a=b:c"] = 6,
    ["mkrun 'a=b"] = 0, ["mkrun --a='b c"] = 4, ["mkrun --a=\"b=c"] = 4,
    ["mkrun a\\=b"] = 0, ["mkrun a\\ b=c"] = 4, ["mkrun a=b "] = 0,
  } do
    it(("is right for %q"):format(line), function()
      assert.equal(start, split(line).start)
    end)
  end

  it("is behind the quote that is open", function()
    for line, quote in pairs { ["mkrun 'a"] = "'", ['mkrun x "a'] = '"',
      ["mkrun \"a'"] = '"', ["mkrun 'a' b"] = false, ["mkrun a"] = false } do
      assert.equal(quote or nil, split(line).quote)
    end
  end)

  it("depends on the characters that break words", function()
    assert.equal(0, lines.split("mkrun --output=j", " \t").start)
    assert.equal(0, lines.split("mkrun --a=b", "").start)
  end)
end)
