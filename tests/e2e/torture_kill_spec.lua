--- Each flow that writes, killed at any of its system calls or at any time, and
--- run a second time: it ends as an undisturbed one.
---
--- @seconds 15

local flows = require "tests.support.torture_flows"
local process = require "tests.support.process"
local release = require "tests.support.release"
local runs = require "tests.support.torture_run"
local strace = require "tests.support.strace"
local torture = require "tests.support.torture"

local ALL <const>, SAMPLE <const> = 2000, 30
local FINE <const> = 1000000

--- Kills it at any time: none is so slow that it is always the same one.
local function kill_in_time(words, case, at)
  return process.run({ "timeout", "-s", "KILL",
    ("%.4f"):format(0.03 * case.where / FINE), release.path,
    table.unpack(words) }, at)
end

local function kill_at_call(words, case, prepared, at)
  local list = case.busy and prepared.busy or prepared.points
  local point = list[case.where * #list // (FINE + 1) + 1]
  case.told = ("%s at %s %d"):format(case.how, point.call, point.nth)
  return strace.run(words, { ("%s:signal=%s:when=%d"):format(point.call,
    case.how, point.nth) }, at)
end

--- A signal that can be handled leaves no temporary file.
local function fault_of_signal(first, folder)
  local left = first.code == 128 + 15 and flows.left_over(folder)[1]
  return left and "left " .. left.name
end

local function try(case, worker)
  local flow = flows.flows[case.flow]
  local prepared, place = runs.prepared_for(worker, case)
  local folder = place:begin(prepared)
  local words, at = runs.words_of(place, flow, case), place:options(folder)
  local first = case.how == "time" and kill_in_time(words, case, at)
    or kill_at_call(words, case, prepared, at)
  local fault = runs.fault_of_first(case, first, folder)
    or fault_of_signal(first, folder)
    or runs.fault_of_second(place, case, prepared,
      runs.again(place, flow, case, folder), folder)
  return fault and ("%s: %s"):format(case.told or case.how, fault)
end

local HOW <const> = { "KILL", "KILL", "KILL", "TERM", "TERM", "time" }

local function all_cases()
  local names, pick, list = runs.flow_names(), torture:pick "kill", {}
  for i = 1, ALL do
    local case = { flow = names[i % #names + 1], options = pick(#runs.OPTIONS),
      place = pick(2) == 1 and "sandbox" or "http", where = pick(FINE),
      how = HOW[pick(#HOW)], busy = pick(5) > 1 }
    case.name = ("%s, %s, options %d, %s at %d"):format(case.flow, case.place,
      case.options, case.how, case.where)
    list[i] = case
  end
  return list
end

describe("A flow that is killed", function()
  local workers

  setup(function() workers = runs.workers() end)
  teardown(function() runs.stop(workers) end)

  it("ends as an undisturbed one when it is run again", function()
    if not strace.run({ "--version" }, {}) then pending "needs strace" end
    torture:try("kill: any flow, any system call", all_cases(),
      { sample = SAMPLE, workers = workers, by = 0.85 }, try)
  end)
end)
