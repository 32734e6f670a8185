--- Prints busted's results: a line for each file, then the failed tests with
--- their messages.  run.lua passes this file to busted.
---
--- Its last line is `N passed, N failed, N skipped`.  An error outside a test
--- counts as a failure, and so does a run without any test.

local base = require "busted.outputHandlers.base"
local busted = require "busted"
local process = require "tests.support.process"
local torture = require "tests.support.torture"

local SLOWEST = 5

local function say(text, ...)
  io.write(text:format(...), "\n")
  io.flush()
end

local function indent(text)
  return "  " .. tostring(text):gsub("\n+$", ""):gsub("\n", "\n  ")
end

local function place(trace)
  if not trace or not trace.short_src then return "" end
  return ("%s:%d: "):format(trace.short_src, trace.currentline)
end

local function say_failures(list)
  for _, failure in ipairs(list) do
    say("\nFAILED %s%s", place(failure.element.trace), failure.name)
    say("%s", indent(failure.message or "nil error"))
    if failure.isError and failure.trace and failure.trace.traceback then
      say("%s", indent(failure.trace.traceback))
    end
  end
end

local function say_skipped(list)
  for _, skipped in ipairs(list) do
    local reason = skipped.message or "no reason given"
    say("skipped %s%s: %s", place(skipped.element.trace), skipped.name,
      reason:gsub("^[^%s:]+:%d+: ", "", 1))
  end
end

local function say_slowest(times)
  table.sort(times, function(a, b) return a.seconds > b.seconds end)
  for i = 1, math.min(SLOWEST, #times) do
    if times[i].seconds < 0.5 then return end
    say("slow %6.1f s  %s", times[i].seconds, times[i].name)
  end
end

return function()
  local handler = base()
  local times, ok = {}, false

  local function tally()
    return handler.successesCount,
      handler.failuresCount + handler.errorsCount, handler.pendingsCount
  end

  local function test_end(element)
    times[#times + 1] = {
      name = handler.getFullName(element), seconds = element.duration or 0,
    }
    return nil, true
  end

  local before = { 0, 0, 0 }
  local function file_end(file)
    local now = { tally() }
    say("%-44s %4d passed, %d failed, %d skipped, %.1f s", file.name,
      now[1] - before[1], now[2] - before[2], now[3] - before[3],
      file.duration or 0)
    before = now
    return nil, true
  end

  local function suite_end()
    local passed, failed, skipped = tally()
    say_failures(handler.failures)
    say_failures(handler.errors)
    say("")
    say_skipped(handler.pendings)
    say_slowest(times)
    for _, line in ipairs(torture:table()) do say("%s", line) end
    if passed + failed == 0 then
      say("no test was run")
      failed = 1
    end
    say("%d passed, %d failed, %d skipped", passed, failed, skipped)
    ok = failed == 0
    return nil, true
  end

  busted.subscribe({ "test", "end" }, test_end)
  busted.subscribe({ "file", "end" }, file_end)
  busted.subscribe({ "suite", "end" }, suite_end)
  busted.subscribe({ "exit" }, function() process.finish(ok) end)
  return handler
end
