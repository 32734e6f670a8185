--- Rotations of one token that run at the same time, in every order of their
--- steps.

local rotations = require "tests.support.rotations"

--- Pauses in seconds, each of which may come once in a schedule: as long as it
--- takes to settle, and longer than a run counts as alive.
local PAUSES <const> = { 1, 7, 35, 70 }

local DEATH <const> = {}

--- What may come next: the step of a ready run, or once in a schedule a pause
--- or the death of a run.
local function choices_of(ready, is_done, mishaps)
  local choices = {}
  for n, i in ipairs(ready) do choices[n] = { run = i } end
  if is_done then return choices end
  for _, mishap in ipairs(mishaps) do
    if mishap.pause then
      choices[#choices + 1] = mishap
    else
      for _, i in ipairs(ready) do choices[#choices + 1] = { dead = i } end
    end
  end
  return choices
end

local function apply(world, choice)
  if choice.pause then world.time = world.time + choice.pause end
  if choice.dead then world.runs[choice.dead].is_over = true end
  return choice.run or 0
end

--- Moves on to the next schedule.  Returns false after the last one.
local function next_path(path)
  while path[1] and path[#path].at == #path[#path].choices do
    path[#path] = nil
  end
  if not path[1] then return false end
  path[#path].at = path[#path].at + 1
  return true
end

--- Plays all schedules.  One that comes to where another one was ends there.
local function each_schedule(options, mishaps, visit)
  local path, seen, count = {}, {}, 0
  repeat
    local depth, is_done = 0, false
    local world = rotations.play(options, function(world, ready)
      depth = depth + 1
      local node = path[depth]
      if not node then
        local key = rotations.key(world) .. tostring(is_done)
        if seen[key] then return nil end
        seen[key] = true
        node = { choices = choices_of(ready, is_done, mishaps), at = 1 }
        path[depth] = node
      end
      local choice = node.choices[node.at]
      is_done = is_done or not choice.run
      return apply(world, choice)
    end)
    count = count + 1
    if world then visit(world, not is_done) end
  until not next_path(path)
  return count
end

local function check(world, is_quick)
  local fault = rotations.fault(world, is_quick)
  if fault then error(fault .. "\n" .. rotations.story(world), 0) end
end

--- Makes numbers that look random: the same ones each time.
local function dice_of(seed)
  return function(sides)
    seed = (seed * 6364136223846793005 + 1442695040888963407)
    return (seed >> 33) % sides + 1
  end
end

--- Half of the schedules by chance have leases.
local LEASES <const> = { "own", "shared" }

local LENGTHS <const> = { 0.1, 0.4, 1, 3, 7, 20, 35, 70 }

local function play_by_chance(options, dice)
  local calm = dice(2) == 1
  local world = rotations.play(options, function(world, ready)
    local mishap = dice(calm and 1000 or 25)
    if mishap == 1 and not calm then
      world.runs[ready[dice(#ready)]].is_over = true
    elseif mishap <= 4 and not calm then
      world.time = world.time + LENGTHS[dice(#LENGTHS)]
    elseif mishap > 500 then
      world.time = world.time + 0.1
    end
    return ready[dice(#ready)]
  end)
  check(world, calm)
end

--- `TORTURE=all` plays more: many minutes, nearly all of them in polls.
local IS_ALL <const> = os.getenv "TORTURE" == "all"

local function mishaps()
  local list = { DEATH }
  for _, pause in ipairs(IS_ALL and PAUSES or {}) do
    list[#list + 1] = { pause = pause }
  end
  return list
end

describe("rotations at once leave a live token in the store, or fail:",
  function()
    local function play_all(options, what_else)
      options.runs = 2
      local ended = 0
      each_schedule(options, what_else, function(...)
        check(...)
        ended = ended + 1
      end)
      assert.is_true(ended > 10)
    end

    for name, options in pairs {
      ["the first token has the larger id"] = { is_falling = true },
      ["a dead run has left a token"] = { left = 600 },
      ["a run that died just now has left a token"] = { left = 55 },
      ["into a file whose lock they do not share"] = { is_file = true },
      ["each with a lease of its own"] = { lease = "own" },
      ["with a lease whose lock they do not share"] = { lease = "shared",
        is_leased = true },
      ["into a file, with a lease"] = { is_file = true, lease = "shared",
        is_leased = true },
    } do
      it("two, in every order: " .. name, function()
        play_all(options, IS_ALL and mishaps() or {})
      end)
    end

    for name, options in pairs { [""] = {},
      [", with leases"] = { lease = "own" },
      [", into a file with a lease"] = { is_file = true, lease = "shared" } } do
      it("two, in every order, and one dies at any step" .. name, function()
        play_all(options, mishaps())
      end)
    end

    it("three, in orders by chance, with pauses and deaths", function()
      for seed = 1, IS_ALL and 20000 or 400 do
        local dice = dice_of(seed)
        local lease = LEASES[dice(4)]
        play_by_chance({ runs = 3, is_falling = dice(2) == 1,
          is_file = dice(3) == 1, left = dice(4) == 1 and 55 or nil,
          lease = lease, is_leased = lease ~= nil and dice(2) == 1 }, dice)
      end
    end)
  end)
