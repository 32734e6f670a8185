--- One sandbox FILE and more than one run.

local json = require "mkrun.json"
local process = require "tests.support.process"
local release = require "tests.support.release"
local temp = require "tests.support.temp"

local TEAM <const> = [[
  local org = require "mkio".connect()
  org.teams:ensure("%s", { description = "one of many" })
  require "mkrun.task".sleep(0.05)]]

describe("mkrun --sandbox=FILE", function()
  it("loses nothing when runs come at the same time", function()
    local folder, words = temp.folder(), {}
    for i = 1, 5 do
      temp.write(("%s/%d.lua"):format(folder, i), TEAM:format("team" .. i))
      words[i] = ("%s --sandbox=state.json %d.lua &"):format(release.path, i)
    end
    local outcome = process.run(
      { "sh", "-c", table.concat(words, " ") .. " wait" }, { cwd = folder })
    assert.same({ "", "" }, { outcome.out, outcome.err })
    local state = json.decode(temp.read(folder .. "/state.json"))
    assert.equal(2 + 5, #state.organizations[1].teams)
    assert.is_nil(temp.read(folder .. "/state.json.lock"))
  end)

  it("does not keep the login of a run", function()
    local folder = temp.folder()
    for _ = 1, 3 do
      local outcome = release.run({ "--sandbox=state.json", "-e",
        "local o = require 'mkio'.connect() o.teams:ensure('t', {}) "
        .. "print(#o.me.tokens:list())" }, { cwd = folder })
      assert.same({ code = 0, out = "1\n", err = "" }, outcome)
    end
    local state = json.decode(temp.read(folder .. "/state.json"))
    assert.same({}, state.tokens)
  end)
end)
