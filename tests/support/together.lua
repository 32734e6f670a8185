--- Runs the cases of a spec at once, if they wait more than they work.
---
---   local cases = together.new()
---   it("ends alike", cases(function() ... end))
---
--- The first case that busted runs starts all of them, each in a task.  In a
--- task `process.run` lets other tasks run.  Each case has its own verdict.

local task = require "mkrun.task"

local M = {}

local LIMIT <const> = 12

--- Calls `work` for each element at once; raises the first error.
---@param list any[]
---@param work fun(element: any)
function M.each(list, work)
  task.map(list, function(element) work(element) end, { limit = LIMIT })
end

---@return fun(work: fun()): fun()
function M.new()
  local list, done = {}, false

  local function run(case)
    case.ok, case.problem = pcall(case.work)
  end

  return function(work)
    local case = { work = work }
    list[#list + 1] = case
    return function()
      if not done then M.each(list, run) end
      done = true
      if not case.ok then error(case.problem, 0) end
    end
  end
end

return M
