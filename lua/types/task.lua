---@meta mkrun.task.core

--- The part of `mkrun.task` that is written in C; see lua/mkrun/task.lua.
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

--- Waits.  In a task, other tasks run meanwhile; with 0 they get one turn.
---@param seconds number
function core.sleep(seconds) end

--- A task handle.  It is also a `<close>` value: leaving the block cancels the
--- task.
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
