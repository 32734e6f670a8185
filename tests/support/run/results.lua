--- The results of spec files: adds them up and prints them.

local M = {}

local SLOWEST = 5

---@class tests.FileResult
---@field name string
---@field passed integer
---@field failed integer
---@field skipped integer
---@field seconds number    by the clock on the wall
---@field processor number  seconds of processor time, with its programs

---@class tests.Results
---@field passed integer
---@field failed integer
---@field left_out integer  number of skipped tests
---@field failures {name: string, text: string}[]
---@field skipped string[]  a line for each
---@field times {name: string, seconds: number}[]  of each test
---@field torture string[]  lines of the table

---@return tests.Results
function M.new()
  return { passed = 0, failed = 0, left_out = 0, failures = {}, skipped = {},
           times = {}, torture = {} }
end

--- Adds the text of a failure, and does not count it.
---@param all tests.Results
---@param name string
---@param text string
function M.fail(all, name, text)
  all.failures[#all.failures + 1] = { name = name, text = text }
end

local function append(list, more)
  table.move(more, 1, #more, #list + 1, list)
end

--- Adds the results of one file to those of all.
---@param all tests.Results
---@param more tests.Results
function M.add(all, more)
  for _, count in ipairs { "passed", "failed", "left_out" } do
    all[count] = all[count] + more[count]
  end
  for _, list in ipairs { "failures", "skipped", "times", "torture" } do
    append(all[list], more[list])
  end
end

local function say(text, ...)
  io.write(text:format(...), "\n")
  io.flush()
end

local function indent(text)
  return "  " .. text:gsub("\n+$", ""):gsub("\n", "\n  ")
end

--- Prints the line of a file.
---@param file tests.FileResult
function M.say_file(file)
  say("%-44s %4d passed, %d failed, %d skipped, %.1f s, %.1f s of processor",
    file.name, file.passed, file.failed, file.skipped, file.seconds,
    file.processor)
end

local function say_slowest(times)
  table.sort(times, function(a, b) return a.seconds > b.seconds end)
  for i = 1, math.min(SLOWEST, #times) do
    if times[i].seconds < 0.5 then return end
    say("slow %6.1f s  %s", times[i].seconds, times[i].name)
  end
end

--- Prints all.  The last line is `N passed, N failed, N skipped`.
---@param all tests.Results
---@return boolean ok
function M.say(all)
  for _, failure in ipairs(all.failures) do
    say("\nFAILED %s", failure.name)
    say("%s", indent(failure.text))
  end
  say ""
  for _, line in ipairs(all.skipped) do say("skipped %s", line) end
  say_slowest(all.times)
  for _, line in ipairs(all.torture) do say("%s", line) end
  if all.passed + all.failed == 0 then
    say "no test was run"
    all.failed = 1
  end
  say("%d passed, %d failed, %d skipped", all.passed, all.failed,
    all.left_out)
  return all.failed == 0
end

return M
