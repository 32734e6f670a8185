---@meta mkrun.backend

--- Replaces functions of `mkrun.sys` and `mkrun.secret` that read files, write
--- files or start commands.  A dry run calls it.
local backend = {}

--- The original functions, even while others replace them.  The table is empty
--- until `mkrun.sys` and `mkrun.secret` are loaded.
---@type table<string, function>  "sys.read", "secret.write"
backend.machine = {}

--- Replaces these functions.  All other functions become the original ones.
---@param functions? table<string, function>  names as in `machine`; a method
---  gets the secret as its first argument
function backend.use(functions) end

return backend
