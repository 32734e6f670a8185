--- Runs the debug variant with allocations that fail (src/base/starve.c).

local process = require "tests.support.process"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

local PROGRAM <const> = shell.output "pwd" .. "/build/debug/mkrun"

---@class tests.Hungry
---@field arguments string[]               of mkrun
---@field files? table<string, string>     in the folder that it runs in
---@field stdin? string
---@field env? table<string, string>
---@field goes_on? boolean  a statement that fails does not end it

--- Runs it in a folder of its own.
---@param hungry tests.Hungry
---@param env table<string, string>
---@return tests.Outcome
local function run(hungry, env)
  local folder = temp.folder()
  for name, text in pairs(hungry.files or {}) do
    temp.write(folder .. "/" .. name, text)
  end
  for name, value in pairs(hungry.env or {}) do env[name] = value end
  return process.run({ PROGRAM, table.unpack(hungry.arguments) },
    { cwd = folder, stdin = hungry.stdin, env = env })
end

--- Lets no allocation fail.
---@param hungry tests.Hungry
---@return tests.Outcome
---@return integer[] places  the first allocation of each place in the program
---@return integer count     of all allocations
function M.feed(hungry)
  local log = temp.folder() .. "/log"
  local outcome = run(hungry, { MKRUN_STARVE_LOG = log })
  local places, text = {}, assert(temp.read(log))
  for number in text:gmatch "(%d+)\n" do
    places[#places + 1] = math.tointeger(tonumber(number))
  end
  places[#places] = nil -- "all"
  return outcome, places, math.tointeger(tonumber(text:match "all (%d+)\n"))
end

--- Lets the allocations of this range fail: "7", "7-" or "7-9".
---@param hungry tests.Hungry
---@param range string
---@return tests.Outcome
function M.starve(hungry, range)
  return run(hungry, { MKRUN_STARVE = range })
end

--- Lines without what differs from run to run: ids and times.
local function lines(text)
  local list = {}
  local x <const> = "%x%x%x%x"
  text = text:gsub(x .. x .. "%-" .. x .. "%-" .. x .. "%-" .. x .. "%-" .. x
    .. x .. x, "ID"):gsub("%d+%-%d+%-%d+T[%d:.]+", "TIME")
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

--- What is wrong with this end; nil when it is as the one without a failing
--- allocation, or says that memory ended.
---@param hungry tests.Hungry
---@param fed tests.Outcome  the end without
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
