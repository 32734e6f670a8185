---@meta mkrun.backend

--- Replaces functions of `mkrun.sys` and `mkrun.secret` that read files, write
--- files or start commands.  A dry run calls this module.
local backend = {}

--- The original functions, which `use` does not change.  The table is empty
--- until `mkrun.sys` and `mkrun.secret` are loaded.
---@type table<string, function>  "sys.read", "secret.write"
backend.machine = {}

--- Replaces the named functions.  Restores the original of every other
--- function.
---@param functions? table<string, function>  names as in `machine`; a method
---  gets the secret as its first argument
function backend.use(functions) end

--- From now on, what standard output and standard error hold back does not
--- depend on the secrets: whole lines are written.  Cannot be undone.
function backend.confine_output() end

return backend
