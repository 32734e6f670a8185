--- Reads the command line of run.lua.

local files = require "tests.support.run.files"
local jobs = require "tests.support.run.jobs"
local outcome = require "tests.support.run.outcome"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

---@class tests.Run
---@field words string[]  the command line of busted
---@field options string[]
---@field files? tests.SpecFile[]  those to run side by side
---@field command string[]  what starts mkrun with run.lua
---@field limit integer

local function integer(name)
  local text = os.getenv(name)
  if not text or text == "" then return nil end
  return math.tointeger(tonumber(text))
    or error(name .. ": a whole number expected")
end

--- Returns how many files run at once.  Specs wait more than they work, so the
--- default is two for each processor.  Torture shares its time between its
--- cases, which one process does.
local function limit()
  if os.getenv "TORTURE" == "all" then return 1 end
  return integer "JOBS" or 2 * math.tointeger(tonumber(shell.output "nproc"))
end

--- Makes this process one of those that jobs.lua starts.
local function become_job(top)
  temp.use(top)
  outcome.write_to(top .. ".lua")
end

local function sort(words)
  local options, paths, side_by_side = {}, {}, true
  for _, word in ipairs(words) do
    local top = word:match "^%-%-job=(.*)$"
    if top then
      become_job(top)
      side_by_side = false
    elseif word:sub(1, 1) ~= "-" then
      paths[#paths + 1] = word
    else
      options[#options + 1] = word
      side_by_side = side_by_side and word:find "^%-%-filter[-=]" ~= nil
    end
  end
  if not paths[1] then paths[1] = "tests" end
  return options, paths, side_by_side
end

--- Returns mkrun's command line up to run.lua.
local function command_of(words)
  local first, command = 0, {}
  while words[first - 1] do first = first - 1 end
  return table.move(words, first, 0, 1, command)
end

local function busted_words(words, options, paths)
  local all = { [0] = words[0], "--output=tests/support/run/report.lua",
                "--pattern=_spec%.lua$" }
  table.move(options, 1, #options, #all + 1, all)
  return table.move(paths, 1, #paths, #all + 1, all)
end

---@param words string[]  `arg`
---@return tests.Run
function M.read(words)
  local options, paths, side_by_side = sort(words)
  local run = { words = busted_words(words, options, paths),
                options = options, command = command_of(words) }
  if not side_by_side then return run end
  run.limit = limit()
  local list = run.limit > 1 and files.list(paths, integer "ORDER")
  if list and #list > 1 then run.files = list end
  return run
end

--- Runs the files side by side, and exits with 1 if something failed.
---@param run tests.Run
function M.side_by_side(run)
  local words = table.move(run.options, 1, #run.options, #run.command + 1,
    run.command)
  outcome.finish(jobs.run(words, run.files, run.limit))
end

return M
