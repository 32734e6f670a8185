--- An allocation that fails ends a run with a sentence, and never silently.
---
--- A sample of the places where mkrun allocates, in the debug variant; with
--- TORTURE=all each of them, and each allocation of the commands that make few.
--- SEED=2 tries others.

local task = require "mkrun.task"

local hungry = require "tests.support.hungry"
local served = require "tests.support.served"
local starve = require "tests.support.starve"

local ALL <const> = os.getenv "TORTURE" == "all"
local SEED <const> = math.tointeger(tonumber(os.getenv "SEED" or "1"))
local SAMPLE <const> = 8 -- allocations of each command
local FEW <const> = 500  -- so many are all tried
local AT_ONCE <const> = 2

--- So many of a list, evenly spread.
local function sample(list, count)
  local picked, step = {}, #list / count
  if step <= 1 then return list end
  local start = (SEED * 0.618) % 1 * step
  for i = 0, count - 1 do
    picked[#picked + 1] = list[math.floor(start + i * step) + 1]
  end
  return picked
end

local function numbers(count)
  local list = {}
  for i = 1, count do list[i] = i end
  return list
end

--- "7" and "7-" for each, or one of the two.
local function ranges(list, both)
  local all = {}
  for i, number in ipairs(list) do
    if both or i % 2 == 0 then all[#all + 1] = ("%d"):format(number) end
    if both or i % 2 == 1 then all[#all + 1] = ("%d-"):format(number) end
  end
  return all
end

local function choose(places, count)
  if not ALL then return ranges(sample(places, SAMPLE), false) end
  if count <= FEW then return ranges(numbers(count), true) end
  return ranges(places, false)
end

--- Those that end badly, each with what it said.
local function faults(command)
  local found = {}
  local fed, places, count = starve.feed(command)
  local chosen = choose(places, count)
  task.map(chosen, function(range)
    local outcome = starve.starve(command, range)
    local fault = starve.fault(command, fed, outcome)
    if fault then
      found[#found + 1] = ("%s: %s (%d): %s"):format(range, fault,
        outcome.code, outcome.err)
    end
  end, { limit = AT_ONCE })
  return found, #chosen
end

describe("a run without memory says so:", function()
  local server, tried
  setup(function()
    server, tried = served.start { token = "token-0123456789" }, 0
  end)
  teardown(function()
    server:stop()
    if ALL then print(("%d failing allocations"):format(tried)) end
  end)

  for name in pairs(hungry.all "") do
    it(name, function()
      local found, count = faults(hungry.all(server.url)[name])
      tried = tried + count
      assert(count > 0)
      assert.equal("", table.concat(found, "\n"))
    end)
  end
end)

describe("the release binary", function()
  it("has no way to let allocations fail", function()
    local file <close> = assert(io.open("build/release/mkrun", "rb"))
    assert.is_nil(file:read "a":find("MKRUN_STARVE", 1, true))
  end)
end)
