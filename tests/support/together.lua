--- Cases of a spec that wait more than they work, all at once.
---
---   local cases = together.new()
---   it("ends alike", cases(function() ... end))
---
--- The first of them that is run runs all: each in a task, in which
--- `process.run` lets the others go on.  Each has its own verdict.

local task = require "mkrun.task"

local M = {}

local LIMIT <const> = 12

--- `work` for each element; raises the first error.
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
