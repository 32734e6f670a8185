--- A hostile script, confined: each attempt of tests/support/hostile/ is denied
--- by the program, and by the Lua layer alone.  Without confinement most of
--- them succeed, so that it is the confinement that denies them.

local cannot = require "tests.support.hostile.cannot"
local place = require "tests.support.hostile.place"
local served = require "tests.support.served"
local shell = require "tests.support.shell"

local LUA_ALONE <const> = { MKRUN_TEST_CAGE = "off" }

local WAYS <const> = {
  ["by the release binary"] = { variant = "release" },
  ["by the Lua layer alone"] = { variant = "debug", env = LUA_ALONE },
  ["by the release binary, for another user"] =
    { variant = "release", other = true },
  ["by the Lua layer alone, for another user"] =
    { variant = "debug", env = LUA_ALONE, other = true },
}

--- The grants and options of each list.
local LISTS <const> = { files = {}, host = {}, granted = {},
  requests = { is_served = true },
  limited = { is_served = true, needs = "api:teams.get" } }

local api, other

local function need_other(way)
  if way.other and (shell.output "id -u" ~= "0"
    or not shell.works "command -v setpriv >/dev/null") then
    pending "needs root and setpriv to become another user"
  end
end

--- Returns mkrun's options for a list.
local function options(name, folder, is_confined)
  local words = { "--sandbox" }
  if LISTS[name].is_served then words = { "--base-url", api.url } end
  local granted = folder .. "/granted"
  if name == "granted" then
    words = { "--sandbox=" .. granted .. "/world",
      "--journal=" .. granted .. "/journal", "--audit=" .. granted .. "/audit",
      "--record=" .. granted .. "/har" }
  end
  if not is_confined then return words end
  table.insert(words, "--confine")
  local more = {}
  if name == "granted" then
    more = { "--allow-read=" .. granted, "--allow-write=" .. granted,
      "--allow-write=" .. folder .. "/run" }
  elseif name == "limited" then
    more = { "--allow-run=true" }
  end
  return table.move(more, 1, #more, #words + 1, words)
end

--- Runs a list.  Returns the answer of each attempt, and the run.
local function tried(name, way, is_confined)
  local needs = is_confined and LISTS[name].needs or nil
  local folder = place.make(place.text(name, needs))
  local run = place.run(folder, way, options(name, folder, is_confined),
    other.port)
  local answers, count = {}, 0
  for line in run.out:gmatch "[^\n]+" do
    local what, answer = line:match "^(.*)\t([%u%l ]+)$"
    if what then answers[what], count = answer, count + 1 end
  end
  return answers, count, run, folder
end

local function wrong(answers, expected)
  local list = {}
  for what, answer in pairs(answers) do
    if answer ~= expected(what) then list[#list + 1] = what end
  end
  table.sort(list)
  return table.concat(list, "\n")
end

local total = 0

describe("A hostile script", function()
  lazy_setup(function()
    api = served.start { token = place.TOKEN }
    other = served.start { token = "another" }
  end)
  lazy_teardown(function()
    api:stop()
    other:stop()
    print(("hostile scripts: %d attempts in 4 ways"):format(total))
  end)

  for name in pairs(LISTS) do
    for words, way in pairs { ["as this user"] = { variant = "release" },
      ["as another user"] = { variant = "release", other = true } } do
      it(("succeeds unconfined, but for the listed, with '%s' %s")
        :format(name, words), function()
        need_other(way)
        local answers, count, run = tried(name, way, false)
        assert.equal(0, run.code, run.err)
        assert.equal("", wrong(answers, function(what)
          return cannot[name][what] and "denied" or "GOT IT"
        end))
        for what in pairs(cannot[name]) do assert(answers[what], what) end
        if not way.other then total = total + count end
      end)
    end

    for words, way in pairs(WAYS) do
      it(("is denied all of '%s' %s"):format(name, words), function()
        need_other(way)
        local answers, count, run = tried(name, way, true)
        local _, expected = tried(name, { variant = "release" }, false)
        assert.equal(expected, count, run.err)
        assert.equal("", wrong(answers, function() return "denied" end))
        assert.is_nil((run.out .. run.err):find "CANARY")
      end)
    end
  end

  it("tries more than sixty things that would succeed", function()
    local listed = 0
    for _, names in pairs(cannot) do
      for _ in pairs(names) do listed = listed + 1 end
    end
    assert(total - listed > 60, total)
  end)
end)
