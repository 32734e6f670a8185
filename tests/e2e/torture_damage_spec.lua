--- Each file that mkrun reads back, cut off at each length and with a bit
--- changed in each byte: never an error of the program, never a run that ends
--- well with another meaning where the file's own hash, or its form, tells.

local batch = require "tests.support.batch"
local internal = require "tests.support.internal"
local damage = require "tests.support.torture_damage"
local temp = require "tests.support.temp"
local torture = require "tests.support.torture"

local BATCH <const> = 25
local SAMPLE <const> = 1

--- A file of lines, or of JSON with a line end, is whole without that.
local function is_damaged(text, how, at)
  return how == "flip" or at < #text - 1
end

local function damages(text, name)
  local pick, list = torture.pick(name), {}
  for at = 0, #text do
    for _, how in ipairs { "cut", "flip" } do
      if is_damaged(text, how, at) and (how == "cut" or at > 0) then
        list[#list + 1] = { how = how, at = at, bit = pick(8) - 1 }
      end
    end
  end
  return list
end

--- Batches of damages, in an order by chance, so that each is a sample.
local function batches(name, text)
  local list, pick = damages(text, name), torture.pick(name)
  for i = 1, #list do
    local other = i + pick(#list - i + 1) - 1
    list[i], list[other] = list[other], list[i]
  end
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

describe("A damaged file is refused, or mended, or does no harm:", function()
  for name, prepare in pairs(damage.kinds) do
    it(name, function()
      local kind = prepare()
      local text = assert(temp.read(kind.folder .. "/" .. kind.file))
      torture.try("damage: " .. name, batches(name, text),
        { sample = SAMPLE }, function(case)
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
