---@meta mkrun.task.core

--- The half of `mkrun.task` that is written in C: see lua/mkrun/task.lua.
---@class mkrun.task.core
local core = {}

--- Make a task of `fn(...)`.
---
--- It starts when the caller waits for something, be it an answer, a task or
--- time, and ends with the script when nobody waits for it.
---@param fn function
---@param ... any
---@return mkrun.Task
function core.spawn(fn, ...) end

--- Wait; in a task the others go on meanwhile.  Zero lets them have a turn.
---@param seconds number
function core.sleep(seconds) end

--- A handle is also a `<close>` value: leaving the block cancels the task.
---@class mkrun.Task
local Task = {}

--- What the function returned.  Raises what it raised, or "cancelled".
---@return any ...
function Task:wait() end

--- Stop it where it waits: its request is dropped, its `<close>` variables are
--- closed.  One that is over stays as it is.
function Task:cancel() end

return core
