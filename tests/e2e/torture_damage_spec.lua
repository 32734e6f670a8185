--- Each file that mkrun reads back, cut off at each length, and with one bit
--- changed: never an error of the program, never a run that ends
--- well with another meaning where the file's own hash, or its form, tells.

local batch = require "tests.support.batch"
local internal = require "tests.support.internal"
local damage = require "tests.support.torture_damage"
local temp = require "tests.support.temp"
local torture = require "tests.support.torture"

local BATCH <const> = 25

--- How many bytes of a file have a bit changed, at most.
local FLIPS <const> = 1500

--- The share of the time that all kinds have together.
local BEFORE <const>, SHARE <const> = 0.2, 0.25

--- At each length, or at each n-th.
local function cuts(text, step, list)
  for at = 0, #text - 2, step do
    list[#list + 1] = { how = "cut", at = at, bit = 0 }
  end
end

local function flips(text, step, pick, list)
  step = math.max(step, #text // FLIPS)
  for at = pick(step), #text, step do
    list[#list + 1] = { how = "flip", at = at, bit = pick(8) - 1 }
  end
end

--- Batches of damages, in an order by chance, so that each is a sample.
local function batches(name, text, step)
  local list, pick = {}, torture:pick(name)
  cuts(text, step, list)
  flips(text, step, pick, list)
  list = torture:shuffled(name, list)
  local cases = {}
  for from = 1, #list, BATCH do
    cases[#cases + 1] = { name = ("%s, batch %d"):format(name, from // BATCH),
      weight = math.min(BATCH, #list - from + 1),
      table.unpack(list, from, math.min(from + BATCH - 1, #list)) }
  end
  return cases
end

local function faults_of(kind, batch_of, outcomes)
  local faults = {}
  for i, case in ipairs(batch_of) do
    local outcome = outcomes[i]
    local fault = internal.fault(outcome, kind.secrets or {})
      or kind.judge(outcome, case.how)
    if fault then
      faults[#faults + 1] = ("%s at %d, bit %d: %s"):format(case.how, case.at,
        case.bit, fault)
    end
  end
  if faults[1] then return table.concat(faults, "\n"), #faults end
end

local names = {}
for name in pairs(damage.kinds) do names[#names + 1] = name end
table.sort(names)

describe("A damaged file is refused, or mended, or does no harm:", function()
  for number, name in ipairs(names) do
    it(name, function()
      local kind = damage.kinds[name]()
      local text = assert(temp.read(kind.folder .. "/" .. kind.file))
      torture:try("damage: " .. name, batches(name, text, kind.step or 1),
        { sample = 1, by = BEFORE + SHARE * number / #names }, function(case)
          local texts = {}
          for i, one in ipairs(case) do
            texts[i] = damage.damaged(text, one.how, one.at, one.bit)
          end
          return faults_of(kind, case,
            batch.run(kind.folder, kind.file, texts, kind.runs))
        end)
    end)
  end
end)
