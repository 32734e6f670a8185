--- An allocation that fails ends a run with a sentence, and never silently.
---
--- A sample of the places where mkrun allocates, in the debug variant; with
--- TORTURE=all each of them, and each allocation of the commands that make few.
--- SEED=2 tries others.
---
--- @seconds 20

local hungry = require "tests.support.hungry"
local served = require "tests.support.served"
local starve = require "tests.support.starve"
local torture = require "tests.support.torture"

local SAMPLE <const> = 8    -- allocations of each command
local FEW <const> = 500     -- so many are all tried
local SHARE <const> = 0.2   -- of the time of `make torture`

--- So many of a list, evenly spread.
local function sample(list, count)
  local picked, step = {}, #list / count
  if step <= 1 then return list end
  local start = (torture.seed * 0.618) % 1 * step
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
  if not torture.all then return ranges(sample(places, SAMPLE), false) end
  if count <= FEW then return ranges(numbers(count), true) end
  return ranges(places, false)
end

--- One case for each allocation, or range of them, that is to fail.
local function cases_of(places, count)
  local list = {}
  for i, range in ipairs(choose(places, count)) do
    list[i] = { name = range }
  end
  return list
end

local function names()
  local list = {}
  for name in pairs(hungry.all "") do list[#list + 1] = name end
  table.sort(list)
  return list
end

describe("a run without memory says so:", function()
  local server
  setup(function() server = served.start { token = "token-0123456789" } end)
  teardown(function() server:stop() end)

  local all = names()
  for number, name in ipairs(all) do
    it(name, function()
      local command = hungry.all(server.url)[name]
      local fed, places, count = starve.feed(command)
      torture:try("memory: " .. name, cases_of(places, count),
        { sample = 2 * SAMPLE, by = SHARE * number / #all }, function(case)
          local outcome = starve.starve(command, case.name)
          local fault = starve.fault(command, fed, outcome)
          return fault and ("%s (%d): %s"):format(fault, outcome.code,
            outcome.err)
        end)
    end)
  end
end)

describe("the release binary", function()
  it("has no way to let allocations fail", function()
    local file <close> = assert(io.open("build/release/mkrun", "rb"))
    assert.is_nil(file:read "a":find("MKRUN_STARVE", 1, true))
  end)
end)
