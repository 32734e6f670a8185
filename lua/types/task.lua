---@meta mkrun.task.core

--- Declares the part of `mkrun.task` that is written in C.  Scripts use
--- `mkrun.task`; see lua/mkrun/task.lua.
---@class mkrun.task.core
local core = {}

--- Makes a task that runs `fn(...)`.
---
--- The task starts when the caller waits for an answer, a task or time.  If
--- nobody waits for it, it ends with the script.
---@param fn function
---@param ... any
---@return mkrun.Task
function core.spawn(fn, ...) end

--- Waits.  In a task, other tasks run meanwhile.
---@param seconds number  0 lets each other task run once
function core.sleep(seconds) end

--- The handle of a task.  Declare the handle `<close>` to cancel the task at
--- the end of the block.
---@class mkrun.Task
local Task = {}

--- Waits for the task and returns its results.  Raises the task's error, or
--- "cancelled".
---@return any ...
function Task:wait() end

--- Cancels the task where it waits: its request is dropped, and its `<close>`
--- variables are closed.  A task that has ended stays as it is.
function Task:cancel() end

return core
