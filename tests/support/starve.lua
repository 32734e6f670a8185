--- Runs the debug variant with failing allocations (src/base/starve.c).
--- `out_of_memory_spec.lua` calls it.

local process = require "tests.support.process"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

local PROGRAM <const> = shell.output "pwd" .. "/build/debug/mkrun"

---@class tests.Hungry
---@field program? string                 instead of the debug variant
---@field arguments string[]               arguments of mkrun
---@field files? table<string, string>     files in its folder
---@field stdin? string
---@field env? table<string, string>
---@field goes_on? boolean  true: it continues after a failed statement

--- Runs a command in a folder of its own.
---@param hungry tests.Hungry
---@param env table<string, string>
---@return tests.Outcome
local function run(hungry, env)
  local folder = temp.folder()
  for name, text in pairs(hungry.files or {}) do
    temp.write(folder .. "/" .. name, text)
  end
  for name, value in pairs(hungry.env or {}) do env[name] = value end
  local words = { hungry.program or PROGRAM, table.unpack(hungry.arguments) }
  return process.run(words, { cwd = folder, stdin = hungry.stdin, env = env })
end

--- Runs a command without failures.
---@param hungry tests.Hungry
---@return tests.Outcome
---@return integer[] places  number of the first allocation of each place in the
---  code
---@return integer count     number of all allocations
function M.feed(hungry)
  local log = temp.folder() .. "/log"
  local outcome = run(hungry, { MKRUN_STARVE_LOG = log })
  local places, text = {}, assert(temp.read(log))
  for number in text:gmatch "(%d+)\n" do
    places[#places + 1] = math.tointeger(tonumber(number))
  end
  places[#places] = nil -- the line "all"
  return outcome, places, math.tointeger(tonumber(text:match "all (%d+)\n"))
end

--- Runs a command while the allocations of a range fail: "7", "7-" or "7-9".
---@param hungry tests.Hungry
---@param range string
---@return tests.Outcome
function M.starve(hungry, range)
  return run(hungry, { MKRUN_STARVE = range })
end

--- Sorts the lines of a text, without what differs from run to run: ids and
--- times.
local function lines(text)
  local list = {}
  local x <const> = "%x%x%x%x"
  text = text:gsub(x .. x .. "%-" .. x .. "%-" .. x .. "%-" .. x .. "%-" .. x
    .. x .. x, "ID"):gsub("%d+%-%d+%-%d+T[%d:.]+", "TIME")
    :gsub("%d+ ms", "TIME")
  for line in text:gmatch "[^\n]+" do list[#list + 1] = line end
  table.sort(list)
  return table.concat(list, "\n")
end

local function is_same(fed, outcome)
  return fed.code == outcome.code and lines(fed.out) == lines(outcome.out)
    and lines(fed.err) == lines(outcome.err)
end

local function is_fall(outcome)
  for _, word in ipairs { "Sanitizer", "runtime error", "mkrun: leak:" } do
    if outcome.err:find(word, 1, true) then return true end
  end
  return outcome.code > 1 and outcome.code ~= 3
end

--- Returns what is wrong with this end of a run.  An end is right if it equals
--- the end without failures, or if its message says that memory ran out.
---@param hungry tests.Hungry
---@param fed tests.Outcome  the end without failures
---@param outcome tests.Outcome
---@return string?
function M.fault(hungry, fed, outcome)
  if is_same(fed, outcome) then return nil end
  if is_fall(outcome) and outcome.code ~= fed.code then return "fell" end
  if is_fall(outcome) and outcome.code <= 1 then return "fell" end
  local good = hungry.goes_on and fed.code or 1
  if outcome.code ~= 1 and outcome.code ~= good then
    return "exit code " .. outcome.code
  end
  if not outcome.err:lower():find("memory", 1, true) then
    return "nothing says that memory ended"
  end
end

return M
