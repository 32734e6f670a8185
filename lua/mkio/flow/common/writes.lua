--- Sends the writes of a flow side by side.  Each has a place in the report, so
--- its lines come in the order of the list, whatever comes first.  The flows
--- call it.
---
--- After a failure the other writes go on, unless it concerns all of them.  At
--- the end one failure is raised, and the others are lines of the report.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local task = require "mkrun.task"

local ensure_all = require "mkrun.rest.ensure_all"

---@class mkio.Write
---@field place mkrun.ReportPlace
---@field kind string     for the report: "team member"
---@field name string
---@field work fun(): mkrun.Outcome?, string[]?   sends the write; returns what
---  the report tells of it, or nil if there is nothing to tell

local M = {}

--- Returns how many of the parts of each of `count` things may be written at a
--- time, if all the things are under way at the same time.
---@param count integer
---@return integer
function M.share(count)
  local most = math.min(task.AT_ONCE, config.jobs or task.AT_ONCE)
  return math.max(1, most // math.max(1, count))
end

local function tell(write, result)
  if result.problem then return end
  if result.outcome then
    write.place:step(result.outcome, write.kind, write.name, result.details)
  end
  write.place:close()
end

--- Tells of all failures but the one that is raised.
---@param results mkrun.rest.Ensured[]   from `try`, perhaps of several calls
---@param raised any
function M.tell_failures(results, raised)
  for _, result in ipairs(results) do
    local write, problem = result.wish, result.problem
    if problem and problem ~= raised and not result.is_skipped then
      write.place:step("failed", write.kind, write.name,
        { tostring(problem) })
    end
    write.place:close()
  end
end

--- Sends the writes, and tells of those that succeed.  No two of them may be
--- about one resource, unless they use `in_turn`.
---@param writes mkio.Write[]
---@param options? {limit: integer?, bar: mkrun.Progress?}  `limit`: at most so
---  many at a time; `bar` counts the writes
---@return mkrun.rest.Ensured[] results   as of `ensure_all.run`
function M.try(writes, options)
  options = options or {}
  local bar = options.bar
  return ensure_all.run(writes, function(write)
    return write, write.work()
  end, { limit = options.limit, told = function(result)
    if bar then bar:close() end -- erases it, where the report prints lines
    tell(result.wish, result)
    if bar then bar:step(result.wish.name) end
  end })
end

--- Sends the writes, and tells of all but the failure that it raises.
---@param writes mkio.Write[]
---@param options? {limit: integer?, bar: mkrun.Progress?}  as for `try`
function M.run(writes, options)
  local results = M.try(writes, options)
  if not results.problem then return end
  M.tell_failures(results, results.problem)
  error(results.problem, 0)
end

--- Makes a function that calls `work()` and returns its results, after all
--- calls with the same key that came before have ended.
---@return fun(key: any, work: fun(): ...): ...
function M.in_turn()
  local last = {}
  return function(key, work)
    local before = last[key]
    last[key] = task.spawn(function()
      if before then pcall(before.wait, before) end
      return work()
    end)
    return last[key]:wait()
  end
end

return M
