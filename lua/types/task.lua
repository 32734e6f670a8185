---@meta mkrun.task.core

--- Declares the part of `mkrun.task` that is written in C.  Scripts use
--- `mkrun.task`; see lua/mkrun/task.lua.
---@class mkrun.task.core
local core = {}

--- Makes a task that runs `fn(...)`.
---
--- The task starts when the caller sleeps, or waits for an answer or a task.  A
--- task for which nobody waits ends with the script.
---@param fn function
---@param ... any
---@return mkrun.Task
function core.spawn(fn, ...) end

--- Waits.  In a task, other tasks run meanwhile.
---@param seconds number  0 lets each other task run once
function core.sleep(seconds) end

--- Makes `spawn` call `fn(coroutine)` for each new task, before the task runs.
--- `mkrun.task` calls this function.
---@param fn fun(coroutine: thread)
function core.on_spawn(fn) end

--- Lets at least `count` requests run at the same time to a server that does
--- not support HTTP/2.  Without this call there are at most 16.
---@param count integer
function core.widen(count) end

--- Returns the coroutine of the running task, also inside another coroutine
--- that the task resumed.  Returns nil in the main script.
---@return thread?
function core.running() end

--- Represents a task.  Declare a variable with this object `<close>` to cancel
--- the task at the end of the block.
---@class mkrun.Task
local Task = {}

--- Waits for the task and returns its results.  Raises the task's error, or
--- "cancelled".
---@return any ...
function Task:wait() end

--- Cancels the task at the call in which the task waits.  The task's request is
--- dropped, and the task's `<close>` variables are closed.  Does nothing if the
--- task has ended.
function Task:cancel() end

return core
