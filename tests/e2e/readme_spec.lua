--- What README.md shows is what happens, and a newcomer gets to its end.

local examples = require "tests.support.examples"
local temp = require "tests.support.temp"

local MOST_WORDS <const> = 1100

describe("README.md", function()
  for name, run in examples.of "README.md" do it(name, run) end

  it(("has at most %d words"):format(MOST_WORDS), function()
    local _, words = temp.read "README.md":gsub("%S+", "")
    assert(words <= MOST_WORDS, words .. " words")
  end)

  it("puts mkrun on the PATH before the first command that uses it", function()
    local text = temp.read "README.md"
    local first = text:find("$ mkrun", 1, true)
    assert(text:find("PATH=", 1, true) < first)
    assert(text:find("make install", 1, true) < first)
  end)
end)
