--- `mkrun test` agrees with Debian's busted: the same tests, in the same order,
--- with the same outcomes, and the same messages of assertions.

local json = require "mkrun.json"
local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"

local FOLDER <const> = shell.output "pwd" .. "/tests/scripts/test"

local FILES <const> = { "assertions", "globals", "hooks", "spies" }

--- Names of tests whose messages have other words, and why.
local OTHER_WORDS <const> = {
  ["a lazy setup that fails lazy_setup"] = "tables are shown in one way",
  ["assert fails with a table"] = "the same",
  ["errors with a table"] = "the same",
  ["26 matches does not hold"] = "an object is shown by its __tostring",
  ["26 matches is turned and does not hold"] = "the same",
  ["misuse is unknown"] = "it names the nearest assertion",
  ["misuse needs a number"] = "the type is enough",
  ["misuse needs text"] = "the same",
  ["a spy needs a spy"] = "shorter",
  ["a word in a wrong place is an error in a test"] = "plainer",
  ["a word in a wrong place it, too"] = "the same",
  ["a word in a wrong place and a hook"] = "the same",
}

local function lines_of_busted(file)
  local outcome = process.run({ "busted", "--lua=lua5.4", "--pattern=.",
    "--output=./handler.lua", file }, { cwd = FOLDER })
  local events = {}
  for line in outcome.out:gmatch "[^\n]+" do
    events[#events + 1] = assert(json.decode(line), line)
  end
  return events
end

local function lines_of_mkrun(file)
  local outcome = release.run({ "test", "--output=json", file },
    { cwd = FOLDER })
  return assert(json.decode(outcome.out), outcome.out .. outcome.err).tests
end

--- Removes what differs from run to run, and where luassert names itself.
local function plain(message)
  return (message:gsub("%(table: 0x%x+%)", "(table)")
    :gsub("function: 0x%x+ @ line [^\n]*", "(function)")
    :gsub("%(function%) [^\n]*", "(function)")
    :gsub("%((userdata)%) [^\n]*", "(%1)"):gsub("%((thread)%) [^\n]*", "(%1)")
    :gsub("1%.1999999999999999556", "1.2"):gsub("1%.0500000000000000444",
      "1.05")
    :gsub("^[^\n:]*:%d+: (.-)\n*$", "%1"))
end

local function outcomes(events)
  local list = {}
  for i, event in ipairs(events) do
    list[i] = ("%s:%d: %s"):format(event.name, event.line, event.status)
  end
  return list
end

describe("mkrun test and busted", function()
  for _, name in ipairs(FILES) do
    describe(name, function()
      local theirs, ours
      lazy_setup(function()
        theirs = lines_of_busted(name .. ".lua")
        ours = lines_of_mkrun(name .. ".lua")
      end)

      it("have the same outcomes", function()
        assert.is_true(#theirs > 1)
        assert.same(outcomes(theirs), outcomes(ours))
      end)

      it("say the same", function()
        for i, event in ipairs(theirs) do
          local is_failed = event.status == "failure"
            or event.status == "error"
          if is_failed and not OTHER_WORDS[event.name] then
            assert.equal(plain(event.message), plain(ours[i].message),
              event.name)
          end
        end
      end)
    end)
  end

  it("say the same of a file that fails outside of its tests", function()
    local theirs = lines_of_busted "loose.lua"
    local ours = lines_of_mkrun "loose.lua"
    assert.equal(1, #theirs)
    assert.equal(1, #ours)
    assert.equal("error", ours[1].status)
    assert.equal(theirs[1].message, ours[1].message)
  end)
end)
