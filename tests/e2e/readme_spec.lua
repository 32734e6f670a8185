--- What README.md shows is what happens, and a newcomer gets to its end.

local examples = require "tests.support.examples"
local shell = require "tests.support.shell"
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

local OURS <const> = { "^src/", "^lua/", "^scripts/", "^tests/", "^vendor/",
  "^e2e/", "^support/", "_spec%.lua$" }

local function is_ours(name)
  for _, pattern in ipairs(OURS) do
    if name:find(pattern) then return true end
  end
  return false
end

--- Returns the files that a page names and that are not there.  tests/README.md
--- leaves out "tests/".
local function missing_files(page)
  local missing = {}
  for name in temp.read(page):gmatch "%f[%w/.][%w_/.-]+%.%l+" do
    if is_ours(name) and not temp.read(name)
      and not temp.read("tests/" .. name) then
      missing[#missing + 1] = name
    end
  end
  return table.concat(missing, " ")
end

describe("the documentation", function()
  it("names no file of the source tree that is not there", function()
    local pages = shell.output "echo README.md tests/README.md src/manual/*"
    for page in pages:gmatch "%S+" do
      assert.equal("", missing_files(page), page)
    end
  end)
end)
