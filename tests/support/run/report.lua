--- Collects busted's results.  run.lua passes this file to busted.
---
--- An error outside a test counts as a failure, and so does a run without any
--- test.

local base = require "busted.outputHandlers.base"
local busted = require "busted"
local results = require "tests.support.run.results"
local outcome = require "tests.support.run.outcome"
local temp = require "tests.support.temp"
local torture = require "tests.support.torture"

local function place(trace)
  if not trace or not trace.short_src then return "" end
  return ("%s:%d: "):format(trace.short_src, trace.currentline)
end

local function add_failures(all, list)
  for _, failure in ipairs(list) do
    local text = tostring(failure.message or "nil error")
    if failure.isError and failure.trace and failure.trace.traceback then
      text = text .. "\n" .. failure.trace.traceback
    end
    results.fail(all, place(failure.element.trace) .. failure.name, text)
  end
end

local function add_skipped(all, list)
  for _, skipped in ipairs(list) do
    local reason = tostring(skipped.message or "no reason given")
    all.skipped[#all.skipped + 1] = ("%s%s: %s"):format(
      place(skipped.element.trace), skipped.name,
      (reason:gsub("^[^%s:]+:%d+: ", "", 1)))
  end
end

--- Returns the seconds of processor time that this process and its ended
--- children have taken so far.
local function processor_time()
  local stat = (temp.read "/proc/self/stat" or ""):match "%) (.*)$" or ""
  local ticks, field = 0, 2
  for word in stat:gmatch "%S+" do
    field = field + 1
    if field >= 14 and field <= 17 then ticks = ticks + tonumber(word) end
  end
  return ticks / 100
end

return function()
  local handler = base()
  local all = results.new()
  local before, spent = { 0, 0, 0 }, processor_time()

  local function tally()
    return handler.successesCount,
      handler.failuresCount + handler.errorsCount, handler.pendingsCount
  end

  local function test_end(element)
    all.times[#all.times + 1] = {
      name = handler.getFullName(element), seconds = element.duration or 0,
    }
    return nil, true
  end

  local function file_end(file)
    local now, time = { tally() }, processor_time()
    outcome.file_done {
      name = file.name, passed = now[1] - before[1],
      failed = now[2] - before[2], skipped = now[3] - before[3],
      seconds = file.duration or 0, processor = time - spent,
    }
    before, spent = now, time
    return nil, true
  end

  local function suite_end()
    all.passed, all.failed, all.left_out = tally()
    add_failures(all, handler.failures)
    add_failures(all, handler.errors)
    add_skipped(all, handler.pendings)
    all.torture = torture:table()
    return nil, true
  end

  busted.subscribe({ "test", "end" }, test_end)
  busted.subscribe({ "file", "end" }, file_end)
  busted.subscribe({ "suite", "end" }, suite_end)
  busted.subscribe({ "exit" }, function() outcome.finish(all) end)
  return handler
end
