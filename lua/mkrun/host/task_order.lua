--- Gives each moment of a run a place, so that what tasks did side by side can
--- be put into one order that is the same in each run.  `mkrun.task` calls
--- `spawned` and `enter`; `mkrun.layer.plan` and `mkrun.plan` call `moment`,
--- `insert` and `is_before`.
---
--- The order is that of a run in which each task runs to its end where it was
--- spawned.  A moment is a number and the moment in which its task began: 2
--- after 3 is the second thing that happened in the task that was the third
--- thing in the main program.
-- SPDX-License-Identifier: MIT

local core = require "mkrun.task.core"

local M = {}

---@class mkrun.Moment
---@field up? mkrun.Moment   the beginning of the task; nil for the beginning of
---  the main program
---@field number integer     place among the things that happened in the task
---@field depth integer      number of moments above
---@field count integer      if a task begins here: number of things that
---  happened in the task so far

--- The moment in which the task of a coroutine began.
---@type table<thread, mkrun.Moment>
local beginnings = setmetatable({}, { __mode = "k" })

local MAIN <const> = { number = 0, depth = 0, count = 0 }

--- Returns the beginning of what runs now.  A coroutine that a script made
--- belongs to the task that resumed it.
local function current() return beginnings[core.running() or false] or MAIN end

local function moment(up, number)
  return { up = up, number = number, depth = up.depth + 1, count = 0 }
end

--- Returns what happens now in this task.
---@return mkrun.Moment
function M.moment()
  local task = current()
  task.count = task.count + 1
  return moment(task, task.count)
end

--- Notes the beginning of a new task; called by `mkrun.task.core`.
---@param coroutine thread   of the task
function M.spawned(coroutine) beginnings[coroutine] = M.moment() end

--- Moves the running task to the place of a value of a list, because several
--- tasks go through the list together.
---@param list mkrun.Moment   the place of the list, from `moment`
---@param index integer       of the value
function M.enter(list, index)
  beginnings[core.running()] = moment(list, index)
end

--- Tells whether one moment comes before another one.
---@param a mkrun.Moment
---@param b mkrun.Moment
---@return boolean
function M.is_before(a, b)
  local x, y = a, b
  while x.depth > y.depth do x = x.up end
  while y.depth > x.depth do y = y.up end
  if x == y then return a.depth < b.depth end
  while x.up ~= y.up do x, y = x.up, y.up end
  return x.number < y.number
end

--- The place of each item that `insert` has put into a list.
---@type table<table, mkrun.Moment>
local placed = setmetatable({}, { __mode = "k" })

--- Inserts an item so that the list has the order that it would have without
--- tasks side by side.
---@param list table[]   filled by this function only
---@param item table
---@param place? mkrun.Moment   from `moment`; default: what happens now
function M.insert(list, item, place)
  placed[item] = place or M.moment()
  local i = #list
  while i > 0 and M.is_before(placed[item], placed[list[i]]) do i = i - 1 end
  table.insert(list, i + 1, item)
end

return M
